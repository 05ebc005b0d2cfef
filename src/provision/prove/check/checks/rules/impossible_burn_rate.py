"""An alert on a ratio asks for less than all of it: a share is never above 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import Aggregation, Call, Node, Number, Operation, VectorSelector
from provision.prove.check.bodies import text_of
from provision.prove.check.conditions import constant
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule

ID = "impossible-burn-rate"

_DEEPEST_RECORDS: Final = 3
_ADDING: Final = frozenset({"rate", "increase", "irate", "sum_over_time", "count_over_time"})


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Alerts that wait for a share to be above 1, as a burn rate of 14.4 does with an objective of 90 %."""
    if rule.kind != "alert" or ">" not in text_of(rule.body, "expr"):
        return
    found = facts(text_of(rule.body, "expr"))
    for operation in () if found is None else found.operations:
        if operation.operator not in (">", ">=") or operation.is_bool:
            continue
        bound = constant(operation.right)
        if bound is None or bound < 1 or (bound == 1 and operation.operator == ">="):
            continue
        factor = _burn_rate(operation.right)
        certain = _is_share(operation.left, estate, _DEEPEST_RECORDS)
        if not certain and not (factor and _is_called_share(operation.left)):
            continue
        objective = (
            f", which is {factor:g} times the budget of an objective of {100 * (1 - bound / factor):g} %"
            if factor
            else ""
        )
        yield estate.finding(
            ID, "error" if certain else "warning", group.definition, f"{rule.pointer}/expr", group.about(rule),
            f"it never fires: a share is never {'above' if operation.operator == '>' else 'as much as'} {bound:g}{objective}",
            "leave the alert out, or take a smaller factor" if factor else "compare with a share, from 0 to 1",
        )  # fmt: skip


def _burn_rate(node: Node) -> float:
    """The factor of `14.4 * (1 - 0.9)` or `14.4 * 0.1`; 0 when it isn't such a product."""
    if not isinstance(node, Operation) or node.operator != "*":
        return 0.0
    values = [value for each in (node.left, node.right) if (value := constant(each)) is not None]
    return max(values) if len(values) == 2 and 0 < min(values) < 1 < max(values) else 0.0


def _is_called_share(node: Node) -> bool:
    """Whether it is a metric whose name says that it is a ratio."""
    while isinstance(node, Aggregation) and node.operation in ("sum", "max", "min", "avg"):
        node = node.operand
    return isinstance(node, VectorSelector) and "ratio" in (node.name or "")


def _is_share(node: Node, estate: Estate, depth: int) -> bool:
    """Whether it certainly is a part of something, divided by all of it."""
    if isinstance(node, VectorSelector):
        made = estate.records.get(node.name or "", ()) if node.range_seconds is None and depth else ()
        each = [facts(text_of(rule.body, "expr")) for _, rule in made]
        return bool(each) and all(one is not None and _is_share(one.root, estate, depth - 1) for one in each)
    if isinstance(node, Aggregation):
        return node.operation in ("max", "min", "avg") and _is_share(node.operand, estate, depth)
    if not isinstance(node, Operation):
        return False
    if node.operator == "-" and isinstance(node.left, Number):
        return node.left.value <= 1 and _is_share(node.right, estate, depth)
    return node.operator == "/" and not node.group and _is_part(node.left, node.right)


def _is_part(part: Node, whole: Node) -> bool:
    """Whether two nodes are the same but for the series: those of the part are some of those of the whole."""
    if isinstance(part, VectorSelector) and isinstance(whole, VectorSelector):
        same = (part.name, part.range_seconds, part.offset_seconds, part.is_pinned)
        return (
            part.name is not None
            and same == (whole.name, whole.range_seconds, whole.offset_seconds, whole.is_pinned)
            and set(whole.matchers) <= set(part.matchers)
        )
    if isinstance(part, Aggregation) and isinstance(whole, Aggregation):
        grouped = (part.operation, part.grouping, sorted(part.labels))
        return (
            part.operation in ("sum", "count")
            and grouped == (whole.operation, whole.grouping, sorted(whole.labels))
            and _counts_up(whole.operand)
            and _is_part(part.operand, whole.operand)
        )
    if isinstance(part, Call) and isinstance(whole, Call):
        return (
            part.function == whole.function
            and part.function in _ADDING
            and len(part.arguments) == len(whole.arguments) == 1
            and _is_part(part.arguments[0], whole.arguments[0])
        )
    return False


def _counts_up(node: Node) -> bool:
    """Whether no value is negative, so that a sum of more is no less."""
    return isinstance(node, Call) and node.function in ("rate", "increase", "irate", "count_over_time")
