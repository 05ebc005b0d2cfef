"""Where an expression breaks PromQL's grammar, with the position; and newer syntax said in older words.

promql-parser gives the verdict but no position, and doesn't know all of Prometheus 3. This reads the grammar
of Prometheus 3.14 (its `promql/parser/generated_parser.y`) without types and without precedence, which no
verdict on syntax needs: an expression is operands with operators between them.
"""

from __future__ import annotations

from provision.promql.durations import literal
from provision.promql.matchers import identifier, labels, matchers, string
from provision.promql.modifiers import after_operand, after_operator
from provision.promql.reader import Reader
from provision.promql.tokens import Misplaced, Token, tokens
from provision.promql.vocabulary import AGGREGATIONS, EXPERIMENTAL, FUNCTIONS

_NO_OPERAND = frozenset(["bool", "on", "ignoring", "group_left", "group_right", "atan2"])
_KEYWORDS = frozenset({
    "and", "or", "unless", "by", "without", "offset", "anchored", "smoothed", "fill", "fill_left", "fill_right",
})  # fmt: skip
_SET_OPERATORS = frozenset(["and", "or", "unless", "atan2"])
_SYMBOL_OPERATORS = frozenset(["+", "-", "*", "/", "%", "^", "==", "!=", ">=", "<=", ">", "<", ">/", "</"])
_TRIMS = {">/": "- ", "</": "- "}


def plain(expr: str, features: frozenset[str] = frozenset()) -> str:
    """`expr` in the words that promql-parser knows; the same text when it needs none.

    Args:
        features: names of Prometheus' `--enable-feature` that are on.

    Raises:
        Misplaced: it isn't PromQL; types are not looked at.
    """
    reader = Reader(tokens(expr), features)
    if reader.ended:
        raise Misplaced("there is no expression", 0)
    _expression(reader)
    reader.finish()
    return reader.said(expr)


def _expression(reader: Reader) -> None:
    while True:
        while reader.symbol("+", "-"):
            sign = reader.take()
            if sign.text == "+":  # promql-parser puts it before anything
                reader.replacements.append((sign.start, sign.end, "-"))
        _operand(reader)
        after_operand(reader)
        if reader.symbol(*_SYMBOL_OPERATORS) or reader.word(*_SET_OPERATORS):
            operator = reader.take()
            if operator.text in _TRIMS:
                reader.replacements.append((operator.start, operator.end, _TRIMS[operator.text]))
            after_operator(reader)
        else:
            return


def _operand(reader: Reader) -> None:
    token = reader.now
    if token.kind in ("number", "duration"):
        literal(reader, "a number")
    elif token.kind == "string":
        string(reader)
    elif reader.symbol("("):
        reader.take()
        reader.descend()
        _expression(reader)
        reader.expect(")", "an operator or ')'")
        reader.depth -= 1
    elif reader.symbol("{"):
        matchers(reader)
    elif token.kind == "word" and token.text.lower() not in _NO_OPERAND:
        _named(reader)
    else:
        raise reader.unexpected("an expression")


_OF_VECTORS = frozenset({"exp", "ln", "log10", "log2"})
"""Functions for which promql-parser takes infinity and NaN, with signs, for a vector."""


def _named(reader: Reader) -> None:
    """An aggregation, a function, a number by name, or a metric with its matchers."""
    token = reader.now
    name = token.text.lower()
    if name in AGGREGATIONS and (reader.next.text == "(" or reader.next.text.lower() in ("by", "without")):
        _aggregation(reader)
    elif reader.next.text == "(" and name not in _KEYWORDS and ":" not in name:
        reader.take()
        if token.text in EXPERIMENTAL:
            reader.experimental(f"the function {token.text}()", FUNCTIONS, token)
        first = reader.at + 1
        _arguments(reader)
        if token.text in _OF_VECTORS and _is_not_finite(reader.tokens[first : reader.at - 1]):
            raise Misplaced(f"{token.text}() takes an instant vector, not a number", token.start)
    elif name in ("inf", "nan"):
        reader.take()
    else:
        identifier(reader)
        if reader.symbol("{"):
            matchers(reader)


def _is_not_finite(argument: list[Token]) -> bool:
    """Whether it is infinity or NaN, perhaps with signs."""
    if not argument or argument[-1].text.lower() not in ("inf", "nan"):
        return False
    return all(each.text in "+-" for each in argument[:-1])


def _aggregation(reader: Reader) -> None:
    name = reader.take()
    if name.text.lower() in EXPERIMENTAL:
        reader.experimental(f"the aggregation {name.text}()", FUNCTIONS, name)
    before = reader.word("by", "without")
    if before:
        reader.take()
        labels(reader)
    _arguments(reader)
    if not before and reader.word("by", "without"):
        reader.take()
        labels(reader)


def _arguments(reader: Reader) -> None:
    reader.expect("(", "'('")
    reader.descend()
    while not reader.symbol(")"):
        _expression(reader)
        if reader.symbol(","):
            comma = reader.take()
            if reader.symbol(")"):
                raise Misplaced("no comma may stand before the closing parenthesis", comma.start)
        elif not reader.symbol(")"):
            raise reader.unexpected("an operator, ',' or ')'")
    reader.take()
    reader.depth -= 1
