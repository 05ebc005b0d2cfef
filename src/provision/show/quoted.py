"""Lines of sources as they are shown under what is said of them, without what may be a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from unicodedata import combining, east_asian_width

from provision.compile.load.snippet import Source, read
from provision.model import Finding, Place
from provision.show.printable import printable

_WIDEST: Final = 160
_BEFORE: Final = 60
"""How much of a line that is cut stands before what is marked."""

_LONGEST_BYTES: Final = 16 * 2**20


def code_line(place: Place, root: Path, sources: dict[str, Source]) -> str:
    """The line of the source at that place, without what may be a secret, stripped and cut; empty when it can't be
    read.

    Args:
        root: what the place's path is relative to.
        sources: what was read already, by path; it grows.
    """
    line = _line(place, root, sources)
    return printable(line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…")


def marked_line(finding: Finding, root: Path, sources: dict[str, Source]) -> tuple[str, str]:
    """The same of the finding's line, and a line of spaces and carets that marks its columns below it. The marks are
    empty where the columns aren't known, or where something in the line isn't shown.
    """
    place, column = finding.place, finding.column
    plain = code_line(place, root, sources)
    if column is None or place.line is None or not plain:
        return plain, ""
    raw = sources[place.path].lines[place.line - 1]
    line = _line(place, root, sources)
    start = column - 1 - (len(raw) - len(raw.lstrip()))
    end = start + max(1, (finding.end_column or column + 1) - column)
    if line != raw.strip() or not 0 <= start < len(line):
        return plain, ""
    begin = 0 if len(line) <= _WIDEST or end <= _WIDEST else max(0, start - _BEFORE)
    cut = "…" if begin else ""
    more = "…" if len(line) > begin + _WIDEST else ""
    shown = printable(line[begin : begin + _WIDEST])
    before, marked = shown[: start - begin], shown[start - begin : end - begin]
    return f"{cut}{shown}{more}", " " * (len(cut) + _width(before)) + "^" * max(1, _width(marked))


def _line(place: Place, root: Path, sources: dict[str, Source]) -> str:
    if place.line is None:
        return ""
    if place.path not in sources:
        sources[place.path] = read(_text(root / place.path))
    return sources[place.path].line(place.line)


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LONGEST_BYTES:
            return ""
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""
