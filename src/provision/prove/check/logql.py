"""Whether a text has the form of LogQL, as far as that is known without Loki: strings and brackets, selectors, the stages
of a pipeline, functions and what they take. What stages and templates mean isn't looked at.

Source: Loki 3's documentation of log and metric queries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)
    |(?P<variable>\$\w+|\$\{[^}]*\}|\[\[[^\]]*\]\])
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:[a-zA-Zµ]+[0-9]*)*|\.[0-9]+)
    |(?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    |(?P<sign>\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|--|[-+*/%^=<>|(){}\[\],:@])""",
    re.VERBOSE,
)
_RANGED: Final = frozenset({
    "absent_over_time", "avg_over_time", "bytes_over_time", "bytes_rate", "count_over_time", "first_over_time",
    "last_over_time", "max_over_time", "min_over_time", "quantile_over_time", "rate", "rate_counter", "stddev_over_time",
    "stdvar_over_time", "sum_over_time",
})  # fmt: skip
_AGGREGATIONS: Final = frozenset({
    "approx_topk", "avg", "bottomk", "count", "max", "min", "sort", "sort_desc", "stddev", "stdvar", "sum", "topk",
})  # fmt: skip
_OTHERS: Final = frozenset({"label_replace", "vector"})
_LINE_FILTERS: Final = frozenset({"|=", "|~", "|>", "!=", "!~", "!>"})
_MATCHES: Final = frozenset({"=", "!=", "=~", "!~"})
_COMPARES: Final = _MATCHES | {"==", ">", ">=", "<", "<="}
_WITH_TEXT: Final = frozenset({"line_format", "pattern", "regexp"})
_BARE: Final = frozenset({"decolorize", "unpack"})
_FREE: Final = frozenset({"distinct", "drop", "json", "keep", "label_format", "logfmt", "unwrap"})
_OPERATORS: Final = frozenset({
    "+", "-", "*", "/", "%", "^", "==", "!=", ">", ">=", "<", "<=", "and", "or", "unless",
})  # fmt: skip
_DEEPEST: Final = 50


class NotLogQL(Exception):
    """What is wrong with a text."""


@dataclass(slots=True)
class _Reader:
    """The tokens of a text, each with its kind, and how far they are read."""

    tokens: list[tuple[str, str]]
    ranges: list[str] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    @property
    def text(self) -> str:
        return self.tokens[self.at][1]

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    def take(self) -> str:
        taken = self.text
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return taken

    def expect(self, text: str, where: str) -> None:
        if self.text != text:
            raise NotLogQL(f"{text!r} is missing {where}")
        self.take()


def ranges(query: str) -> list[str]:
    """The ranges in a query, as they are written, such as `5m` or `$__auto`.

    Raises:
        NotLogQL: it isn't LogQL.
    """
    reader = _Reader(_tokens(query))
    _expression(reader)
    if reader.kind != "end":
        raise NotLogQL(f"{reader.text!r} stands where an operator should")
    return reader.ranges


def _tokens(query: str) -> list[tuple[str, str]]:
    found = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            character = query[position]
            closed = (
                "nothing closes the string that begins with this"
                if character in '"`'
                else "unexpected character"
            )
            raise NotLogQL(f"{closed} {character!r}")
        position = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup or "", match[0]))
    return [*found, ("end", "")]


def _expression(reader: _Reader) -> str:
    """Read an expression. Returns what it gives: `lines`, `ranged` lines, `values`, or `any` of them."""
    reader.depth += 1
    if reader.depth > _DEEPEST:
        raise NotLogQL(f"more than {_DEEPEST} brackets in one another")
    given = _operand(reader)
    while reader.text in _OPERATORS:
        reader.take()
        while reader.text in ("bool", "on", "ignoring", "group_left", "group_right"):
            if reader.take() != "bool" and reader.text == "(":
                _labels(reader)
        _operand(reader)
        given = "values"
    reader.depth -= 1
    return given


def _operand(reader: _Reader) -> str:
    if reader.text == "{":
        return _lines(reader)
    if reader.text == "-":
        reader.take()
        return _operand(reader)
    if reader.text == "(":
        reader.take()
        given = _expression(reader)
        reader.expect(")", "after what stands in parentheses")
        return _pipeline(reader) or given if given in ("lines", "any") else given
    if reader.kind == "number":
        reader.take()
        return "values"
    if reader.kind == "variable":
        reader.take()
        return _pipeline(reader) or "any"
    if reader.kind == "word" and reader.tokens[reader.at + 1][1] in ("(", "by", "without"):
        return _call(reader)
    raise NotLogQL(
        f"{reader.text!r} stands where a selector in braces should" if reader.text else "it ends too early"
    )


def _call(reader: _Reader) -> str:
    name = reader.take()
    if name not in _RANGED | _AGGREGATIONS | _OTHERS:
        raise NotLogQL(f"there is no function {name}()")
    _grouping(reader)
    reader.expect("(", f"after {name}")
    while True:
        if reader.kind == "text":
            reader.take()
        else:
            given = _expression(reader)
            if name in _RANGED and given == "lines":
                raise NotLogQL(f"{name}() takes a range of lines, such as {{…}}[$__auto]")
            if name not in _RANGED and given in ("lines", "ranged"):
                raise NotLogQL(f"{name}() takes numbers, such as those of rate({{…}}[$__auto])")
        if reader.text != ",":
            break
        reader.take()
    reader.expect(")", f"after the arguments of {name}()")
    _grouping(reader)
    return "values"


def _grouping(reader: _Reader) -> None:
    if reader.text in ("by", "without"):
        reader.take()
        _labels(reader)


def _labels(reader: _Reader) -> None:
    reader.expect("(", "before the labels")
    while reader.kind in ("word", "variable") or reader.text == ",":
        reader.take()
    reader.expect(")", "after the labels")


def _lines(reader: _Reader) -> str:
    """A selector, and what follows it."""
    reader.take()
    if reader.text == "}":
        raise NotLogQL('a selector needs a matcher, such as {job="shop"}')
    while True:
        if reader.kind == "variable":
            reader.take()
        elif reader.kind == "word" and reader.tokens[reader.at + 1][1] in _MATCHES:
            reader.take()
            reader.take()
            if reader.kind not in ("text", "variable"):
                raise NotLogQL("the value of a matcher must stand in quotes")
            reader.take()
        else:
            raise NotLogQL(f'{reader.text!r} is no matcher such as job="shop"')
        if reader.text != ",":
            break
        reader.take()
        if reader.text == "}":
            break
    reader.expect("}", "after the matchers")
    return _pipeline(reader) or "lines"


def _pipeline(reader: _Reader) -> str:
    """The stages and the range that may follow lines; `ranged` if there is one."""
    given = ""
    while True:
        if reader.text in _LINE_FILTERS and reader.tokens[reader.at + 1][0] in ("text", "variable", "word"):
            _line_filter(reader)
        elif reader.text == "|":
            reader.take()
            _stage(reader)
        elif reader.text == "[":
            reader.take()
            written = []
            while reader.text not in ("]", ""):
                written.append(reader.take())
            reader.expect("]", "after the range")
            if not written:
                raise NotLogQL("a range needs a duration, such as [$__auto]")
            reader.ranges.append("".join(written))
            given = "ranged"
        elif reader.text in ("offset", "@"):
            reader.take()
            reader.take()
        elif reader.kind == "variable":  # it may hold any stages
            reader.take()
        else:
            return given


def _line_filter(reader: _Reader) -> None:
    reader.take()
    while True:
        if reader.text == "ip":
            reader.take()
            reader.expect("(", "after ip")
            reader.take()
            reader.expect(")", "after the address")
        elif reader.kind in ("text", "variable"):
            reader.take()
        else:
            raise NotLogQL("what a line is searched for must stand in quotes")
        if reader.text != "or" or reader.tokens[reader.at + 1][0] != "text":
            return
        reader.take()


def _stage(reader: _Reader) -> None:
    word = reader.text
    if word in _WITH_TEXT:
        reader.take()
        if reader.kind not in ("text", "variable"):
            raise NotLogQL(f"{word} takes a text in quotes")
        reader.take()
    elif word in _BARE:
        reader.take()
    elif word in _FREE or reader.kind == "variable":
        reader.take()
        while reader.kind != "end" and reader.text not in ("|", "[", ")") and not _is_filter(reader):
            if reader.text == "(":
                _skip_parentheses(reader)
            else:
                reader.take()
    elif reader.kind == "word" or word == "(":
        _label_filter(reader)
    else:
        raise NotLogQL(f"{word!r} stands where a stage such as json should" if word else "it ends after a |")


def _is_filter(reader: _Reader) -> bool:
    return reader.text in _LINE_FILTERS and reader.tokens[reader.at - 1][0] != "word"


def _skip_parentheses(reader: _Reader) -> None:
    depth = 0
    while reader.kind != "end":
        depth += (reader.text == "(") - (reader.text == ")")
        reader.take()
        if depth == 0:
            return
    raise NotLogQL("nothing closes a '('")


def _label_filter(reader: _Reader) -> None:
    """Conditions on labels, such as `status >= 500 and method="GET"`."""
    while True:
        if reader.text == "(":
            _skip_parentheses(reader)
        elif reader.kind == "variable":
            reader.take()
        else:
            label = reader.take()
            if reader.text not in _COMPARES:
                raise NotLogQL(f"there is no stage {label!r}, and no comparison follows it")
            reader.take()
            if reader.kind == "end":
                raise NotLogQL(f"nothing is compared with {label!r}")
            if reader.take() in ("ip", "bytes", "duration") and reader.text == "(":
                _skip_parentheses(reader)
        if reader.text in ("and", "or", ","):
            reader.take()
        elif reader.kind != "word":
            return
