"""What `or` puts in the place of nothing has the labels of what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from provision.model import Finding
from provision.promql.branches import Branch, branches
from provision.promql.matching import is_matched
from provision.promql.nodes import COMPARISONS, SAMPLING, Aggregation, Call, Node, Number, Operation, above
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, rule_of, said
from provision.prove.check.parts import Expression

ID = "unlabelled-zero"

_COMPARED: Final = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
_SETS: Final = frozenset({"and", "unless"})


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """`or vector(0)` beside series with labels, where it matches nothing or is there in any case."""
    if "vector(" not in expression.plain or " or" not in expression.plain.lower().replace("\n", " "):
        return
    found = facts_of(expression)
    for node in found.operations if found else ():
        if node.operator == "or" and not node.matching and _is_vector(node.right):
            labels = _labels(branches(node.left))
            if labels:
                yield from _about(estate, expression, node, labels)
            elif _divides(node):
                yield said(
                    estate, ID, "warning", expression,
                    "where there is nothing to divide by, or vector(0) divides by 0, which gives NaN or infinity",
                    "leave or vector(0) out of the denominator, and put it after the division", node=node,
                )  # fmt: skip


def _is_vector(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "vector"


def _labels(found: tuple[Branch, ...]) -> list[str]:
    """The labels that the series have which it is to stand in for."""
    likely = frozenset[str]().union(*(each.labels.likely for each in found))
    return sorted(label for label in likely if not stands_in(label))


def _about(estate: Estate, expression: Expression, node: Operation, labels: list[str]) -> Iterator[Finding]:
    zero = f"or vector(…) has no {labels[0] if len(labels) == 1 else 'labels'}"
    outer = _matched_in(node)
    if outer is not None:
        yield said(
            estate, ID, "warning", expression,
            f"{zero}: it matches nothing of the other side of {outer.operator}",
            f"write or 0 * …, with series of the other side that have {' and '.join(labels[:2])}", node=node,
        )  # fmt: skip
        return
    rule = rule_of(expression)
    if _is_summed(node) or (rule is not None and rule.kind != "alert"):
        return
    if rule is not None and _always_meets(node):
        message = f"{zero}, so it is there besides the series, and the alert always fires"
        yield said(
            estate,
            ID,
            "error",
            expression,
            message,
            "alert on absent(…), or aggregate until no labels are left",
            node=node,
        )
    else:
        message = f"{zero}: it is there besides the series, not only where they are missing"
        remedy = "leave it out, or aggregate until no labels are left"
        yield said(estate, ID, "warning" if rule else "info", expression, message, remedy, node=node)


def _is_summed(node: Operation) -> bool:
    """Whether it and the series become one, as in `sum(x or vector(0))`."""
    return any(
        isinstance(parent, Aggregation) and not parent.labels and parent.operation not in SAMPLING
        for parent in above(node)
    )


def _always_meets(node: Operation) -> bool:
    """Whether the number meets the condition that an alert fires on."""
    (number,) = (each.number for each in branches(node.right))
    outer = node.parent
    if not isinstance(outer, Operation) or outer.parent is not None or not isinstance(outer.right, Number):
        return False
    compare = _COMPARED.get(outer.operator)
    return number is not None and compare is not None and compare(number, outer.right.value)


def _matched_in(node: Operation) -> Operation | None:
    """The operation in which its result is matched with other series."""
    inner: Node = node
    for parent in above(node):
        if not isinstance(parent, Operation) or parent.operator == "or":
            return None
        if is_matched(parent):
            bare = not parent.matching and (parent.operator not in _SETS or parent.left is inner)
            return parent if bare else None
        if parent.operator in COMPARISONS:
            return None
        inner = parent
    return None


def _divides(node: Operation) -> bool:
    inner: Node = node
    for parent in above(node):
        if not isinstance(parent, Operation):
            return False
        if parent.operator == "/" and parent.right is inner:
            return True
        if parent.operator not in ("*", "/", "or"):
            return False
        inner = parent
    return False
