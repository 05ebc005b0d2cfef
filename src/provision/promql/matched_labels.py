"""The labels of what two vectors give whose series are matched."""

from __future__ import annotations

from collections.abc import Sequence

from provision.promql.labels import Labels
from provision.promql.nodes import Operation
from provision.promql.standins import stands_in


def matched_labels(node: Operation, many: Labels, one: Sequence[Labels]) -> Labels:
    """The labels of what two vectors give. A label that is matched is there on both sides or on none.

    Args:
        many: those of the side whose series are returned.
        one: those of each branch of the other side.
    """
    if node.is_filled:  # A series may be that of the other side, whose partner is a number.
        return many.unless_known().opened()
    unknown = any(map(stands_in, node.labels))
    labels = many
    if node.group:
        for label in node.included:
            if stands_in(label):
                return labels.unless_known().opened()
            certain = all(label in other.certain for other in one)
            labels = labels.added(label, certain=certain)
            if not any(other.may_have(label) for other in one):
                labels = labels.without([label])
    elif node.matching == "on":
        labels = labels.only(node.labels)
        labels = labels.opened() if unknown else labels
    elif node.matching == "ignoring":
        labels = labels.unless_known() if unknown else labels.without(node.labels)
    if unknown or len(one) != 1:
        return labels
    return _known_from(node, labels, one[0])


def _known_from(node: Operation, labels: Labels, other: Labels) -> Labels:
    """What the other side tells of the labels that are matched."""
    if node.matching == "on":
        matched = frozenset(node.labels)
        certain = other.certain & matched
        impossible = {label for label in matched if not other.may_have(label)}
        possible = labels.possible
    else:
        ignored = frozenset(node.labels)
        if node.group:
            return labels
        certain = other.certain - ignored
        impossible = set(other.impossible - ignored)
        possible = labels.possible
        if other.possible is not None:
            possible = other.possible - ignored if possible is None else possible & other.possible
    certain = frozenset(label for label in certain if labels.may_have(label))
    values = {label: value for label, value in other.values.items() if label in certain}
    return Labels(
        labels.certain | certain,
        labels.likely | certain,
        {**labels.values, **values},
        possible,
        labels.impossible | (impossible - labels.certain),
    )
