"""The diff of sources that were written anew."""

from __future__ import annotations

from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.show.sourcediff import source_diff


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def test_a_change_stands_between_the_lines_around_it() -> None:
    before = b'a = 1\nb = 2\nc = 3\nexpr = "old_up"\nd = 4\ne = 5\nf = 6\n'
    assert source_diff({"rules/shop.py": (before, before.replace(b"old_up", b"new_up"))}) == (
        "--- rules/shop.py\n+++ rules/shop.py\n@@ -2,5 +2,5 @@\n b = 2\n c = 3\n"
        '-expr = "old_up"\n+expr = "new_up"\n d = 4\n e = 5'
    )


def test_several_files_stand_in_the_order_of_their_names() -> None:
    files = {"b.py": (b"x", b"y"), "a.py": (b"x", b"y")}
    assert [line for line in source_diff(files).splitlines() if line.startswith("---")] == [
        "--- a.py",
        "--- b.py",
    ]
    assert source_diff({}) == ""


def test_secrets_in_the_lines_around_are_hidden() -> None:
    before = b'password = "hunter2"\nexpr = "old_up"\n'
    shown = source_diff({"a.py": (before, before.replace(b"old_up", b"new_up"))})
    assert "hunter2" not in shown
    assert ' password = "…"' in shown
    assert '+expr = "new_up"' in shown


def test_of_a_very_long_line_the_change_is_shown() -> None:
    before = f"{'a' * 3000}old{'b' * 3000}\n{'c' * 3000}\nx"
    shown = source_diff({"a.json": (before.encode(), before.replace("old", "new").encode())}).splitlines()
    assert shown[3:] == [
        f"-…{'a' * 100}old{'b' * 397}…",
        f"+…{'a' * 100}new{'b' * 397}…",
        f" {'c' * 500}…",
        " x",
    ]


_LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12)


@given(_LINES, _LINES)
def test_it_is_the_diff_that_others_write(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    ours = source_diff({"x": (old.encode(), new.encode())}).splitlines() if old != new else []
    theirs = list(unified_diff(old.split("\n"), new.split("\n"), "x", "x", lineterm="", n=2))
    assert ours == theirs
