"""The parts of an expression with their positions, which promql-parser doesn't tell: what is needed to change an
expression in its place. It is no verdict: that is `parse`'s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from provision.promql.tokens import Misplaced, Token, tokens
from provision.promql.vocabulary import AGGREGATIONS

_DEEPEST: Final = 60
_BINDING: Final = {
    **dict.fromkeys(("or",), 1),
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(("==", "!=", ">", "<", ">=", "<="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 7,
}
"""How tightly an operator binds; a sign stands between `*` and `^`."""
_SIGN: Final = 6


@dataclass(frozen=True, slots=True)
class Matching:
    """A label matcher in braces.

    Attributes:
        op: `=`, `!=`, `=~` or `!~`; empty for the name of a metric in quotes.
    """

    label: Token
    op: str
    value: Token


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression.

    Attributes:
        kind: a selector, a function's call, an aggregation, an operation of two operands, something in parentheses or
            behind a sign, or a literal.
        start: its position in the expression, counted from 0.
        end: the position after it, with its range, offset and the like.
        name: the metric, function, aggregation or operator; of a literal itself.
        parts: operands or arguments in their order.
        labels: what stands behind by, without, on, ignoring and group_left.
        matchers: of a selector.
        braces: the positions of a selector's braces.
        ranged: whether it is a range vector.
    """

    kind: Literal["selector", "call", "aggregation", "operation", "enclosed", "literal"]
    start: int
    end: int
    name: Token | None = None
    parts: tuple[Part, ...] = ()
    labels: tuple[Token, ...] = ()
    matchers: tuple[Matching, ...] = ()
    braces: tuple[int, int] | None = None
    ranged: bool = False

    def walk(self, *around: Part) -> Iterator[tuple[Part, tuple[Part, ...]]]:
        """It and all within, each with what it stands in, from the outside in."""
        yield self, around
        for part in self.parts:
            yield from part.walk(*around, self)


def outline(expr: str) -> Part | None:
    """The parts of an expression without Grafana variables; None when it isn't PromQL or is nested too deeply."""
    try:
        reader = _Reader(tokens(expr))
        found = reader.operation(0)
        return found if reader.now.kind == "end" else None
    except Misplaced:
        return None


@dataclass(slots=True)
class _Reader:
    tokens: list[Token]
    at: int = 0
    depth: int = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    @property
    def last(self) -> Token:
        return self.tokens[self.at - 1]

    def take(self) -> Token:
        token = self.now
        if token.kind == "end":
            raise Misplaced("it ends too early", token.start)
        self.at += 1
        return token

    def is_(self, *texts: str) -> bool:
        return self.now.kind in ("word", "symbol") and self.now.text.lower() in texts

    def expect(self, text: str) -> Token:
        if not self.is_(text):
            raise Misplaced(f"{text!r} should stand here", self.now.start)
        return self.take()

    def operation(self, least: int) -> Part:
        """Operands with the operators between them that bind at least so tightly."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Misplaced("nested too deeply", self.now.start)
        left = self.operand()
        while (binding := _BINDING.get(self.now.text.lower(), 0)) and binding >= least:
            operator = self.take()
            labels = self.matching()
            right = self.operation(binding if operator.text == "^" else binding + 1)
            left = Part("operation", left.start, right.end, operator, (left, right), labels)
        self.depth -= 1
        return left

    def matching(self) -> tuple[Token, ...]:
        labels: list[Token] = []
        while self.is_(
            "bool", "on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"
        ):
            word = self.take().text.lower()
            if word.startswith("fill"):
                self.expect("(")
                while not self.is_(")"):
                    self.take()
                self.take()
            elif word != "bool" and self.is_("("):
                labels.extend(self.labels())
        return tuple(labels)

    def operand(self) -> Part:
        token = self.now
        if self.is_("+", "-"):
            self.take()
            inner = self.operation(_SIGN)
            return Part("enclosed", token.start, inner.end, None, (inner,))
        found = self.bare()
        return self.suffixed(found)

    def bare(self) -> Part:
        token = self.take()
        following = self.now.text.lower() if self.now.kind in ("word", "symbol") else ""
        if token.kind in ("number", "duration", "string"):
            return Part("literal", token.start, token.end, token)
        if token.text == "(":
            inner = self.operation(0)
            return Part("enclosed", token.start, self.expect(")").end, None, (inner,))
        if token.text == "{":
            self.at -= 1
            return self.selector(None, token.start)
        if token.kind != "word":
            raise Misplaced("an operand should stand here", token.start)
        if token.text.lower() in AGGREGATIONS and following in ("(", "by", "without"):
            return self.aggregation(token)
        if following == "(":
            arguments = self.arguments()
            return Part("call", token.start, self.last.end, token, arguments)
        if token.text.lower() in ("inf", "nan"):
            return Part("literal", token.start, token.end, token)
        return self.selector(token, token.start)

    def aggregation(self, name: Token) -> Part:
        labels: list[Token] = []
        if self.is_("by", "without"):
            self.take()
            labels.extend(self.labels())
        arguments = self.arguments()
        if self.is_("by", "without"):
            self.take()
            labels.extend(self.labels())
        return Part("aggregation", name.start, self.last.end, name, arguments, tuple(labels))

    def arguments(self) -> tuple[Part, ...]:
        self.expect("(")
        found = []
        while not self.is_(")"):
            found.append(self.operation(0))
            if not self.is_(")"):
                self.expect(",")
        self.take()
        return tuple(found)

    def labels(self) -> list[Token]:
        self.expect("(")
        found = []
        while not self.is_(")"):
            found.append(self.take())
            if not self.is_(")"):
                self.expect(",")
        self.take()
        return found

    def selector(self, name: Token | None, start: int) -> Part:
        if not self.is_("{"):
            return Part("selector", start, self.last.end, name)
        opening = self.take()
        matchers = []
        while not self.is_("}"):
            label = self.take()
            if self.now.text in ("=", "!=", "=~", "!~"):
                op = self.take().text
                value = self.take()
                matchers.append(Matching(label, op, value))
                if label.text == "__name__" and op == "=" and name is None:
                    name = value
            else:
                matchers.append(Matching(label, "", label))
                name = name or label
            if not self.is_("}"):
                self.expect(",")
        closing = self.take()
        braces = (opening.start, closing.start)
        return Part("selector", start, closing.end, name, matchers=tuple(matchers), braces=braces)

    def suffixed(self, part: Part) -> Part:
        """The part with its range or subquery, offset, @ and the like."""
        ranged = part.ranged
        while True:
            if self.is_("["):
                while not self.is_("]"):
                    self.take()
                self.take()
                ranged = True
            elif self.is_("offset") or self.is_("@"):
                self.take()
                while self.is_("+", "-"):
                    self.take()
                self.passed()
            elif self.is_("anchored", "smoothed"):
                self.take()
            else:
                break
        if self.last.end == part.end:
            return part
        return Part(
            part.kind,
            part.start,
            self.last.end,
            part.name,
            part.parts,
            part.labels,
            part.matchers,
            part.braces,
            ranged,
        )

    def passed(self) -> None:
        """Go past one value, or all in parentheses."""
        if not self.is_("("):
            self.take()
        if self.is_("("):
            depth = 0
            while True:
                text = self.take().text
                depth += (text == "(") - (text == ")")
                if not depth:
                    break
