from __future__ import annotations

from pathlib import Path

import pytest

from provision.model import Finding, Place
from provision.show.quoted import marked_line


def marked(root: Path, line: str, column: int | None, end: int | None = None) -> list[str]:
    (root / "a.py").write_text(f"first\n{line}\n", encoding="utf-8")
    finding = Finding("a", "error", Place("a.py", 2), "", "", column=column, end_column=end)
    return list(marked_line(finding, root, {}))


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "marks"),
    [
        ("    expr = 'up up'", 17, 19, "expr = 'up up'", "            ^^"),
        ("up", 1, None, "up", "^"),
        ("up", None, None, "up", ""),
        ("\tx\tup", 4, 6, "x up", "  ^^"),
        ("漢字 up", 4, 6, "漢字 up", "     ^^"),
        ("up", 3, 4, "up", ""),
        ("password = 'up up'", 13, 15, "password = '…'", ""),
        ("", 1, 2, "", ""),
    ],
)
def test_the_columns_are_marked_below_the_line(
    line: str, column: int | None, end: int | None, shown: str, marks: str, tmp_path: Path
) -> None:
    assert marked(tmp_path, line, column, end) == [shown, marks]


def test_a_long_line_is_cut_around_what_is_marked(tmp_path: Path) -> None:
    line = f"{'x' * 300}up{'y' * 300}"
    shown, marks = marked(tmp_path, line, 301, 303)
    assert len(shown) == 162
    assert shown.startswith("…x")
    assert shown.endswith("y…")
    assert shown[marks.index("^") : marks.index("^") + 2] == "up"
    assert marks.count("^") == 2
    assert marked(tmp_path, line, 3, 5)[0] == f"{'x' * 160}…"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    finding = Finding("a", "error", Place("gone.py", 2), "", "", column=1)
    assert marked_line(finding, tmp_path, {}) == ("", "")
