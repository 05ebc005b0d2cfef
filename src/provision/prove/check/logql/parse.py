"""The expressions of a query: what its functions take, and the operators between them."""

from __future__ import annotations

from typing import Final

from provision.prove.check.logql.pipelines import lines, pipeline
from provision.prove.check.logql.reader import NotLogQL, Reader, tokens

_RANGED: Final = frozenset({
    "absent_over_time", "avg_over_time", "bytes_over_time", "bytes_rate", "count_over_time", "first_over_time",
    "last_over_time", "max_over_time", "min_over_time", "quantile_over_time", "rate", "rate_counter", "stddev_over_time",
    "stdvar_over_time", "sum_over_time",
})  # fmt: skip
_AGGREGATIONS: Final = frozenset({
    "approx_topk", "avg", "bottomk", "count", "max", "min", "sort", "sort_desc", "stddev", "stdvar", "sum", "topk",
})  # fmt: skip
_OTHERS: Final = frozenset({"label_replace", "vector"})
_OPERATORS: Final = frozenset({
    "+", "-", "*", "/", "%", "^", "==", "!=", ">", ">=", "<", "<=", "and", "or", "unless",
})  # fmt: skip
_DEEPEST: Final = 50


def ranges(query: str) -> list[str]:
    """The ranges in a query, as they are written, such as `5m` or `$__auto`.

    Raises:
        NotLogQL: it isn't LogQL.
    """
    reader = Reader(tokens(query))
    _expression(reader)
    if reader.kind != "end":
        raise NotLogQL(f"{reader.text!r} stands where an operator should")
    return reader.ranges


def _expression(reader: Reader) -> str:
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


def _operand(reader: Reader) -> str:
    while reader.text == "-":
        reader.take()
    if reader.text == "{":
        return lines(reader)
    if reader.text == "(":
        reader.take()
        given = _expression(reader)
        reader.expect(")", "after what stands in parentheses")
        return pipeline(reader) or given if given in ("lines", "any") else given
    if reader.kind == "number":
        reader.take()
        return "values"
    if reader.kind == "variable":
        reader.take()
        return pipeline(reader) or "any"
    if reader.kind == "word" and reader.tokens[reader.at + 1][1] in ("(", "by", "without"):
        return _call(reader)
    raise NotLogQL(
        f"{reader.text!r} stands where a selector in braces should" if reader.text else "it ends too early"
    )


def _call(reader: Reader) -> str:
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


def _grouping(reader: Reader) -> None:
    if reader.text in ("by", "without"):
        reader.take()
        _labels(reader)


def _labels(reader: Reader) -> None:
    reader.expect("(", "before the labels")
    while reader.kind in ("word", "variable") or reader.text == ",":
        reader.take()
    reader.expect(")", "after the labels")
