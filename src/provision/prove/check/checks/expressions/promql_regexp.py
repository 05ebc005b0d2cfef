"""A label is compared with a regular expression only where one says more than a text would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provision.model import Finding
from provision.promql.nodes import Matcher, VectorSelector
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression

ID = "promql-regexp"


@dataclass(frozen=True, slots=True)
class Settings:
    """What else is to be told.

    Attributes:
        smelly: patterns that pick a piece out of a longer value, such as `job=~"shop_.+_production"`.
    """

    smelly: bool = False


_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ESCAPED: Final = re.compile(r"\\([^\w\s])|[^\\.+*?()|\[\]{}^$]", re.ASCII)
_EVERYTHING: Final = frozenset({".*", "(.*)", ".*?", ".*|", "|.*"})
_PIECE: Final = re.compile(r"[^\W\d]\w{0,99}[-_./:]?\.[+*]|\.[+*][-_./:]?[^\W\d]", re.ASCII)
_REPEAT: Final = re.compile(r"(?:\.[*+])")


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Patterns that are plain texts, that match everything or nothing, and anchors that are there anyway."""
    if "~" not in expression.plain:
        return
    found = facts_of(expression)
    told = set()
    for selector in found.selectors if found else ():
        for matcher in selector.matchers:
            if "~" in matcher.op and matcher not in told and not _of_variable(matcher):
                told.add(matcher)
                yield from _about(estate, expression, selector, matcher)


def _of_variable(matcher: Matcher) -> bool:
    return stands_in(matcher.value) or stands_in(matcher.label)


def _about(
    estate: Estate, expression: Expression, node: VectorSelector, matcher: Matcher
) -> Iterator[Finding]:
    label, op, value = matcher
    shown = f'{label}{op}"{value}"'
    equal = "!=" if op == "!~" else "="
    bare = value.removeprefix("^")
    bare = bare.removesuffix("$") if not bare.endswith("\\$") else bare
    if bare in _EVERYTHING:
        if op == "=~":
            message, remedy = f"{shown} leaves nothing out", "leave it out"
        else:
            message = f"{shown} leaves only series without that label"
            remedy = f'write {label}="" if that is meant'
        yield said(estate, ID, "info" if op == "=~" else "warning", expression, message, remedy, node=node)
        return
    plain = _as_text(bare)
    if plain is not None:
        remedy = f'write {label}{equal}"{plain}"'
        yield said(
            estate, ID, "info", expression, f"{shown} is a plain text, not a pattern", remedy, node=node
        )
    elif bare != value and "|" not in _outside(bare):
        message = f"{shown} is anchored twice: a pattern matches whole values anyway"
        yield said(estate, ID, "info", expression, message, f'write {label}{op}"{bare}"', node=node)
    elif op == "=~" and label != "__name__" and estate.settings(ID, Settings).smelly and _is_smelly(bare):
        message = f"{shown} picks a piece out of a longer value"
        yield said(
            estate, ID, "info", expression, message, "give the series a label of its own for it", node=node
        )


def _as_text(pattern: str) -> str | None:
    """The text that a pattern is, None when it is more."""
    if not _SPECIAL.search(pattern):
        return pattern
    position = 0
    text = []
    while position < len(pattern):
        match = _ESCAPED.match(pattern, position)
        if match is None:
            return None
        text.append(match[1] or match[0])
        position = match.end()
    return "".join(text)


def _outside(pattern: str) -> str:
    """What stands in no parentheses: `^a|b$` has anchors of one alternative each."""
    depth = 0
    left = []
    for character in pattern:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            left.append(character)
    return "".join(left)


def _is_smelly(pattern: str) -> bool:
    return "|" not in pattern and _REPEAT.search(pattern) is not None and _PIECE.search(pattern) is not None
