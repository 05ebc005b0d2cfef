"""Changes of a text in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """One change: the text from `start` to `end`, counted from 0, becomes `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text after its changes, and the changes, in order; no two of them touch the same letters."""

    text: str
    edits: tuple[Edit, ...]


def edited(text: str, edits: Iterable[Edit]) -> Corrected | None:
    """The text after these changes; None when two of them contradict each other."""
    ordered = tuple(sorted(set(edits)))
    parts = []
    position = 0
    for edit in ordered:
        if edit.start < position:
            return None
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return Corrected("".join((*parts, text[position:])), ordered)
