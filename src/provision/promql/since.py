"""Since which Prometheus there is what an expression uses.

Source: Prometheus' CHANGELOG.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from provision.promql.facts import Facts
from provision.promql.tokens import Misplaced, tokens

Version = tuple[int, int, int]


class Since(NamedTuple):
    """Something that not every Prometheus knows.

    Attributes:
        what: such as `histogram_avg()`.
        since: the first version that has it.
    """

    what: str
    since: Version


_TRIGONOMETRY = (
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "cos",
    "cosh",
    "sin",
    "sinh",
    "tan",
    "tanh",
)
_CALLS: dict[str, Version] = {
    "absent_over_time": (2, 16, 0),
    **dict.fromkeys(("last_over_time", "sgn", "clamp"), (2, 26, 0)),
    "present_over_time": (2, 29, 0),
    **dict.fromkeys((*_TRIGONOMETRY, "deg", "rad", "pi"), (2, 31, 0)),
    **dict.fromkeys(("histogram_count", "histogram_sum", "histogram_fraction"), (2, 40, 0)),
    **dict.fromkeys(("histogram_stddev", "histogram_stdvar"), (2, 47, 0)),
    **dict.fromkeys(("mad_over_time", "sort_by_label", "sort_by_label_desc"), (2, 49, 0)),
    "histogram_avg": (2, 51, 0),
    "info": (2, 55, 0),
    "double_exponential_smoothing": (3, 0, 0),
    **dict.fromkeys(("ts_of_min_over_time", "ts_of_max_over_time", "ts_of_last_over_time"), (3, 5, 0)),
    **dict.fromkeys(("first_over_time", "ts_of_first_over_time"), (3, 7, 0)),
    "histogram_quantiles": (3, 11, 0),
    **dict.fromkeys(("start", "end", "range", "step"), (3, 12, 0)),
    **dict.fromkeys(("min_of", "max_of"), (3, 13, 0)),
    "start_timestamp": (3, 14, 0),
}
_AGGREGATIONS: dict[str, Version] = {"group": (2, 20, 0), "limitk": (2, 54, 0), "limit_ratio": (2, 54, 0)}
_NAME = re.compile(r"[A-Za-z_:][\w:]*", re.ASCII)
_MAYBE = re.compile(
    r">/|</|anchored|smoothed|fill|[0-9]_[0-9]|\[[^\]\"']*[-+*/%^(]|(?<![\[\w.:])(?<!offset )[0-9]+[smhdwy](?![\w\]:])"
)
_KEYWORDS: dict[str, Since] = {
    **dict.fromkeys(("anchored", "smoothed"), Since("anchored and smoothed", (3, 7, 0))),
    **dict.fromkeys(("fill", "fill_left", "fill_right"), Since("fill()", (3, 10, 0))),
}
_CALCULATED = Since("a calculation in a duration", (3, 4, 0))
_AT = Since("@", (2, 33, 0))
_BACK = Since("a negative offset", (2, 33, 0))
_UNDERSCORE = Since("_ in a number", (2, 54, 0))
_SECONDS = Since("a duration as a number", (2, 54, 0))
_TRIMS = Since("</ and >/", (3, 11, 0))


_SYNTAX_KNOWN: Version = (3, 11, 0)


def not_everywhere(expr: str, found: Facts, version: Version) -> Iterator[Since]:
    """What not every Prometheus knows of an expression and its facts; something may come more than once.

    Args:
        version: that of the Prometheus in question: what all since then know isn't looked for where that takes time.
    """
    for call in found.calls:
        since = _CALLS.get(call.function)
        if since:
            yield Since(f"{call.function}()", since)
    for aggregation in found.aggregations:
        if aggregation.operation in _AGGREGATIONS:
            yield Since(f"{aggregation.operation}()", _AGGREGATIONS[aggregation.operation])
    if "atan2" in expr and any(each.operator == "atan2" for each in found.operations):
        yield Since("atan2", (2, 31, 0))
    if "@" in expr and any(each.is_pinned for each in found.timed):
        yield _AT
    if "offset" in expr and any(each.offset_seconds < 0 for each in found.timed):
        yield _BACK
    if version >= _SYNTAX_KNOWN:
        return
    if '"' in expr or "'" in expr or "`" in expr:
        yield from _quoted(found)
    if _MAYBE.search(expr):
        yield from _written(expr)


def _quoted(found: Facts) -> Iterator[Since]:
    for selector in found.selectors:
        for name in (selector.name or "a", *[matcher.label for matcher in selector.matchers]):
            if not _NAME.fullmatch(name):
                yield Since(f"the name {name!r} in quotes", (3, 0, 0))


def _written(expr: str) -> Iterator[Since]:
    """What only its words show."""
    try:
        words = tokens(expr)
    except Misplaced:
        return
    in_brackets = False
    before = ""
    for token, after in pairwise(words):
        if token.kind == "symbol" and token.text in "[]":
            in_brackets = token.text == "["
        elif in_brackets:
            if token.kind == "word" or (token.kind == "symbol" and token.text in "-+*/%^("):
                yield _CALCULATED
        elif token.kind == "symbol" and token.text in (">/", "</"):
            yield _TRIMS
        elif token.kind == "number" and "_" in token.text:
            yield _UNDERSCORE
        elif token.kind == "duration" and before not in ("offset", "-"):
            yield _SECONDS
        elif token.kind == "word" and token.text in _KEYWORDS and _is_keyword(token.text, before, after.text):
            yield _KEYWORDS[token.text]
        before = token.text.lower()


def _is_keyword(word: str, before: str, after: str) -> bool:
    """Whether it is one rather than the name of a metric or label."""
    return (
        before in ("]", "}", ")") or before.isidentifier()
        if word in ("anchored", "smoothed")
        else after == "("
    )
