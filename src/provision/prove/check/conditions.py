"""Whether an expression returns something only under a condition, or for every series there is.

In Prometheus each series that an alert's expression returns fires, whatever its value: what decides is which series
come back, and that only comparisons, `unless` and `absent()` leave to the values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final

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

COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
"""What each comparison asks of the values on its two sides."""

_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_ABSENT: Final = frozenset({"absent", "absent_over_time"})
_ALWAYS: Final = frozenset({"vector", "scalar", "time", "pi"})
_ALERTS: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_WHERE: Final = frozenset(
    {"job", "instance", "namespace", "cluster", "service", "pod", "container", "__name__"}
)
"""Labels that say whose series it is rather than how it is."""


class Returns(IntEnum):
    """When an expression returns something; the smaller, the more it takes.

    SOMETIMES: when a condition holds, such as a comparison.
    PRESENT: whenever the series that it reads are there.
    ALWAYS: whatever happens, as `vector(0)` does.
    """

    SOMETIMES = 0
    PRESENT = 1
    ALWAYS = 2


Recorded = Callable[[str], Returns]
"""When the series of a metric are there: of those that a recording rule writes, when its expression returns them."""


def returns(node: Node, recorded: Recorded = lambda _: Returns.PRESENT) -> Returns:
    """When the expression returns something."""
    if isinstance(node, Subquery | Aggregation | Negation):
        return returns(node.operand, recorded)
    if isinstance(node, VectorSelector):
        name = node.name or ""
        return Returns.SOMETIMES if name in _ALERTS or _tells_state(node) else recorded(name)
    if isinstance(node, Call):
        if node.function in _ABSENT:
            return Returns.SOMETIMES
        if node.function in _ALWAYS:
            return Returns.ALWAYS
        return min((returns(each, recorded) for each in node.arguments), default=Returns.ALWAYS)
    if isinstance(node, Operation):
        return _of_operation(node, recorded)
    return Returns.ALWAYS


def _of_operation(node: Operation, recorded: Recorded) -> Returns:
    if node.operator == "unless":
        return Returns.SOMETIMES
    if is_condition(node):
        left, right = constant(node.left), constant(node.right)
        holds = left is not None and right is not None and COMPARED[node.operator](left, right)
        return Returns.ALWAYS if holds else Returns.SOMETIMES
    both = returns(node.left, recorded), returns(node.right, recorded)
    return max(both) if node.operator == "or" else min(both)


def _tells_state(node: VectorSelector) -> bool:
    """Whether it chooses by a label of a metric whose value is always 1, such as `topic_info{ready="false"}`."""
    name = node.name or ""
    return name.endswith("_info") and any(matcher.label not in _WHERE for matcher in node.matchers)


def is_condition(node: Node) -> bool:
    """Whether it is a comparison that leaves out what doesn't hold, as one with `bool` doesn't."""
    return isinstance(node, Operation) and node.operator in COMPARISONS and not node.is_bool


def sides(node: Node) -> Iterator[Node]:
    """The sides of an `or`, from left to right, of several in one another too; else the expression itself."""
    if isinstance(node, Operation) and node.operator == "or":
        yield from sides(node.left)
        yield from sides(node.right)
    else:
        yield node


def constant(node: Node) -> float | None:
    """The value of an expression that reads nothing, a vector of one constant included; None when it isn't known."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Negation):
        value = constant(node.operand)
        return None if value is None else -value
    if isinstance(node, Call) and node.function in ("vector", "scalar"):
        return constant(node.arguments[0])
    if isinstance(node, Operation) and node.operator in _ARITHMETIC:
        left, right = constant(node.left), constant(node.right)
        if left is None or right is None or (node.operator == "/" and right == 0):
            return None
        return _ARITHMETIC[node.operator](left, right)
    return None
