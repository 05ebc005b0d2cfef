"""What the numbers measure that an expression returns, from the names of its metrics and what is done with them.

Of what isn't certain nothing is said: a metric whose name has no unit, a product of two of them, powers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from provision.promql.nodes import (
    COMPARISONS,
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    VectorSelector,
)
from provision.prove.check.measures import SHARE, Measure, of_metric

_SAME: Final = frozenset({
    "abs", "avg_over_time", "ceil", "clamp", "clamp_max", "clamp_min", "delta", "first_over_time", "floor", "holt_winters",
    "double_exponential_smoothing", "idelta", "increase", "label_join", "label_replace", "last_over_time", "max_over_time",
    "min_over_time", "predict_linear", "round", "scalar", "sort", "sort_by_label", "sort_by_label_desc", "sort_desc",
    "stddev_over_time", "sum_over_time", "vector",
})  # fmt: skip
_COUNTS: Final = frozenset({"changes", "count_over_time", "resets"})
_GROWTH: Final = frozenset({"rate", "irate", "deriv"})
_SAME_AGGREGATIONS: Final = frozenset(
    {"avg", "bottomk", "limit_ratio", "limitk", "max", "min", "quantile", "stddev", "sum", "topk"}
)
_COUNTING: Final = frozenset({"count", "count_values", "group"})
_COUNT: Final = Measure(0, 0, 1)
_MOST: Final = 60
"""Operators in one another that are looked at."""


def quantity(node: Node, depth: int = 0) -> Measure | None:
    """What a node's numbers measure; None when that isn't certain, and for numbers in the expression."""
    made: Callable[[Any, int], Measure | None] | None = _MADE.get(type(node))
    return made(node, depth + 1) if made and depth < _MOST else None


def _call(node: Call, depth: int) -> Measure | None:
    if node.function in ("time", "timestamp"):
        return Measure(1, 0, 0)
    if node.function in _COUNTS:
        return _COUNT
    if node.function == "histogram_quantile" and len(node.arguments) > 1:
        return _bucket(node.arguments[1])
    if node.function == "quantile_over_time" and len(node.arguments) > 1:
        return quantity(node.arguments[1], depth)
    if not node.arguments:
        return None
    inner = quantity(node.arguments[0], depth)
    if node.function in _GROWTH:
        return inner and inner._replace(seconds=inner.seconds - 1)
    return inner if node.function in _SAME else None


def _bucket(node: Node) -> Measure | None:
    """What the buckets of a histogram are made of."""
    while not isinstance(node, VectorSelector):
        if isinstance(node, Aggregation | Subquery | Negation):
            node = node.operand
        elif isinstance(node, Call) and node.arguments:
            node = node.arguments[0]
        elif isinstance(node, Operation):
            node = node.left
        else:
            return None
    return of_metric((node.name or "").removesuffix("_bucket"))


def _aggregation(node: Aggregation, depth: int) -> Measure | None:
    if node.operation in _COUNTING:
        return _COUNT
    return quantity(node.operand, depth) if node.operation in _SAME_AGGREGATIONS else None


def _operation(node: Operation, depth: int) -> Measure | None:
    if node.operator in COMPARISONS:
        return None if node.is_bool else quantity(node.left, depth) or quantity(node.right, depth)
    if node.operator in ("and", "unless"):
        return quantity(node.left, depth)
    left, right = quantity(node.left, depth), quantity(node.right, depth)
    if node.operator == "or":
        return left if left and (right is None or right.base == left.base) else None
    numbers = _number(node.left), _number(node.right)
    if node.operator in ("+", "-"):
        if left and right:
            return left if left.base == right.base and left.factor == right.factor else None
        return (left or right) if numbers != (None, None) else None
    if node.operator == "*":
        return _product(left, right, numbers)
    return _quotient(left, right, numbers[1]) if node.operator == "/" else None


def _product(
    left: Measure | None, right: Measure | None, numbers: tuple[float | None, float | None]
) -> Measure | None:
    if left and right:
        # A share of something is of that; what two of them make together isn't certain.
        if SHARE not in (left.base, right.base):
            return None
        whole = right if left.base == SHARE else left
        return whole._replace(factor=left.factor * right.factor)
    inner, number = (left, numbers[1]) if left else (right, numbers[0])
    return inner._replace(factor=inner.factor * number) if inner and number else None


def _quotient(left: Measure | None, right: Measure | None, number: float | None) -> Measure | None:
    if left and number:
        return left._replace(factor=left.factor / number)
    if left is None or right is None:
        return None
    return Measure(
        left.seconds - right.seconds,
        left.bytes - right.bytes,
        left.things - right.things,
        left.factor / right.factor,
    )


def _number(node: Node) -> float | None:
    """The value of a number, or of a calculation with numbers, such as `1024 * 1024`."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Operation) and node.operator in ("*", "/", "^"):
        left, right = _number(node.left), _number(node.right)
        if left is None or right is None or (node.operator == "/" and right == 0) or abs(right) > 1e9:
            return None
        if node.operator == "^":
            return left**right if 0 < left <= 1e4 and 0 <= right <= 9 else None
        return left * right if node.operator == "*" else left / right
    return None


_MADE: Final[dict[type, Callable[[Any, int], Measure | None]]] = {
    VectorSelector: lambda node, _: of_metric(node.name) if node.name else None,
    Call: _call,
    Aggregation: _aggregation,
    Operation: _operation,
    Subquery: lambda node, depth: quantity(node.operand, depth),
    Negation: lambda node, depth: quantity(node.operand, depth),
}
