"""How much one name is like another, and in what they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.vocabulary import Vocabulary, only_numbers_differ
from provision.catalogue.words import SUFFIXES, TELLING, UNITS, distance, words

_ALIKE: Final = 0.72
"""The share of words that two names have in common, by weight, from which on one may stand for the other. Tried on
names that were misspelt, renamed or invented."""

_COMPARED: Final = 24
"""Names that are compared letter by letter."""

_LONGEST: Final = 200
"""Characters of a name that anything is like: comparing takes as long as its square."""

_DENYING: Final = frozenset({"un", "in", "non", "dis", "de", "no", "not"})
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
    theirs = words(asked) if len(asked) <= _LONGEST else ()
    if not theirs:
        return []
    forms = vocabulary.forms(theirs)
    names = vocabulary.like(asked, forms, _COMPARED)
    established = frozenset(word for name in names for word in words(name))
    found = (_compared(_Asked(asked, theirs, forms, established), name, vocabulary) for name in names)
    return [each for each in found if each is not None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for.

    Attributes:
        forms: for each word, what it may be another form of.
        established: words of the names that are most like it: where it has one of them, that one is meant, and a name
            without it says something else, as one of limits does where requests were asked for.
    """

    name: str
    words: Sequence[str]
    forms: Forms
    established: frozenset[str]


def _compared(asked: _Asked, name: str, vocabulary: Vocabulary) -> Likeness | None:
    theirs, ours = asked.words, words(name)
    if asked.name.lower() == name.lower():
        return Likeness(name, 0.99, "upper and lower case differ", slip=True)
    if "".join(theirs) == "".join(ours):
        return Likeness(name, 0.98, "its words are separated otherwise", slip=True)
    if not ours or only_numbers_differ(theirs, ours):
        return None
    if sorted(theirs) == sorted(ours):
        return Likeness(name, 0.92, "its words stand in another order", slip=True)
    if _core(theirs) == _core(ours):
        differ = set(theirs) ^ set(ours)
        score = 0.92 - len(differ) / 50 - len(differ & UNITS) / 20
        return Likeness(name, score, _endings(theirs, ours), slip=[*theirs, "total"] == ours)
    extra = [word for word in theirs if word not in ours]
    lacking = [word for word in ours if word not in theirs]
    if any(word in asked.established and not _has_form(word, lacking, asked.forms) for word in extra):
        return None
    most = min(3, len(asked.name) // 6)
    letters = distance(asked.name.lower(), name.lower(), most) if most else 1
    if letters <= most:
        if any(_are_opposites(word, other) for word in extra for other in lacking):
            return None
        slip = len(extra) == len(lacking) and all(
            _is_slip(word, lacking, letters, asked.established) for word in extra
        )
        return Likeness(name, 0.98 - letters / 50, _NUMBERS[letters], slip=slip)
    if ours[0] not in asked.forms[theirs[0]] or _is_of_another_thing(asked.forms, extra, lacking):
        return None
    share = _share(theirs, ours, asked.forms, vocabulary)
    return None if share < _ALIKE else Likeness(name, share * 0.85, _in_words(theirs, ours, asked.forms))


def _has_form(word: str, lacking: Sequence[str], forms: Forms) -> bool:
    """Whether one of the words is another form of a word that is established itself: its plural, or longer."""
    return any(
        word.rstrip("s") == other.rstrip("s")
        or (len(word) > 4 and other in forms[word] and _begins(word, other))
        for other in lacking
    )


def _begins(word: str, other: str) -> bool:
    return word.startswith(other) or other.startswith(word)


def _are_opposites(word: str, other: str) -> bool:
    """Whether one is the other with a syllable before it, as `unavailable` and `available`."""
    shorter, longer = sorted((word, other), key=len)
    return longer.endswith(shorter) and longer.removesuffix(shorter) in _DENYING


def _is_of_another_thing(forms: Forms, extra: Sequence[str], lacking: Sequence[str]) -> bool:
    """Whether each name has a word for which the other has none, or one has a word that makes it another thing."""
    alone = [word for word in extra if not forms[word] & set(lacking)]
    known = {form for word in extra for form in forms[word]}
    missing = [word for word in lacking if word not in known]
    return bool(alone and missing) or not TELLING.isdisjoint((*alone, *missing))


def _is_slip(word: str, lacking: Sequence[str], letters: int, established: frozenset[str]) -> bool:
    """Whether a word is no word of its own, and so many letters in one of its length are a slip of the pen."""
    if any(word.rstrip("s") == other.rstrip("s") for other in lacking):
        return True
    return word not in established and len(word) >= (5 if letters == 1 else 9) and letters <= 2


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
