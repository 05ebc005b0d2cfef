"""Which series a label of a result is taken from, so that those who know the series can say whether there is one."""

from __future__ import annotations

from typing import Final

from provision.promql.nodes import (
    SAMPLING,
    SCALARS,
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    Text,
    VectorSelector,
    is_scalar,
    vector_of,
)
from provision.promql.standins import stands_in

Origins = tuple[VectorSelector, ...]

_MADE_BY: Final = {"label_replace": 1, "label_join": 1, "histogram_quantiles": 1}
"""Functions that set a label, and which of their arguments names it."""
_OF_UNKNOWN_LABELS: Final = frozenset({"absent", "absent_over_time", "info"})


def origins(node: Node, label: str) -> Origins | None:
    """The selectors that a label of what a node returns comes from, when it comes from series as they are.

    Returns:
        None when it is made by the expression itself (`label_replace`, `count_values`), when it is named or dropped by
        an aggregation or a matching within, or when nobody can say; empty when the node returns nothing but numbers.
    """
    if isinstance(node, VectorSelector):
        return None if node.name is None or stands_in(node.name) else (node,)
    if isinstance(node, Number | Text) or is_scalar(node):
        return ()
    if isinstance(node, Subquery | Negation):
        return origins(node.operand, label)
    if isinstance(node, Aggregation):
        return _of_aggregation(node, label)
    if isinstance(node, Call):
        return _of_call(node, label)
    return _of_operation(node, label)


def _of_aggregation(node: Aggregation, label: str) -> Origins | None:
    if node.operation in SAMPLING:
        return origins(node.operand, label)
    made = node.operation == "count_values" and (
        not isinstance(node.parameter, Text)
        or stands_in(node.parameter.value)
        or node.parameter.value == label
    )
    if made or node.grouping != "without" or label in node.labels or any(map(stands_in, node.labels)):
        return None
    return origins(node.operand, label)


def _of_call(node: Call, label: str) -> Origins | None:
    if node.function == "vector" or node.function in SCALARS:
        return ()
    if node.function in _OF_UNKNOWN_LABELS:
        return None
    if node.function in _MADE_BY:
        made = node.arguments[_MADE_BY[node.function]]
        if not isinstance(made, Text) or stands_in(made.value) or made.value == label:
            return None
    vector = vector_of(node)
    return () if vector is None else origins(vector, label)


def _of_operation(node: Operation, label: str) -> Origins | None:
    if is_scalar(node.left):
        return origins(node.right, label)
    if is_scalar(node.right):
        return origins(node.left, label)
    if node.operator == "or":
        left, right = origins(node.left, label), origins(node.right, label)
        return None if left is None or right is None else left + right
    if node.operator in ("and", "unless"):
        return origins(node.left, label)
    many = node.right if node.group == "right" else node.left
    if node.is_filled or label in node.included or any(map(stands_in, (*node.labels, *node.included))):
        return None
    is_dropped = (label not in node.labels) if node.matching == "on" else label in node.labels
    if not node.group and node.matching and is_dropped:
        return None
    return origins(many, label)
