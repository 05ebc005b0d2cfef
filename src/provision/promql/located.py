"""Where in an expression its selectors and their matchers stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from provision.promql.grammar import AGGREGATIONS
from provision.promql.names import Selector, selectors
from provision.promql.tokens import Misplaced, Token, tokens

_WORDS: Final = frozenset({
    "and", "or", "unless", "atan2", "bool", "by", "without", "on", "ignoring", "group_left", "group_right", "offset",
    "inf", "nan", "anchored", "smoothed", "fill", "fill_left", "fill_right",
})  # fmt: skip
_LISTING: Final = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})


@dataclass(frozen=True, slots=True)
class Located:
    """A selector and where it stands; positions are counted from 0.

    Attributes:
        start, end: of the name and what stands in its braces.
        whole_end: where its range, offset and @ end.
        matchers: for each label that is matched, where its matcher stands; of one that is matched twice, the last.
        ranged: whether it has a range.
    """

    selector: Selector
    start: int
    end: int
    whole_end: int
    matchers: dict[str, tuple[int, int]]
    ranged: bool


@lru_cache(maxsize=16384)
def located(expr: str) -> tuple[Located, ...]:
    """The selectors of `expr` from left to right; none when it isn't PromQL, or is written in a way that the
    positions aren't sure. Grafana variables must be replaced before."""
    found = selectors(expr)
    try:
        spans = list(_spans(tokens(expr)))
    except Misplaced:
        return ()
    if len(spans) != len(found):
        return ()
    return tuple(
        Located(selector, start, end, whole_end, matchers, ranged)
        for selector, (start, end, whole_end, matchers, ranged) in zip(found, spans, strict=True)
    )


_Span = tuple[int, int, int, dict[str, tuple[int, int]], bool]


def _spans(listed: list[Token]) -> Iterator[_Span]:
    at = 0
    while (token := listed[at]).kind != "end":
        following = listed[at + 1]
        word = token.text.lower()
        if token.kind == "word" and word in _LISTING and following.text == "(":
            at = _after(listed, at + 1, ")")
        elif token.kind == "word" and (
            following.text == "(" or word in _WORDS or _aggregates(word, following)
        ):
            at += 1
        elif token.kind == "word" or token.text == "{":
            braces = at if token.text == "{" else at + 1
            after = _after(listed, braces, "}") if listed[braces].text == "{" else braces
            matchers = _matchers(listed[braces:after])
            whole = _modified(listed, after)
            ranged = listed[after].text == "["
            yield token.start, listed[after - 1].end, listed[whole - 1].end, matchers, ranged
            at = after if ranged and whole == after else whole
        elif token.text == "[":
            at = _after(listed, at, "]")
        else:
            at += 1


def _aggregates(word: str, following: Token) -> bool:
    return word in AGGREGATIONS and following.text.lower() in ("by", "without")


def _after(listed: list[Token], at: int, closing: str) -> int:
    """The position after the bracket that closes what opens at `at`; brackets in it are of another kind, or none."""
    while listed[at].text != closing and listed[at].kind != "end":
        at += 1
    return at + (listed[at].kind != "end")


def _modified(listed: list[Token], at: int) -> int:
    """The position after the range, the offset and the @ that may follow a selector."""
    if listed[at].text == "[":
        at = _after(listed, at, "]")
    while listed[at].text.lower() in ("offset", "@", "anchored", "smoothed"):
        word = listed[at].text.lower()
        at += 1
        if word in ("offset", "@"):
            at += listed[at].text in ("-", "+")
            at += listed[at].kind != "end"
            if listed[at].text == "(":
                at = _after(listed, at, ")")
    return at


def _matchers(braces: list[Token]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for position, token in enumerate(braces[:-2]):
        if braces[position + 1].text in ("=", "!=", "=~", "!~") and braces[position + 2].kind == "string":
            label = token.text[1:-1] if token.kind == "string" else token.text
            found[label] = (token.start, braces[position + 2].end)
    return found
