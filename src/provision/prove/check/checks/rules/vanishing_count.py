"""An alert on too few of something fires still when none is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import Aggregation, Call, Node, Operation
from provision.prove.check.bodies import text_of
from provision.prove.check.conditions import Returns, constant, returns, sides
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule

ID = "vanishing-count"

_COUNTING: Final = frozenset({"count", "sum"})
_BELOW: Final = {"<": "<", "<=": "<=", ">": "<", ">=": "<="}
"""Comparisons by which the left, or for the last two the right, side is to be the smaller one."""


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Alerts on few of what meets a condition: when nothing meets it any more there is no series to compare, and the
    alert is over."""
    expr = text_of(rule.body, "expr")
    if rule.kind != "alert" or not ("count" in expr or "sum" in expr):
        return
    found = facts(expr)
    if found is None or any(call.function.startswith("absent") for call in found.calls):
        return
    for side in sides(found.root):
        counted = _counted(side)
        if counted is not None:
            yield estate.finding(
                ID, "warning", group.definition, f"{rule.pointer}/expr", group.about(rule),
                f"when none is left that meets the condition in {counted.operation}(), there is nothing to compare, and the "
                "alert is over",
                _remedy(counted),
            )  # fmt: skip


def _counted(side: Node) -> Aggregation | None:
    """The count, or sum, of what meets a condition, when it is compared with a number that it is to be below."""
    if not isinstance(side, Operation) or side.is_bool or side.operator not in _BELOW:
        return None
    smaller, larger = (side.left, side.right) if side.operator.startswith("<") else (side.right, side.left)
    bound = constant(larger)
    if (
        bound is None
        or bound <= 0
        or not isinstance(smaller, Aggregation)
        or smaller.operation not in _COUNTING
    ):
        return None
    inside = smaller.operand
    if isinstance(inside, Call) and inside.function.startswith("absent"):
        return None
    return smaller if returns(inside) is Returns.SOMETIMES else None


def _remedy(counted: Aggregation) -> str:
    if not counted.grouping:
        return f"write ({counted.operation}(…) or vector(0)), in parentheses, before comparing"
    each = f"{counted.operation} {counted.grouping} ({', '.join(counted.labels)}) (…)"
    return f"add zeros for what is there without the condition: ({each} or 0 * {each})"
