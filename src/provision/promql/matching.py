"""Whether the two sides of an operation can match, going by the labels of their branches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from provision.promql.branches import Branch, branches
from provision.promql.labels import Labels
from provision.promql.nodes import Operation, is_scalar
from provision.promql.standins import stands_in


class Mismatch(NamedTuple):
    """Why no series of one side matches one of the other.

    Attributes:
        label: the label that keeps them apart.
        side: the side that has it, or `both` when its values differ.
        values: its values left and right, when they differ.
        is_certain: whether that is so whatever is stored; else it is as good as certain.
    """

    label: str
    side: Literal["left", "right", "both"]
    values: tuple[str, str] | None = None
    is_certain: bool = True


def is_matched(node: Operation) -> bool:
    """Whether it matches the series of two sides, rather than taking a number."""
    return not is_scalar(node.left) and not is_scalar(node.right)


def mismatch(node: Operation) -> Mismatch | None:
    """Why its sides never match; None when they may. Of several branches all must differ; the first is told."""
    if node.is_filled or not is_matched(node) or _is_unknown(node):
        return None
    first = None
    certain = True
    for left in branches(node.left):
        for right in branches(node.right):
            found = _of_pair(node, left.labels, right.labels)
            if found is None:
                return None
            first = first or found
            certain = certain and found.is_certain
    return None if first is None else first._replace(is_certain=certain)


def _is_unknown(node: Operation) -> bool:
    """Whether variables name the labels that are ignored: then any may be."""
    return node.matching == "ignoring" and any(map(stands_in, node.labels))


def _of_pair(node: Operation, left: Labels, right: Labels) -> Mismatch | None:
    likely = None
    for label in _matched(node, left, right):
        here, there = left.values.get(label), right.values.get(label)
        if here is not None and there is not None and here != there:
            return Mismatch(label, "both", (here, there))
        if label in left.likely and not right.may_have(label):
            if label in left.certain:
                return Mismatch(label, "left")
            likely = likely or Mismatch(label, "left", is_certain=False)
        elif label in right.likely and not left.may_have(label):
            if label in right.certain:
                return Mismatch(label, "right")
            likely = likely or Mismatch(label, "right", is_certain=False)
    return likely


def _matched(node: Operation, left: Labels, right: Labels) -> Iterable[str]:
    if node.matching == "on":
        return [label for label in node.labels if not stands_in(label)]
    return sorted((left.likely | right.likely).difference(node.labels))


def impossible_everywhere(label: str, found: tuple[Branch, ...]) -> bool:
    """Whether no branch can have that label."""
    return not any(branch.labels.may_have(label) for branch in found)
