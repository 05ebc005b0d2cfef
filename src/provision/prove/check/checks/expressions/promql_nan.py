"""No division by 0 spoils a sum or an average."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import (
    COMPARISONS,
    Aggregation,
    Node,
    Operation,
    VectorSelector,
    children,
    is_scalar,
)
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.ratios import is_per_instance, may_be_zero, reads_changes

ID = "promql-nan"

_SPOILT: Final = frozenset({"sum", "avg", "stddev", "stdvar"})
"""Aggregations of which one NaN makes NaN. Source: Prometheus' engine; max and min pass over it, quantile takes it for
the least."""


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Divisions within an aggregation, or in a record that it reads, whose divisor may be 0."""
    plain = expression.plain
    if "/" not in plain and "%" not in plain and ":" not in plain:
        return
    found = facts_of(expression)
    for node in found.aggregations if found else ():
        if node.operation in _SPOILT and not is_per_instance(node):
            yield from _about(estate, expression, node)


def _about(estate: Estate, expression: Expression, node: Aggregation) -> Iterator[Finding]:
    for part in _summed(node.operand):
        if isinstance(part, Operation):
            message = f"one series that divides by 0 makes {node.operation}() NaN"
            remedy = "leave out what is divided by 0: … / (… > 0)"
        elif isinstance(part, VectorSelector) and _records_ratio(estate, part.name or "", set()):
            message = (
                f"one series of {part.name}, which the record divides by 0, makes {node.operation}() NaN"
            )
            remedy = "leave out what is divided by 0, in the record: … / (… > 0)"
        else:
            continue
        yield said(estate, ID, "warning", expression, message, remedy, node=part)
        return


def _summed(node: Node) -> Iterator[Node]:
    """The unguarded divisions and the series whose values reach an aggregation; a comparison lets no NaN through."""
    if (
        isinstance(node, Operation)
        and node.operator in COMPARISONS
        and not node.is_bool
        and node.operator != "!="
    ):
        return
    if isinstance(node, Operation) and node.operator in ("and", "unless"):
        yield from _summed(node.left)
        return
    if _is_unguarded(node):
        yield node
        return
    if isinstance(node, VectorSelector):
        yield node
    if not (isinstance(node, Aggregation) and node.operation not in ("topk", "bottomk", *_SPOILT)):
        for child in children(node):
            yield from _summed(child)


def _is_unguarded(node: Node) -> bool:
    """Whether a division divides by a rate, which is 0 as soon as nothing happens."""
    return (
        isinstance(node, Operation)
        and node.operator in ("/", "%")
        and not is_scalar(node.right)
        and reads_changes(node.right)
        and may_be_zero(node.right)
    )


def _records_ratio(estate: Estate, name: str, seen: set[str]) -> bool:
    if name in seen or ":" not in name:
        return False
    seen.add(name)
    for _, rule in estate.records.get(name, ()):
        found = facts(text_of(rule.body, "expr"))
        for part in _summed(found.root) if found else ():
            if isinstance(part, Operation) or _records_ratio(estate, _name(part), seen):
                return True
    return False


def _name(node: Node) -> str:
    return (node.name or "") if isinstance(node, VectorSelector) else ""
