"""Grafana variables in expressions and titles: which are used, and what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from provision.promql.formats import FORMATS, for_prometheus, glob
from provision.promql.standins import SCALARS, stand_in

VARIABLE = re.compile(
    r"\$(?P<plain>\w+)"
    r"|\[\[(?P<old>\w+?)(?::(?P<old_format>\w+))?\]\]"
    r"|\$\{(?P<braced>\w+)(?:\.(?P<field>[^:^}]+))?(?::(?P<format>[^}]+))?\}",
    re.ASCII,
)
"""What Grafana takes for a variable (its `variableRegex`)."""

Value = str | Sequence[str]
"""One value; or the values of a variable that allows several or All."""


def names(text: str) -> set[str]:
    """The names of the variables that `text` uses, built-in ones (`__rate_interval`) included. Numbers such as
    the `$1` of label_replace are not variables."""
    if "$" not in text and "[[" not in text:
        return set()
    return {name for match in VARIABLE.finditer(text) if not (name := _name(match)).isdigit()}


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


_PIECE = re.compile(
    rf"(?P<variable>(?!\$\d+\b){VARIABLE.pattern})"
    r"|(?P<escape>\\[^$\[])|(?P<quote>[\"'`])|(?P<open>(?P<function>[A-Za-z_]\w*)?\s*\()|(?P<bracket>[\[\]{}),])"
    r"|(?P<comment>\#[^\n]*)",
    re.ASCII,
)


def placeholder(expr: str) -> str:
    """`expr` with each variable replaced by something that can stand in its place, so that what was PromQL but
    for its variables parses. What takes its place is as long wherever possible, so that columns stay right:
    in quotes a word, between `[` and `]` and after `offset` a duration, as a scalar argument a number, else a name.
    """
    if "$" not in expr and "[[" not in expr:
        return expr
    parts = []
    position = 0
    for match, inside in _placed(expr):
        parts += [
            expr[position : match.start()],
            stand_in(expr, match.start(), match.end(), inside, _name(match), _form(match)),
        ]
        position = match.end()
    return "".join((*parts, expr[position:]))


def _placed(expr: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each variable with what it stands in: a quote, `[`, `{`, `scalar`, or nothing."""
    quote_mark = ""
    stack: list[tuple[str, str, int]] = []  # bracket, function, which argument
    for match in _PIECE.finditer(expr):
        kind = match.lastgroup if match.lastgroup != "function" else "open"
        if match["variable"]:
            top = stack[-1] if stack else ("", "", 0)
            scalar = top[0] == "(" and top[2] in SCALARS.get(top[1], ())
            yield match, quote_mark or ("scalar" if scalar else top[0].replace("(", ""))
        elif quote_mark:
            if match["quote"] == quote_mark:
                quote_mark = ""
        elif match["quote"]:
            quote_mark = match["quote"]
        elif kind == "open":
            stack.append(("(", (match["function"] or "").lower(), 0))
        elif match["bracket"] in ("[", "{"):
            stack.append((match["bracket"], "", 0))
        elif match["bracket"] == "," and stack:
            bracket, function, argument = stack[-1]
            stack[-1] = (bracket, function, argument + 1)
        elif match["bracket"] and stack:
            stack.pop()
