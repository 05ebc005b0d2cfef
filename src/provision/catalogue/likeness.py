"""How much one name is like another, and in what they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.vocabulary import Vocabulary, only_numbers_differ
from provision.catalogue.words import SUFFIXES, UNITS, distance, words

_ALIKE: Final = 0.72
"""The share of words that two names have in common, by weight, from which on one may stand for the other. Tried on
names that were misspelt, renamed or invented."""

_COMPARED: Final = 24
"""Names that are compared letter by letter."""

_NUMBERS: Final = ("", "one letter differs", "two letters differ", "three letters differ")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A name that another is like.

    Attributes:
        score: 1 for the same name, 0 for nothing in common.
        reason: in what they differ.
        slip: whether a slip of the pen or a habit of writing names explains the difference.
    """

    name: str
    score: float
    reason: str
    slip: bool = False


Forms = Mapping[str, frozenset[str]]


def alike(asked: str, vocabulary: Vocabulary) -> list[Likeness]:
    """The names in the vocabulary that are like the one that was asked for, in no order."""
    theirs = words(asked)
    forms = vocabulary.forms(theirs)
    found = (
        _compared(asked, theirs, forms, name, vocabulary) for name in vocabulary.like(asked, forms, _COMPARED)
    )
    return [each for each in found if each is not None]


def _compared(
    asked: str, theirs: Sequence[str], forms: Forms, name: str, vocabulary: Vocabulary
) -> Likeness | None:
    ours = words(name)
    if not theirs or not ours:
        return None
    if asked.lower() == name.lower():
        return Likeness(name, 0.99, "upper and lower case differ", slip=True)
    if "".join(theirs) == "".join(ours):
        return Likeness(name, 0.98, "its words are separated otherwise", slip=True)
    if only_numbers_differ(theirs, ours):
        return None
    most = min(3, len(asked) // 6)
    letters = distance(asked.lower(), name.lower(), most) if most else 1
    if letters <= most:
        return Likeness(name, 0.98 - letters / 50, _NUMBERS[letters], slip=letters <= 2)
    if sorted(theirs) == sorted(ours):
        return Likeness(name, 0.92, "its words stand in another order", slip=True)
    if _core(theirs) == _core(ours):
        differ = set(theirs) ^ set(ours)
        score = 0.92 - len(differ) / 50 - len(differ & UNITS) / 20
        return Likeness(name, score, _endings(theirs, ours), slip=not differ & UNITS)
    if ours[0] not in forms[theirs[0]]:
        return None
    share = _share(theirs, ours, forms, vocabulary)
    return None if share < _ALIKE else Likeness(name, share * 0.85, _in_words(theirs, ours, forms))


def _core(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part not in SUFFIXES]


def _endings(theirs: Sequence[str], ours: Sequence[str]) -> str:
    lacking = [word for word in ours if word not in theirs]
    extra = [word for word in theirs if word not in ours]
    if lacking and extra:
        return f"it has {_joined(lacking)} for {_joined(extra)}"
    return f"it has {_joined(lacking)}" if lacking else f"it lacks {_joined(extra)}"


def _joined(parts: Sequence[str]) -> str:
    return "".join(f"_{part}" for part in parts)


def _share(theirs: Sequence[str], ours: Sequence[str], forms: Forms, vocabulary: Vocabulary) -> float:
    """The weight of the words that both names have, as a share of all."""
    left = list(ours)
    shared = 0.0
    for word in theirs:
        match = word if word in left else min(forms[word] & set(left), default=None)
        if match is not None:
            left.remove(match)
            shared += vocabulary.weight(match) * (1.0 if match == word else 0.8)
    total = sum(map(vocabulary.weight, theirs)) + sum(map(vocabulary.weight, ours))
    return 2 * shared / total


def _in_words(theirs: Sequence[str], ours: Sequence[str], forms: Forms) -> str:
    known = {form for word in theirs for form in (*forms[word], word)}
    extra = [word for word in theirs if word not in ours and not forms[word] & set(ours)]
    lacking = [word for word in ours if word not in known]
    if lacking and extra:
        return f"it has {' '.join(lacking)} for {' '.join(extra)}"
    if lacking or extra:
        return f"it has {' '.join(lacking)}" if lacking else f"it lacks {' '.join(extra)}"
    return "words are spelt otherwise"
