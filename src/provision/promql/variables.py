"""Grafana variables in expressions and titles: which are used, and what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from provision.promql.formats import FORMATS, for_prometheus, glob
from provision.promql.standins import SCALARS, stand_in

VARIABLE = re.compile(
    r"\$(?P<plain>\w+)"
    r"|\[\[(?P<old>\w+?)(?::(?P<old_format>\w+))?\]\]"
    r"|\$\{(?P<braced>\w+)(?:\.(?P<field>[^:^}]{1,200}))?(?::(?P<format>[^}]{1,200}))?\}",
    re.ASCII,
)
"""What Grafana takes for a variable (its `variableRegex`, with a limit to what it may look at)."""

Value = str | Sequence[str]
"""One value; or the values of a variable that allows several or All."""


@lru_cache(maxsize=1024)  # the variable of the data source is asked for at every query
def names(text: str) -> frozenset[str]:
    """The names of the variables that `text` uses, built-in ones (`__rate_interval`) included. Numbers such as
    the `$1` of label_replace are not variables."""
    if "$" not in text and "[[" not in text:
        return frozenset()
    return frozenset(name for match in VARIABLE.finditer(text) if not (name := _name(match)).isdigit())


def is_builtin(name: str) -> bool:
    """Whether Grafana itself gives that variable its value."""
    return name.startswith("__") or name == "timeFilter"


def substitute(expr: str, values: Mapping[str, Value]) -> str:
    """`expr` with the variables in `values` replaced as Grafana does it for Prometheus; others stay.

    Args:
        values: name → value, or the list of values of a variable that allows several; a single value gets its
            backslashes doubled, several become `(a|b)` with each escaped as a regular expression. A format
            (`${job:pipe}`) takes the place of that.
    """

    def replaced(match: re.Match[str]) -> str:
        name = _name(match)
        if name not in values:
            return match[0]
        value = values[name]
        form = _form(match)
        if not form:
            return for_prometheus(value)
        listed = [value] if isinstance(value, str) else list(value)
        return FORMATS.get(form, glob)(name, listed)

    return VARIABLE.sub(replaced, expr)


def _name(match: re.Match[str]) -> str:
    return match["plain"] or match["old"] or match["braced"] or ""


def _form(match: re.Match[str]) -> str:
    return (match["format"] or match["old_format"] or "").partition(":")[0]


_MARK = re.compile(r"[\"'`$\[\](){},#]")
_MARK_IN = {quote: re.compile(rf"[{quote}$\[\\]") for quote in "\"'"} | {"`": re.compile(r"[`$\[]")}
_FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*$", re.ASCII)
_NEARBY = 300
"""Characters in which the name of a function is looked for before its parenthesis."""


@lru_cache(maxsize=1024)
def placeholder(expr: str) -> str:
    """`expr` with each variable replaced by something that can stand in its place, so that what was PromQL but
    for its variables parses. What takes its place is as long wherever possible, so that columns stay right:
    in quotes a word, between `[` and `]` and after `offset` a duration, as a scalar argument a number, else a name.
    """
    parts = []
    position = 0
    for start, end, words in stand_ins(expr):
        parts += [expr[position:start], words]
        position = end
    return "".join((*parts, expr[position:])) if parts else expr


@lru_cache(maxsize=1024)  # asked for the same expression by several who look at it
def stand_ins(expr: str) -> tuple[tuple[int, int, str], ...]:
    """Start and end of each variable, and what `placeholder` puts in its place."""
    if "$" not in expr and "[[" not in expr:
        return ()
    found = []
    for match, inside in _placed(expr):
        start, end = match.span()
        found.append((start, end, stand_in(expr, start, end, inside, _name(match), _form(match))))
    return tuple(found)


def _placed(expr: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each variable with what it stands in: a quote, `[`, `{`, `scalar`, or nothing."""
    quote = ""
    stack: list[tuple[str, int, int]] = []  # bracket, its position, which argument
    position = 0
    while mark := (_MARK_IN[quote] if quote else _MARK).search(expr, position):
        character, start = mark[0], mark.start()
        position = start + 1
        if character in "$[":
            variable = VARIABLE.match(expr, start)
            if variable and not _name(variable).isdigit():
                position = variable.end()
                yield variable, quote or _inside(expr, stack)
                continue
        if quote:
            if character == quote:
                quote = ""
            elif character == "\\" and expr[position : position + 1] not in ("$", "["):
                position += 1
        elif character in "\"'`":
            quote = character
        elif character in "([{":
            stack.append((character, start, 0))
        elif character == "#":
            line_end = expr.find("\n", start)
            position = len(expr) if line_end == -1 else line_end
        elif character == "," and stack:
            bracket, opened, argument = stack[-1]
            stack[-1] = (bracket, opened, argument + 1)
        elif character in ")]}" and stack:
            stack.pop()


def _inside(expr: str, stack: list[tuple[str, int, int]]) -> str:
    """The innermost open bracket; `scalar` where a function takes a number, nothing in other parentheses."""
    if not stack:
        return ""
    bracket, opened, argument = stack[-1]
    if bracket != "(":
        return bracket
    function = _FUNCTION.search(_without_grouping(expr[max(0, opened - _NEARBY) : opened]))
    return "scalar" if function and argument in SCALARS.get(function[1].lower(), ()) else ""


def _without_grouping(before: str) -> str:
    """What stands before a call's parenthesis, without the labels of an aggregation: `topk` of `topk by (job, path)`."""
    if not before.rstrip().endswith(")") or "(" not in before:
        return before
    outer = before[: before.rindex("(")]
    grouping = _FUNCTION.search(outer)
    return outer[: grouping.start()] if grouping and grouping[1].lower() in ("by", "without") else before
