"""An alert that waits for the first of something sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.conventions import is_counter
from provision.model import Finding
from provision.promql.nodes import Aggregation, Call, Node, Number, Operation, VectorSelector
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, rule_of, said
from provision.prove.check.parts import Expression

ID = "first-increase"

_OF_TARGETS: Final = frozenset({"job", "instance", "namespace", "cluster", "pod", "container", "__name__"})
"""Labels that say where something happens, not what."""


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Alerts on any increase of a counter whose series begins with its first event, which increase() doesn't see."""
    if "increase(" not in expression.plain and "rate(" not in expression.plain:
        return
    rule = rule_of(expression)
    found = facts_of(expression) if rule is not None and rule.kind == "alert" else None
    if found is None:
        return
    root = found.root
    if isinstance(root, Operation) and root.operator in (">", "!=") and isinstance(root.right, Number):
        selector = _increased(root.left) if root.right.value == 0 else None
        if selector is not None and selector.name and _begins_late(selector):
            yield said(
                estate, ID, "info", expression,
                f"the first of {selector.name} is missed where its series begins with it: "
                "increase() and rate() see no growth in a value that was never 0",
                f"also alert on series that are new: or ({selector.name} unless {selector.name} offset 5m)", node=selector,
            )  # fmt: skip


def _increased(node: Node) -> VectorSelector | None:
    """The series whose increase a node is, aggregated or not."""
    while isinstance(node, Aggregation):
        node = node.operand
    if isinstance(node, Call) and node.function in ("increase", "rate", "irate"):
        argument = node.arguments[0]
        return argument if isinstance(argument, VectorSelector) else None
    return None


def _begins_late(selector: VectorSelector) -> bool:
    """Whether one of several values of a label is asked for, such as `code="503"`: of those that didn't happen there is
    no series."""
    name = selector.name or ""
    is_asked = any(m.op in ("=", "=~") and m.label not in _OF_TARGETS for m in selector.matchers)
    return is_asked and is_counter(name) and not stands_in(name)
