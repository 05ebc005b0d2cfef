"""The two sides of an operation have labels in common that match."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.promql.branches import Branch, branches
from provision.promql.matching import Mismatch, is_matched, mismatch
from provision.promql.nodes import SETS, Operation
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression

ID = "promql-vector-matching"


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Sides whose labels differ, and operations of many series with one that don't say so."""
    found = facts_of(expression)
    for node in found.operations if found else ():
        if node.operator == "or" or not is_matched(node):
            continue
        differ = mismatch(node)
        if differ is None:
            yield from _many_to_one(estate, expression, node)
        elif not differ.is_certain and not _is_recorded(estate, node):
            yield _unmatched(estate, expression, node, differ)


def _is_recorded(estate: Estate, node: Operation) -> bool:
    """Whether a side reads what the project records, which may have dropped `instance` and `job`."""
    found = (*branches(node.left), *branches(node.right))
    return any(branch.selector and branch.selector.name in estate.records for branch in found)


def _unmatched(estate: Estate, expression: Expression, node: Operation, differ: Mismatch) -> Finding:
    here, there = ("left", "right") if differ.side == "left" else ("right", "left")
    kept = _kept(branches(node.left if there == "left" else node.right))
    common = f"on ({', '.join(kept)})" if kept else "on ()"
    remedy = f"say what is to match: {common}"
    if node.operator not in SETS:
        remedy += f" group_{here}"
    effect = "leaves nothing out" if node.operator == "unless" else "returns nothing"
    return said(
        estate, ID, "warning", expression,
        f"{node.operator} {effect} where the {here} side has the label {differ.label}: the {there} side has "
        f"{'only ' + ' and '.join(kept) if kept else 'no labels'}",
        remedy, node=node,
    )  # fmt: skip


def _kept(found: tuple[Branch, ...]) -> list[str]:
    labels = found[0].labels
    return sorted(label for label in (labels.possible or labels.likely) if not stands_in(label))


def _many_to_one(estate: Estate, expression: Expression, node: Operation) -> Iterator[Finding]:
    """Both sides are aggregated, and one keeps a label that isn't matched: as soon as two of its series have another
    value there, the server refuses the query."""
    if node.operator in SETS or node.group or node.matching != "on" or any(map(stands_in, node.labels)):
        return
    more = [_beyond(branches(side), node.labels) for side in (node.left, node.right)]
    for side, labels, other in (("left", *more), ("right", *more[::-1])):
        if labels and not other:
            yield said(
                estate, ID, "warning", expression,
                f"{node.operator} on ({', '.join(node.labels)}) fails once two series on the {side} differ in "
                f"{' or '.join(labels)} alone",
                f"write group_{side} after on (…), or leave {' and '.join(labels)} out", node=node,
            )  # fmt: skip


def _beyond(found: tuple[Branch, ...], matched: tuple[str, ...]) -> list[str]:
    """The labels of an aggregated side beyond those that are matched, without those of a single value."""
    if len(found) != 1 or found[0].labels.possible is None:
        return []
    labels = found[0].labels
    return sorted((labels.possible or frozenset()) - set(matched) - labels.values.keys())
