"""A rule reads how fast a counter counts, not how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.conventions import is_counter
from provision.model import Finding
from provision.promql.nodes import SETS, Aggregation, Call, Node, Number, Operation, VectorSelector, above
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression, Group
from provision.prove.check.ratios import lifetime_ratio

ID = "promql-counter"

_MARKS: Final = ("_total", "_bucket", "_count", "_sum")
_SAFE: Final = frozenset({
    "rate", "irate", "increase", "changes", "resets", "absent", "absent_over_time", "present_over_time",
    "count_over_time", "timestamp", "delta", "idelta", "deriv",
})  # fmt: skip
"""Functions of which the value itself is none of the result; `promql-rate` looks at the last three."""
_COUNTING: Final = frozenset({"count", "group"})


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Counters whose value counts; those of panels are looked at by `target-counter-agg`."""
    if not isinstance(expression.owner, Group) or not any(mark in expression.plain for mark in _MARKS):
        return
    found = facts_of(expression)
    told = set()
    for selector in found.selectors if found else ():
        name = selector.name
        if name and name not in told and is_counter(name) and not stands_in(name) and _is_read(selector):
            told.add(name)
            yield said(
                estate, ID, "warning", expression,
                f"{name} is read as it stands: by its name it counts on until its process restarts",
                f"say over which time: increase({name}[1h]), or rate({name}[5m])", node=selector,
            )  # fmt: skip


def _is_read(selector: VectorSelector) -> bool:
    """Whether its value counts, rather than that it is there."""
    node: Node = selector
    is_compared = False
    for parent in above(selector):
        if isinstance(parent, Call):
            if parent.function in _SAFE:
                return False
            is_compared = True
        elif isinstance(parent, Aggregation):
            if parent.operation in _COUNTING:
                return False
            is_compared = True
        elif isinstance(parent, Operation):
            if parent.operator == "unless" and (node is parent.right or _is_new(selector, parent.right)):
                return False
            if lifetime_ratio(parent) is not None or (node is selector and _guards(parent)):
                return False
            is_compared = is_compared or parent.operator not in SETS
        node = parent
    return is_compared


def _is_new(selector: VectorSelector, before: Node) -> bool:
    """Whether only series are left that were not there before: what such a one counts, it counted since."""
    return isinstance(before, VectorSelector) and before.name == selector.name and before.offset_seconds > 0


def _guards(node: Operation) -> bool:
    """Whether it stands for "there were any" beside the condition proper, as in `… and requests_total > 0`."""
    outer = node.parent
    return (
        node.operator in (">", "!=")
        and isinstance(node.right, Number)
        and node.right.value == 0
        and isinstance(outer, Operation)
        and outer.operator == "and"
        and outer.right is node
    )
