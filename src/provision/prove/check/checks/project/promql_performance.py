"""What a record holds already isn't calculated once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provision.model import Finding
from provision.promql.facts import Facts, facts
from provision.promql.nodes import Aggregation, Call, Node, Operation, VectorSelector, above
from provision.promql.written import written
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.rulefields import labels_of

ID = "promql-performance"


def check(estate: Estate) -> Iterator[Finding]:
    """Parts of rules that are what a record of the project records."""
    recorded = _recorded(estate)
    if not recorded:
        return
    shapes = {shape for shape, _ in recorded.values()}
    for group in estate.groups:
        for expression in estate.expressions_of(group):
            found = facts_of(expression)
            if found is not None:
                yield from _about(estate, expression, found, recorded, shapes)


_Shape = tuple[object, ...]
"""What two nodes have in common that may be the same, told faster than by writing both out."""

_Records = Mapping[str, tuple[_Shape, str]]
"""What is recorded, written out, to its shape and the name it is recorded under."""


def _recorded(estate: Estate) -> _Records:
    recorded: dict[str, tuple[_Shape, str]] = {}
    for name, rules in estate.records.items():
        if len(rules) != 1 or not name:
            continue
        group, rule = rules[0]
        found = facts(text_of(rule.body, "expr"))
        shape = _shape(found.root) if found and not labels_of(group, rule) else None
        if found is not None and shape is not None and not any(each.is_pinned for each in found.timed):
            recorded.setdefault(written(found.root), (shape, name))
    return recorded


def _shape(node: Node) -> _Shape | None:
    """None for what costs nothing to read, such as a selector."""
    if isinstance(node, Aggregation):
        return node.operation, node.grouping, len(node.labels), type(node.operand)
    if isinstance(node, Operation):
        return node.operator, node.matching, type(node.left), type(node.right)
    if isinstance(node, Call) and node.arguments:
        inner = node.arguments[-1]
        return node.function, inner.name if isinstance(inner, VectorSelector) else type(inner)
    return None


def _about(
    estate: Estate, expression: Expression, found: Facts, recorded: _Records, shapes: set[_Shape]
) -> Iterator[Finding]:
    told: list[Node] = []
    parts: list[Node] = [*found.operations, *found.aggregations, *found.calls]
    for node in parts:
        if _shape(node) not in shapes or (node.parent is None and expression.what.startswith("record ")):
            continue  # another check tells of a record that is there twice
        known = recorded.get(written(node))
        if known is None or any(outer in told for outer in above(node)):
            continue
        told.append(node)
        yield said(
            estate, ID, "info", expression,
            f"a part of it is what {known[1]} records, calculated once more",
            f"read {known[1]} there", node=node,
        )  # fmt: skip
