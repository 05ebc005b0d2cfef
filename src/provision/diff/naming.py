"""What the comparisons of lists share: keys made of a field, names made of a field, and how alike two texts are."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from provision.diff.words import quoted, words
from provision.model import encode


def field(name: str) -> Callable[[Any], Hashable | None]:
    """A key: the canonical bytes of that field, none where it is missing."""
    return lambda item: encode(item[name]) if name in item else None


def numbered(noun: str, name: str, *, bare: bool = True) -> Callable[[Any, Sequence[Any]], str]:
    """Names made of a field that needn't be unique: `transformation organize`, `transformation organize #2`."""

    def named(item: dict[str, Any], items: Sequence[Any]) -> str:
        value = item.get(name)
        said = quoted(value, always=not bare) if isinstance(value, str) else words(value)
        alike = [other for other in items if other.get(name) == value]
        number = f" #{position(item, alike)}" if len(alike) > 1 else ""
        return f"{noun} {said}{number}".lstrip()

    return named


def position(item: Any, items: Sequence[Any]) -> int:
    """Where an item stands in its list, counted from 1."""
    return next(index for index, other in enumerate(items, 1) if other is item)


def overlap(left: object, right: object) -> float:
    """The share of words that two texts have in common, 0 to 1."""
    ours, theirs = (
        set(re.findall(r"\w+", text.lower())) if isinstance(text, str) else set() for text in (left, right)
    )
    return len(ours & theirs) / len(ours | theirs) if ours or theirs else 0.0
