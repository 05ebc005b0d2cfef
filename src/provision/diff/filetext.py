"""What changed in a text file: lines that came, went or became others."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from provision.diff.hidden import cover_lines
from provision.diff.leaves import MISSING, change
from provision.diff.words import counted
from provision.model import Change


def file_changes(before: bytes, after: bytes) -> Iterator[Change]:
    """Every change between two files, by lines; of files that aren't UTF-8, only that they differ."""
    try:
        texts = [cover_lines(body.decode()) for body in (before, after)]
    except UnicodeDecodeError:
        sizes = [counted(len(body), "byte") for body in (before, after)]
        yield change("content, which is no text", *sizes)
        return
    left, right = (text.splitlines(keepends=True) for text in texts)
    # The matcher isn't symmetric, so it always sees the smaller text first.
    turned = texts[1] < texts[0]
    matcher = SequenceMatcher(None, *((right, left) if turned else (left, right)))
    for tag, *bounds in matcher.get_opcodes():
        if tag == "equal":
            continue
        a, b, c, d = bounds if not turned else (*bounds[2:], *bounds[:2])
        old, new = "".join(left[a:b]), "".join(right[c:d])
        yield change(_lines(c, d) if new else _lines(a, b), old or MISSING, new or MISSING)


def _lines(first: int, end: int) -> str:
    return f"line {first + 1}" if end - first == 1 else f"lines {first + 1}–{end}"
