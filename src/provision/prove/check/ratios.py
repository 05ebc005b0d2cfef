"""Divisions: what they divide by what."""

from __future__ import annotations

from typing import NamedTuple

from provision.catalogue.conventions import is_counter
from provision.promql.nodes import (
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    VectorSelector,
    is_scalar,
    within,
)
from provision.promql.standins import stands_in

CHANGES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})
"""Functions that say how much something changes."""

_SINGLE = frozenset({"instance", "pod"})


class LifetimeRatio(NamedTuple):
    """A division of what two counters have counted since their processes started."""

    left: str
    right: str


def lifetime_ratio(node: Operation) -> LifetimeRatio | None:
    """The counters that a division divides as they stand; None when it does something else."""
    if node.operator != "/":
        return None
    left, right = _as_it_stands(node.left), _as_it_stands(node.right)
    if left is None or right is None:
        return None
    pair = left.endswith("_sum") and right == f"{left.removesuffix('_sum')}_count"
    return LifetimeRatio(left, right) if pair or (is_counter(left) and is_counter(right)) else None


def _as_it_stands(node: Node) -> str | None:
    """The name of the metric whose values a node adds up or scales, none of their changes."""
    while True:
        if isinstance(node, Aggregation) and node.operation in (
            "sum",
            "avg",
            "max",
            "min",
            "topk",
            "bottomk",
        ):
            node = node.operand
        elif (
            isinstance(node, Operation)
            and node.operator in ("*", "/", ">", ">=", "!=")
            and is_scalar(node.right)
        ):
            node = node.left
        elif isinstance(node, Operation) and node.operator == "*" and is_scalar(node.left):
            node = node.right
        elif isinstance(node, Call) and node.function in (
            "clamp_min",
            "clamp_max",
            "label_replace",
            "sort_desc",
        ):
            node = node.arguments[0]
        else:
            break
    if isinstance(node, VectorSelector) and node.range_seconds is None and node.name:
        return None if stands_in(node.name) else node.name
    return None


def is_per_instance(node: Aggregation) -> bool:
    """Whether it has a group for each process, so that as good as nothing is put together."""
    return node.grouping == "by" and not _SINGLE.isdisjoint(node.labels)


def reads_changes(node: Node) -> bool:
    """Whether anything in a node is a rate or another change."""
    return any(isinstance(each, Call) and each.function in CHANGES for each in within(node))


_DATES_AND_COUNTS = frozenset({"time", "timestamp", "count_over_time", "present_over_time", "pi"})


def may_be_zero(node: Node) -> bool:
    """Whether what divides may be 0: it isn't when something keeps 0 out of it."""
    if isinstance(node, Number):
        return node.value == 0
    if isinstance(node, Negation):
        return may_be_zero(node.operand)
    if isinstance(node, Aggregation):
        return node.operation not in ("count", "group", "count_values") and may_be_zero(node.operand)
    if isinstance(node, Call):
        return _call_may_be_zero(node)
    if isinstance(node, Operation):
        return _operation_may_be_zero(node)
    return True


def _call_may_be_zero(node: Call) -> bool:
    if node.function in _DATES_AND_COUNTS:
        return False
    limits = [each.value for each in node.arguments[1:] if isinstance(each, Number)]
    if node.function == "clamp_min" and limits:
        return limits[0] <= 0
    if node.function == "clamp_max" and limits:
        return limits[0] >= 0
    if node.function == "clamp" and len(limits) == 2:
        return limits[0] <= 0 <= limits[1]
    if node.function in ("scalar", "vector", "label_replace", "label_join", "sort", "sort_desc"):
        return may_be_zero(node.arguments[0])
    return True


def _operation_may_be_zero(node: Operation) -> bool:
    operator, right = node.operator, node.right
    if node.is_bool:
        return True
    if operator in (">", "!=", ">=", "<", "<=", "==") and isinstance(right, Number):
        value = right.value
        kept = {
            ">": value < 0,
            ">=": value <= 0,
            "<": value > 0,
            "<=": value >= 0,
            "==": value == 0,
            "!=": value != 0,
        }
        return kept[operator] and may_be_zero(node.left)
    if operator in ("and", "unless") or operator in (">", ">=", "<", "<=", "==", "!="):
        return may_be_zero(node.left) and not (operator == "and" and _guards(right))
    if operator in ("*", "/", "or"):
        if is_scalar(right) or is_scalar(node.left):
            return may_be_zero(node.right if is_scalar(node.left) else node.left)
        return may_be_zero(node.left) or may_be_zero(right)
    return True


def _guards(node: Node) -> bool:
    """Whether a condition after `and` is of the kind `x > 0`."""
    return isinstance(node, Operation) and not may_be_zero(node)
