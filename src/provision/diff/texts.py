"""Where two long texts differ, token by token: enough of an expression to see the change, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*`   # strings
    | \$\{[^}]*\} | \$\w+ | \[\[\w+\]\]               # Grafana's variables
    | \d+(?:\.\d+)?(?:e[+-]?\d+)?\w*                  # numbers and durations
    | [A-Za-z_:][\w:]*                                # names
    | =~ | !~ | != | == | >= | <= | \s+ | .           # operators, spaces, the rest
    """,
    re.VERBOSE | re.DOTALL,
)
_WHOLE: Final = 24
_NEAR: Final = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A part of both texts.

    Attributes:
        before, after: the two texts of it, the same where nothing changed; `…` where it was cut.
    """

    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the texts differ here."""
        return self.before != self.after


def changed_parts(before: str, after: str) -> tuple[Part, ...]:
    """Two texts in parts that differ and parts that don't; long parts that don't are cut to what stands next to
    a change. Runs of white space count as one space unless they are all that changed."""
    if " ".join(before.split()) != " ".join(after.split()):
        before, after = " ".join(before.split()), " ".join(after.split())
    left, right = _tokens(before), _tokens(after)
    # The matcher isn't symmetric, so it always sees the smaller text first.
    turned = after < before
    matcher = SequenceMatcher(None, *((right, left) if turned else (left, right)), autojunk=False)
    parts: list[Part] = []
    for _, *bounds in _joined(matcher.get_opcodes(), right if turned else left):
        a, b, c, d = bounds if not turned else (*bounds[2:], *bounds[:2])
        parts.append(Part("".join(left[a:b]), "".join(right[c:d])))
    return tuple(
        _cut(part, first=index == 0, last=index == len(parts) - 1) for index, part in enumerate(parts)
    )


def _tokens(text: str) -> list[str]:
    return [token[0] for token in _TOKEN.finditer(text)]


def _joined(
    opcodes: Sequence[tuple[str, int, int, int, int]], tokens: Sequence[str]
) -> list[tuple[str, int, int, int, int]]:
    """Changes with nothing but a space or a sign between them are one change."""
    found: list[tuple[str, int, int, int, int]] = []
    for index, (tag, a, b, c, d) in enumerate(opcodes):
        between = (
            tag == "equal" and 0 < index < len(opcodes) - 1 and not re.search(r"\w", "".join(tokens[a:b]))
        )
        tag = "replace" if between or tag != "equal" else "equal"  # noqa: PLW2901  # the same step, renamed
        if found and found[-1][0] == tag == "replace":
            _, a, _, c, _ = found.pop()  # noqa: PLW2901  # it begins where the one before begins
        found.append((tag, a, b, c, d))
    return found


def _cut(part: Part, *, first: bool, last: bool) -> Part:
    text = part.before
    if part.changed or len(text) <= _WHOLE:
        return part
    head = "" if first else _start(text)
    tail = "" if last else _start(text, backwards=True)
    rest = text[len(head) : len(text) - len(tail)]
    before_cut = " " if head and rest[:1].isspace() else ""
    after_cut = " " if tail and rest[-1:].isspace() else ""
    cut = f"{head}{before_cut}…{after_cut}{tail}"
    return Part(cut, cut)


def _start(text: str, *, backwards: bool = False) -> str:
    """The first tokens of a text, or the last, while they are short enough."""
    tokens = _tokens(text)
    taken: list[str] = []
    for token in reversed(tokens) if backwards else tokens:
        if taken and sum(map(len, taken)) + len(token) > _NEAR:
            break
        if len(token) > _WHOLE:
            break
        taken.append(token)
    return "".join(reversed(taken) if backwards else taken)
