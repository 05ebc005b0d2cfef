"""Which item of a list became which: pairing by keys, then by likeness. Symmetric: exchanging the lists exchanges
the pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from provision.model import encode

Keys = Callable[[Sequence[Any]], list[Hashable | None]]
"""The keys of a list's items; None for an item that has none."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Positions that belong together (before, after), in the order of the later list; and those left alone."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def reordered(self) -> bool:
        """Whether what is in both stands in another order."""
        befores = [before for before, _ in self.pairs]
        return befores != sorted(befores)


def by(key: Callable[[Any], Hashable | None]) -> Keys:
    """Items belong together when `key` is the same and no other item of either list has it."""
    return lambda items: [key(item) for item in items]


def by_nth(key: Callable[[Any], Hashable | None]) -> Keys:
    """Items belong together when `key` is the same: the first with the first, the second with the second."""

    def keys(items: Sequence[Any]) -> list[Hashable | None]:
        seen: Counter[Hashable] = Counter()
        found: list[Hashable | None] = []
        for item in items:
            value = key(item)
            seen[value] += 1
            found.append(None if value is None else (value, seen[value]))
        return found

    return keys


def in_place(items: Sequence[Any]) -> list[Hashable | None]:
    """Items belong together when they are the same and stand at the same position; for the first pass."""
    return [(position, encode(item)) for position, item in enumerate(items)]


def paired(
    before: Sequence[Any],
    after: Sequence[Any],
    passes: Iterable[Keys],
    alike: Callable[[Any, Any], float] | None = None,
    least: float = 0.5,
) -> Pairs:
    """Pair items pass by pass: first those that share the first key, then what is left by the next. What no key
    pairs is paired by likeness.

    Args:
        alike: how alike two items are, 0 to 1 and symmetric.
        least: items less alike than this stay alone.
    """
    pairs: dict[int, int] = {}
    left, right = list(range(len(before))), list(range(len(after)))
    for keys in passes:
        found = _by_key(
            dict(zip(left, keys([before[i] for i in left]), strict=True)),
            dict(zip(right, keys([after[j] for j in right]), strict=True)),
        )
        pairs.update(found)
        left, right = _without(left, found), _without(right, found.values())
    if alike is not None and left and right:
        found = _by_likeness({(i, j): alike(before[i], after[j]) for i in left for j in right}, least)
        pairs.update(found)
        left, right = _without(left, found), _without(right, found.values())
    return Pairs(tuple(sorted(pairs.items(), key=lambda pair: pair[1])), tuple(left), tuple(right))


def _by_key(left: dict[int, Hashable | None], right: dict[int, Hashable | None]) -> dict[int, int]:
    there = _once(right)
    return {i: there[key] for key, i in _once(left).items() if key in there}


def _once(keys: dict[int, Hashable | None]) -> dict[Hashable, int]:
    count = Counter(keys.values())
    return {key: position for position, key in keys.items() if key is not None and count[key] == 1}


def _by_likeness(scores: dict[tuple[int, int], float], least: float) -> dict[int, int]:
    """The most alike first. Candidates of one score, sum and distance are (i, j) and (j, i), which share no
    position, so exchanging the lists changes nothing."""

    def rank(entry: tuple[tuple[int, int], float]) -> tuple[float, int, int]:
        (i, j), score = entry
        return -score, i + j, abs(i - j)

    found: dict[int, int] = {}
    taken: set[int] = set()
    for (i, j), score in sorted(scores.items(), key=rank):
        if score >= least and i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return found


def _without(values: Iterable[int], gone: Iterable[int]) -> list[int]:
    lost = set(gone)
    return [value for value in values if value not in lost]
