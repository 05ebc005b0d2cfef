"""Regular expressions that others wrote, tried in bounded time. Prometheus' own, RE2, always takes as long as the text is;
Python's may take for ever."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_LONGEST_SECONDS: Final = 3.0
"""How long a pattern may take over all of its texts; a process of its own takes some of that to start."""

_FEW_STEPS: Final = 10**7
"""So many steps at worst are done at once, without a process of their own."""

_NO_OPERATORS: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_REPETITION: Final = re.compile(r"[*+]|\{\d*,")

_SET: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.DOTALL)
_CLASS: Final = re.compile(r"\[:(\w+):\]")
_CLASSES: Final = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": "\\x00-\\x7F", "blank": "\\t ", "cntrl": "\\x00-\\x1F\\x7F", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": "\\t\\n\\v\\f\\r ", "upper": "A-Z",
    "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
"""RE2's names of characters, which Python doesn't know."""
_DOUBLED: Final = re.compile(r"(?<!\\)(\[|(?<=-)-|(?<=&)&|(?<=~)~|(?<=\|)\|)")
"""What Python warns of within a set, as it may come to mean something else."""

_CHILD: Final = """
import json, re, sys
pattern, flags, whole, texts = json.load(sys.stdin)
compiled = re.compile(pattern, flags)
json.dump([
    [
        [one[0], one.groups(), one.groupdict()]
        for one in ([compiled.fullmatch(text)] if whole else compiled.finditer(text))
        if one
    ]
    for text in texts
], sys.stdout)
"""


class Found(NamedTuple):
    """A match.

    Attributes:
        text: what matched.
        groups: the text of each group in its order, None where it took no part.
        named: the same of those with names.
    """

    text: str
    groups: tuple[str | None, ...]
    named: dict[str, str | None]


class Unanswered(Exception):
    """What a pattern matches can't be said; the message, of which the pattern is the subject, says why."""


def matches(
    pattern: str, texts: Sequence[str], *, whole: bool = False, ignore_case: bool = False
) -> Sequence[Sequence[Found]]:
    """What a pattern, in Python's syntax, matches in each of the texts.

    Args:
        whole: whether only a whole text is a match.

    Raises:
        Unanswered: it can't be read, or takes too long.
    """
    answer = _matches(_SET.sub(_as_python, pattern), tuple(texts), whole, re.IGNORECASE if ignore_case else 0)
    if isinstance(answer, str):
        raise Unanswered(answer)
    return answer


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text.

    Raises:
        Unanswered: as `matches`.
    """
    return bool(matches(pattern, (text,), whole=True)[0])


def _as_python(written: re.Match[str]) -> str:
    """A set of characters as Python writes it; anything else as it is."""
    if not written[0].startswith("["):
        return written[0]
    named = _CLASS.sub(lambda name: _CLASSES.get(name[1], name[0]), written[0][1:])
    return "[" + _DOUBLED.sub(r"\\\1", named)


@lru_cache(maxsize=1024)
def _matches(
    pattern: str, texts: tuple[str, ...], whole: bool, flags: int
) -> tuple[tuple[Found, ...], ...] | str:
    """The matches, or why there is no answer."""
    try:
        compiled = re.compile(pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        return f"can't be read: {error}"
    if _may_take_long(pattern, max(map(len, texts), default=0)):
        return _apart(pattern, texts, whole, flags)
    return tuple(tuple(_within(compiled, text, whole)) for text in texts)


def _within(compiled: re.Pattern[str], text: str, whole: bool) -> Iterator[Found]:
    for one in (compiled.fullmatch(text),) if whole else compiled.finditer(text):
        if one is not None:
            yield Found(one[0], one.groups(), one.groupdict())


def _may_take_long(pattern: str, length: int) -> bool:
    """Whether it repeats what may match in several ways, or has more repetitions side by side than such texts bear."""
    if not length:
        return False
    operators = _NO_OPERATORS.sub("x", pattern)
    repetitions = len(_REPETITION.findall(operators))
    return bool(_REPEATED_GROUP.search(operators)) or float(length) ** (repetitions + 1) > _FEW_STEPS


def _apart(
    pattern: str, texts: tuple[str, ...], whole: bool, flags: int
) -> tuple[tuple[Found, ...], ...] | str:
    """The same, in a process that can be ended, as a match can't."""
    asked = json.dumps([pattern, flags, whole, texts])
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CHILD],
            input=asked, capture_output=True, text=True, check=True, env={}, timeout=_LONGEST_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"takes longer than {_LONGEST_SECONDS:g} s"
    return tuple(
        tuple(Found(text, tuple(groups), named) for text, groups, named in found)
        for found in json.loads(ran.stdout)
    )
