from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.matching import Mismatch, is_matched, mismatch
from provision.promql.nodes import Operation
from provision.promql.variables import placeholder


def operation(expr: str) -> Operation:
    found = facts(placeholder(expr))
    assert found is not None
    assert isinstance(found.root, Operation)
    return found.root


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        ('a{b="c"} and sum(d)', Mismatch("b", "left")),
        ('sum(d) / a{b="c"}', Mismatch("b", "right")),
        ('a{b="c"} / on (b) d{b="e"}', Mismatch("b", "both", ("c", "e"))),
        ('a{b="c"} / on (b) sum(d)', Mismatch("b", "left")),
        ("a / sum by (job) (b)", Mismatch("instance", "left", is_certain=False)),
        ("sum by (job) (b) * a", Mismatch("instance", "right", is_certain=False)),
        ("sum by (b, c) (a) / sum by (b) (d)", Mismatch("c", "left", is_certain=False)),
        ("a > vector(5)", Mismatch("instance", "left", is_certain=False)),
        ('a{b="c"} / (sum(d) or sum(e))', Mismatch("b", "left")),
        ('(a{b="c"} or d) / sum(e)', Mismatch("b", "left", is_certain=False)),
        ("a and hour() > 8", Mismatch("instance", "left", is_certain=False)),
    ],
)
def test_sides_that_never_match(expr: str, found: Mismatch) -> None:
    assert mismatch(operation(expr)) == found


@pytest.mark.parametrize(
    "expr",
    [
        "a / b",
        "a + 1",
        'a{b="c"} / ignoring (b) d{b="e"}',
        'a{b="c"} and on () sum(d)',
        'a{b="c"} / (sum(d) or e)',
        "sum by (b) (a) / sum by (b) (d)",
        "a * on (job) group_left (c) sum by (job, c) (b)",
        "job:a:sum / sum(b)",
        'a{b="$c"} / a{b="$d"}',
        'a{b="c"} / ignoring ($b) sum(d)',
        'a{b="c"} / on ($b) sum(d)',
        'a{b="c"} / sum by ($b) (d)',
        'a{b="c"} + fill (0) sum(d)',
    ],
)
def test_sides_that_may_match(expr: str) -> None:
    assert mismatch(operation(expr)) is None


def test_numbers_are_not_matched() -> None:
    assert not is_matched(operation("a + time()"))
    assert is_matched(operation("a + vector(1)"))
