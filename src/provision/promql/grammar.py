"""Where an expression breaks PromQL's grammar, with the position; and newer syntax said in older words.

promql-parser gives the verdict but no position, and doesn't know all of Prometheus 3. This reads the grammar
of Prometheus 3.14 (its `promql/parser/generated_parser.y`) without types and without precedence, which no
verdict on syntax needs: an expression is operands with operators between them.
"""

from __future__ import annotations

from provision.promql.durations import duration, literal
from provision.promql.reader import Reader
from provision.promql.tokens import Misplaced, Token, tokens

FUNCTIONS = "promql-experimental-functions"
SELECTORS = "promql-extended-range-selectors"
FILL = "promql-binop-fill-modifiers"
ALL_FEATURES = frozenset({FUNCTIONS, SELECTORS, FILL})
"""Names of Prometheus' `--enable-feature`."""

AGGREGATIONS = frozenset(
    [
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "group",
        "stddev",
        "stdvar",
        "topk",
        "bottomk",
        "count_values",
        "quantile",
        "limitk",
        "limit_ratio",
    ]
)
EXPERIMENTAL = frozenset(
    [
        "limitk",
        "limit_ratio",
        "end",
        "histogram_quantiles",
        "double_exponential_smoothing",
        "info",
        "max_of",
        "min_of",
        "mad_over_time",
        "ts_of_first_over_time",
        "ts_of_max_over_time",
        "ts_of_min_over_time",
        "ts_of_last_over_time",
        "range",
        "sort_by_label",
        "sort_by_label_desc",
        "start",
        "start_timestamp",
        "step",
    ]
)
"""Functions and aggregations that Prometheus 3.14 has behind `FUNCTIONS`."""

_NO_OPERAND = frozenset(["bool", "on", "ignoring", "group_left", "group_right", "atan2"])
_KEYWORDS = frozenset(
    [
        "and",
        "or",
        "unless",
        "by",
        "without",
        "offset",
        "anchored",
        "smoothed",
        "fill",
        "fill_left",
        "fill_right",
    ]
)
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
        _suffixes(reader)
        if reader.symbol(*_SYMBOL_OPERATORS) or reader.word(*_SET_OPERATORS):
            operator = reader.take()
            if operator.text in _TRIMS:
                reader.replacements.append((operator.start, operator.end, _TRIMS[operator.text]))
            _matching(reader)
        else:
            return


def _matching(reader: Reader) -> None:
    """What may follow an operator: bool, on and ignoring with their groups, fill."""
    if reader.word("bool"):
        reader.take()
    if reader.word("on", "ignoring"):
        reader.take()
        _labels(reader)
        if reader.word("group_left", "group_right"):
            reader.take()
            if reader.symbol("("):
                _labels(reader)
    fills = 0
    while reader.word("fill", "fill_left", "fill_right") and reader.next.text == "(":
        reader.experimental(f"{reader.now.text}()", FILL, reader.now)
        fills += 1
        both = reader.now.text.lower() == "fill"
        if fills > 2 or (both and fills > 1):
            raise reader.unexpected("an expression")
        reader.take()
        reader.take()
        if reader.symbol("+", "-"):
            reader.take()
        literal(reader, "a number")
        reader.expect(")", "')'")


def _operand(reader: Reader) -> None:
    token = reader.now
    if token.kind in ("number", "duration"):
        literal(reader, "a number")
    elif token.kind == "string":
        _string(reader)
    elif reader.symbol("("):
        reader.take()
        reader.descend()
        _expression(reader)
        reader.expect(")", "an operator or ')'")
        reader.depth -= 1
    elif reader.symbol("{"):
        _matchers(reader)
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
        _identifier(reader)
        if reader.symbol("{"):
            _matchers(reader)


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
        _labels(reader)
    _arguments(reader)
    if not before and reader.word("by", "without"):
        reader.take()
        _labels(reader)


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


def _labels(reader: Reader) -> None:
    """`(a, b)` after by, without, on, ignoring, group_left, group_right."""
    reader.expect("(", "'('")
    while not reader.symbol(")"):
        if reader.now.kind == "word":
            _identifier(reader, label=True)
        elif reader.now.kind == "string":
            if len(reader.now.text) == len("''"):
                raise Misplaced("a label has no name", reader.now.start)
            _string(reader)
        else:
            raise reader.unexpected("a label's name")
        if reader.symbol(","):
            reader.take()
        elif not reader.symbol(")"):
            raise reader.unexpected("',' or ')'")
    reader.take()


def _matchers(reader: Reader) -> None:
    reader.take()
    while not reader.symbol("}"):
        name = reader.now
        if name.kind == "string":
            _string(reader)
        elif name.kind == "word":
            reader.take()
        else:
            raise reader.unexpected("a label's name or '}'")
        if reader.symbol("=", "!=", "=~", "!~"):
            reader.take()
            if reader.now.kind != "string":
                raise reader.unexpected("a quoted value")
            _string(reader)
        elif name.kind == "word":
            raise reader.unexpected("one of = != =~ !~")
        if reader.symbol(","):
            reader.take()
        elif not reader.symbol("}"):
            raise reader.unexpected("',' or '}'")
    reader.take()


def _suffixes(reader: Reader) -> None:
    """What may follow an operand: a range or subquery, offset, @, and the extended selectors."""
    while True:
        token = reader.now
        if reader.symbol("["):
            reader.take()
            duration(reader, positive=True)
            if reader.symbol(":"):
                if not _is_timed(reader):
                    raise Misplaced("a duration such as 5m must stand before the colon", reader.now.start)
                reader.take()
                if not reader.symbol("]"):
                    duration(reader, positive=True)
            reader.expect("]", "an operator, ':' or ']'")
        elif reader.word("offset"):
            reader.take()
            duration(reader, positive=False)
        elif reader.symbol("@"):
            reader.take()
            _timestamp(reader)
        elif reader.word("anchored", "smoothed"):
            reader.experimental(token.text, SELECTORS, token)
            reader.take()
            reader.replacements.append((token.start, token.end, " " * len(token.text)))
        else:
            return


def _is_timed(reader: Reader) -> bool:
    """Whether a number or duration stands in these brackets, or in any before: Prometheus' lexer forgets none."""
    depth = 0
    for token in reader.tokens[: reader.at]:
        if token.kind in ("number", "duration") and depth:
            return True
        depth += {"[": 1, "]": -1}.get(token.text, 0)
    return False


def _timestamp(reader: Reader) -> None:
    if reader.word("start", "end"):
        reader.take()
        reader.expect("(", "'('")
        reader.expect(")", "')'")
        return
    if reader.symbol("+", "-"):
        reader.take()
    if reader.now.kind not in ("number", "duration") and not reader.word("inf", "nan"):
        raise reader.unexpected("a time in seconds, start() or end()")
    token = reader.now
    if not abs(literal(reader, "a time in seconds")) < float(1 << 63):
        raise Misplaced("the time after @ is out of range", token.start)


def _identifier(reader: Reader, *, label: bool = False) -> None:
    """A metric's or a label's name; promql-parser takes two for keywords, and refuses a label's colon."""
    token = reader.take()
    if token.text.lower() in ("anchored", "smoothed"):
        reader.replacements.append((token.start, token.end, f"{token.text}_"))
    elif label and ":" in token.text:
        reader.replacements.append((token.start, token.end, token.text.replace(":", "_")))


def _string(reader: Reader) -> None:
    """A string; promql-parser reads escapes in backquotes, where there are none."""
    token = reader.take()
    if token.text[0] == "`" and "\\" in token.text:
        inner = token.text[1:-1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        reader.replacements.append((token.start, token.end, f'"{inner}"'))
