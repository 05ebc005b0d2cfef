"""Names in great number, and which of them are made of much the same words as another."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice, takewhile
from math import log2
from typing import Final

from provision.catalogue.words import SYNONYMS, distance, words

_SHORTEST: Final = 4
"""Letters of a word that may be misspelt; a shorter one is another word."""

_LONGER: Final = 20
"""Words that begin with another, at most."""

_LEAST: Final = 0.5
"""The share of the best name's weight below which one isn't looked at."""

_LOOKED_AT: Final = 8_000
"""Names that share a word, at most; the rarest words are looked at first."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names that were indexed once.

    Attributes:
        names: all of them.
        holders: word → positions of the names that hold it.
        spellings: word, and word without one of its letters → words.
        letters: a name without its separators → positions of the names that are so.
        ordered: all words, in order.
    """

    names: tuple[str, ...]
    holders: Mapping[str, array[int]]
    spellings: Mapping[str, tuple[str, ...]]
    letters: Mapping[str, tuple[int, ...]]
    ordered: Sequence[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> Vocabulary:
        """The vocabulary of these names."""
        known = tuple(dict.fromkeys(names))
        holders: dict[str, array[int]] = {}
        letters: dict[str, tuple[int, ...]] = {}
        for position, name in enumerate(known):
            parts = words(name)
            joined = "".join(parts)
            letters[joined] = (*letters.get(joined, ()), position)
            for word in parts:
                if word not in holders:
                    holders[word] = array("L")
                holders[word].append(position)
        spellings: dict[str, tuple[str, ...]] = {}
        for word in holders:
            for spelling in _spellings(word):
                spellings[spelling] = (*spellings.get(spelling, ()), word)
        return cls(known, holders, spellings, letters, sorted(holders))

    def weight(self, word: str) -> float:
        """How much a word tells one name from another: the rarer, the more."""
        return log2(1 + len(self.names) / max(1, len(self.holders.get(word, ()))))

    def near(self, word: str) -> frozenset[str]:
        """The words of these names that `word` may be a misspelling or another form of, itself included: `request` of
        `requests`, `latency` of `duration`."""
        most = 1 if len(word) < 8 else 2
        found = {other for spelling in _spellings(word) for other in self.spellings.get(spelling, ())}
        alike = {other for other in found if other == word or distance(word, other, most) <= most}
        alike.update(SYNONYMS.get(word, frozenset()) & self.holders.keys())
        if len(word) >= _SHORTEST:
            alike.update(word[:end] for end in range(_SHORTEST, len(word)) if word[:end] in self.holders)
            longer = islice(self.ordered, bisect_left(self.ordered, word), None)
            alike.update(islice(takewhile(lambda other: other.startswith(word), longer), _LONGER))
        return frozenset(alike)

    def forms(self, parts: Iterable[str]) -> dict[str, frozenset[str]]:
        """For each word of a name what it may stand for here (`near`)."""
        return {part: self.near(part) for part in parts}

    def like(self, name: str, forms: Mapping[str, frozenset[str]], count: int) -> list[str]:
        """The `count` names that share the most telling words with `name`.

        Args:
            forms: of the words of `name`.
        """
        alike = sorted({other for near in forms.values() for other in near}, key=self._spread)
        shared: dict[int, float] = {}
        looked_at = 0
        for word in alike:
            holders = self.holders[word]
            if looked_at and looked_at + len(holders) > _LOOKED_AT:
                break
            weight = self.weight(word)
            for position in holders[:_LOOKED_AT]:
                shared[position] = shared.get(position, 0.0) + weight
            looked_at += len(holders)
        least = max(shared.values(), default=0.0) * _LEAST
        near = [at for at, weight in shared.items() if weight >= least]
        length = len(name)
        best = nlargest(count, near, key=lambda at: (shared[at] - abs(len(self.names[at]) - length) / 4, -at))
        same = (at for letters in _spellings("".join(words(name))) for at in self.letters.get(letters, ()))
        return [self.names[at] for at in dict.fromkeys((*same, *best)) if self.names[at] != name]

    def _spread(self, word: str) -> tuple[int, str]:
        return len(self.holders[word]), word


def _spellings(word: str) -> Iterator[str]:
    yield word
    if len(word) >= _SHORTEST and not word.isdigit():
        yield from {word[:at] + word[at + 1 :] for at in range(len(word))}


def only_numbers_differ(left: Collection[str], right: Collection[str]) -> bool:
    """Whether two names' words are the same but for numbers."""
    differ = set(left) ^ set(right)
    return bool(differ) and all(word.isdigit() for word in differ)
