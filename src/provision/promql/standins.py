"""What stands in the place of a Grafana variable, so that PromQL parses."""

from __future__ import annotations

import re

_DURATIONS = frozenset({"__interval", "__rate_interval", "__range"})
_NUMBERS = frozenset({"__interval_ms", "__rate_interval_ms", "__range_s", "__range_ms", "__from", "__to"})
SCALARS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("topk", "bottomk", "quantile", "limitk", "limit_ratio", "vector"), (0,)),
    **dict.fromkeys(("histogram_quantile", "quantile_over_time"), (0,)),
    **dict.fromkeys(("clamp_max", "clamp_min", "round", "predict_linear"), (1,)),
    **dict.fromkeys(("clamp", "holt_winters", "double_exponential_smoothing"), (1, 2)),
    "histogram_fraction": (0, 1),
}
"""Which arguments of which functions are numbers, counted from 0."""

_UNIT = re.compile(r"(?:ms|[smhdwy])(?!\w)", re.ASCII)
_WORD_BEFORE = re.compile(r"[\w:]$", re.ASCII)
_OFFSET_BEFORE = re.compile(r"\boffset\s+-?\s*$", re.IGNORECASE)
_CALL_AFTER = re.compile(r"\s*(?:\(|(?:by|without)\s*\()")
_GROUP_BEFORE = re.compile(r"\bgroup_(?:left|right)\s*\([^()]*$", re.IGNORECASE)
_PARENTHESIS = re.compile(r"[()]")
_NEARBY = 300
"""Characters in which the end of a call is looked for."""


def stand_in(expr: str, start: int, end: int, inside: str, name: str, form: str) -> str:
    """What can stand for the variable at `expr[start:end]`, as long as it wherever possible.

    Args:
        inside: what it stands in: a quote, `[`, `{`, `scalar`, or empty.
        name: the variable's name.
        form: its format, such as `doublequote`, or empty.
    """
    length = end - start
    before, after = expr[max(0, start - 40) : start], expr[end : end + 20]
    if inside in ('"', "'", "`"):
        return "v" * length
    if form in ("doublequote", "singlequote", "json", "sqlstring"):
        return f'"{"v" * (length - 2)}"'
    if inside == "[" or _OFFSET_BEFORE.search(before):
        return _duration(length, before, after)
    if inside == "{":
        return _in_braces(length, before.rstrip(), after.lstrip())
    if name in _DURATIONS:
        return _duration(length, before, after)
    if name in _NUMBERS or inside == "scalar":
        adjoined = before[-1:].isdigit() or before[-1:] == "." or after[:1].isalnum() or after[:1] == "."
        return f"{'1':0>{length}}" if adjoined else f"1.{'':0>{length - 2}}"
    if _CALL_AFTER.match(after) and not _WORD_BEFORE.search(before):
        return f"{_function(expr, end):<{length}}"
    if _GROUP_BEFORE.search(before):
        return f"{'vv':w<{length}}"  # another name than those that match, which it may not be one of
    return "v" * length


def _duration(length: int, before: str, after: str) -> str:
    """A duration; only its number when a unit follows, only its unit when a number comes before."""
    if _UNIT.match(after):
        return f"{'1':0>{length}}"
    if before[-1:].isdigit():
        return f"{'m':<{length}}"
    return f"{'5m':0>{length}}"


def _in_braces(length: int, before: str, after: str) -> str:
    """A matcher when it stands alone, else a name."""
    if before[-1:] in ("{", ",") and after[:1] in ("}", ","):
        return f'{"v" * max(1, length - 4)}="v"'
    return "v" * length


def _function(expr: str, end: int) -> str:
    """`rate` for a call that ends with a range, else `sum`."""
    depth = 0
    for bracket in _PARENTHESIS.finditer(expr, end, end + _NEARBY):
        depth += 1 if bracket[0] == "(" else -1
        if depth == 0:
            return "rate" if expr[end : bracket.start()].rstrip()[-1:] == "]" else "sum"
    return "sum"


def stands_in(word: str) -> bool:
    """Whether a name or a text that stands in an expression with its variables replaced is, or holds, what took the
    place of one. A word that only looks like it is taken for one as well: nothing is said of it then."""
    return "vv" in word or word == "v"
