"""Between which values the result of a node lies, where that follows from what it calls."""

from __future__ import annotations

from math import inf

from provision.promql.nodes import Aggregation, Call, Negation, Node, Number, Operation, Subquery

Bounds = tuple[float, float]
"""The least and the greatest value there can be; NaN aside, which meets no comparison but `!=`."""

_ANY: Bounds = (-inf, inf)
_POSITIVE: Bounds = (0.0, inf)
_CALLS: dict[str, Bounds] = {
    "absent": (1.0, 1.0),
    "absent_over_time": (1.0, 1.0),
    "present_over_time": (1.0, 1.0),
    "count_over_time": (1.0, inf),
    **dict.fromkeys(
        ("rate", "irate", "increase", "changes", "resets", "abs", "sqrt", "histogram_count"), _POSITIVE
    ),
    **dict.fromkeys(("stddev_over_time", "stdvar_over_time"), _POSITIVE),
    **dict.fromkeys(("sgn", "sin", "cos", "tanh"), (-1.0, 1.0)),
    "day_of_month": (1.0, 31.0),
    "day_of_week": (0.0, 6.0),
    "day_of_year": (1.0, 366.0),
    "days_in_month": (28.0, 31.0),
    "hour": (0.0, 23.0),
    "minute": (0.0, 59.0),
    "month": (1.0, 12.0),
}
_KEEPING = frozenset({
    "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join", "vector", "scalar",
    "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "first_over_time", "quantile_over_time",
})  # fmt: skip
_AGGREGATIONS: dict[str, Bounds] = {
    "count": (1.0, inf),
    "group": (1.0, 1.0),
    "stddev": _POSITIVE,
    "stdvar": _POSITIVE,
    "count_values": (1.0, inf),
}


def bounds(node: Node) -> Bounds:
    """The bounds of a node's values.

    Source: Prometheus' documentation of functions. rate(), irate() and increase() are taken to be of counters, as they
    should be; that of a native histogram isn't a number, and compares with none.
    """
    if isinstance(node, Number):
        return node.value, node.value
    if isinstance(node, Negation):
        low, high = bounds(node.operand)
        return 0.0 - high, 0.0 - low
    if isinstance(node, Subquery):
        return bounds(node.operand)
    if isinstance(node, Call):
        return _of_call(node)
    if isinstance(node, Aggregation):
        return _of_aggregation(node)
    return _of_operation(node) if isinstance(node, Operation) else _ANY


def _of_call(node: Call) -> Bounds:
    if node.function in _KEEPING:
        return bounds(node.arguments[1 if node.function == "quantile_over_time" else 0])
    if node.function == "sum_over_time":
        return _POSITIVE if bounds(node.arguments[0])[0] >= 0 else _ANY
    return _CALLS.get(node.function, _ANY)


def _of_aggregation(node: Aggregation) -> Bounds:
    own = _AGGREGATIONS.get(node.operation)
    if own is not None:
        return own
    low, high = bounds(node.operand)
    if node.operation == "sum":
        return (low, inf) if low >= 0 else (-inf, high) if high <= 0 else _ANY
    return low, high


def _of_operation(node: Operation) -> Bounds:
    left, right = bounds(node.left), bounds(node.right)
    operator = node.operator
    if node.is_bool:
        return 0.0, 1.0
    if operator == "or":
        return min(left[0], right[0]), max(left[1], right[1])
    if operator in ("*", "/") and left[0] >= 0 and right[0] >= 0:
        return _POSITIVE
    if operator == "+":
        return left[0] + right[0], left[1] + right[1]
    if operator == "-" and -inf < right[0] and right[1] < inf:
        return left[0] - right[1], left[1] - right[0]
    if operator in ("and", "unless", "==", "!=", ">", "<", ">=", "<=") and not isinstance(node.left, Number):
        return left
    return _ANY
