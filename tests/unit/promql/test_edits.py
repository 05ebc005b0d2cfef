"""Changes of a text in its place."""

from __future__ import annotations

from provision.promql.edits import Edit, edited


def test_changes_are_made_in_order_whatever_order_they_come_in() -> None:
    found = edited("one two three", [Edit(8, 13, "3"), Edit(0, 3, "1"), Edit(4, 4, "and "), Edit(0, 3, "1")])
    assert found is not None
    assert found.text == "1 and two 3"
    assert found.edits == (Edit(0, 3, "1"), Edit(4, 4, "and "), Edit(8, 13, "3"))


def test_changes_that_contradict_each_other_are_none() -> None:
    assert edited("one two", [Edit(0, 3, "1"), Edit(1, 5, "x")]) is None
