"""What an expression returns: for each branch of it (`a or b` has two) which labels its series have, what they stem
from, and whether there is always something.

`branches(node)` answers for any node of `provision.promql.facts`. What it calls certain or impossible follows from
the expression alone, whatever is stored; what is `likely` doesn't. Labels that a Grafana variable names are taken for
any labels. Source: Prometheus' documentation of operators, vector matching and functions, and its engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from provision.promql.labels import NO_LABELS, Labels
from provision.promql.matched_labels import matched_labels
from provision.promql.nodes import (
    COMPARISONS,
    SAMPLING,
    SCALARS,
    SETS,
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    Text,
    VectorSelector,
    is_scalar,
    vector_of,
)
from provision.promql.selector_labels import absent_labels, selector_labels
from provision.promql.standins import stands_in


class Branch(NamedTuple):
    """One branch of what a node returns.

    Attributes:
        labels: those of its series.
        selector: the series it stems from; None for a number or `vector(…)`. Of an operation it is the side whose
            series are returned.
        is_always: whether it returns something whatever is stored.
        is_filtered: whether a comparison leaves out what doesn't meet it.
        number: its value, where that is known.
    """

    labels: Labels
    selector: VectorSelector | None = None
    is_always: bool = False
    is_filtered: bool = False
    number: float | None = None


def branches(node: Node) -> tuple[Branch, ...]:
    """The branches of what a node returns, from left to right."""
    found = node.branches
    if found is None:
        found = node.branches = _FOUND[type(node)](node)
    return found


_ABSENT = frozenset({"absent", "absent_over_time"})
_QUANTILES = frozenset({"histogram_quantile", "histogram_fraction", "histogram_quantiles"})
_RELABELLING = _ABSENT | _QUANTILES | {"label_replace", "label_join", "info"}


def _of_series(node: VectorSelector) -> tuple[Branch, ...]:
    return (Branch(selector_labels(node), node),)


def _of_number(node: Number) -> tuple[Branch, ...]:
    return (Branch(NO_LABELS, is_always=True, number=node.value),)


def _of_text(_: Text) -> tuple[Branch, ...]:
    return (Branch(NO_LABELS, is_always=True),)


def _of_subquery(node: Subquery) -> tuple[Branch, ...]:
    return branches(node.operand)


def _of_negation(node: Negation) -> tuple[Branch, ...]:
    return tuple(
        [
            branch._replace(number=None if branch.number is None else -branch.number)
            for branch in branches(node.operand)
        ]
    )


def _of_aggregation(node: Aggregation) -> tuple[Branch, ...]:
    if node.operation in SAMPLING:
        return branches(node.operand)
    return tuple(
        Branch(_aggregated(node, branch.labels), branch.selector, branch.is_always, branch.is_filtered)
        for branch in branches(node.operand)
    )


def _aggregated(node: Aggregation, labels: Labels) -> Labels:
    unknown = any(map(stands_in, node.labels))
    if node.grouping == "without":
        left = labels.without(node.labels).unless_known() if unknown else labels.without(node.labels)
    elif unknown:
        left = labels.only(node.labels).opened()
    else:
        left = labels.only(node.labels) if node.labels else NO_LABELS
    if node.operation == "count_values" and isinstance(node.parameter, Text):
        named = node.parameter.value
        left = left.opened() if stands_in(named) else left.added(named, certain=True)
    return left


def _of_call(node: Call) -> tuple[Branch, ...]:
    function = node.function
    if function == "vector":
        inner = branches(node.arguments[0])
        return tuple([Branch(NO_LABELS, is_always=True, number=each.number) for each in inner])
    vector = vector_of(node)
    if vector is None or function in SCALARS:
        return (Branch(NO_LABELS, is_always=True),)
    found = branches(vector)
    if function in _RELABELLING:
        return _relabelled(node, vector, found)
    if any(each.number is not None for each in found):
        return tuple([each._replace(number=None) for each in found])
    return found


def _relabelled(node: Call, vector: Node, found: tuple[Branch, ...]) -> tuple[Branch, ...]:
    function = node.function
    if function in _ABSENT:
        return tuple([Branch(absent_labels(each.labels, vector), each.selector) for each in found[:1]])
    if function in _QUANTILES:
        found = tuple([each._replace(labels=each.labels.without(["le"])) for each in found])
    if function in ("label_replace", "label_join", "histogram_quantiles"):
        named = node.arguments[1]
        label = named.value if isinstance(named, Text) else "v"
        found = tuple([each._replace(labels=_labelled(each.labels, label)) for each in found])
    if function == "info":
        found = tuple([each._replace(labels=each.labels.opened()) for each in found])
    return found


def _labelled(labels: Labels, label: str) -> Labels:
    """With a label that a call sets, perhaps to nothing."""
    return labels.unless_known().opened() if stands_in(label) else labels.added(label, certain=False)


def _of_operation(node: Operation) -> tuple[Branch, ...]:
    left, right = branches(node.left), branches(node.right)
    filtered = node.operator in COMPARISONS and not node.is_bool
    if is_scalar(node.left) or is_scalar(node.right):
        vector, scalar = (right, left) if is_scalar(node.left) else (left, right)
        is_always = scalar[0].is_always and not filtered
        return tuple(
            each._replace(
                is_always=each.is_always and is_always,
                is_filtered=each.is_filtered or filtered,
                number=None,
            )
            for each in vector
        )
    if node.operator == "or":
        return left + right
    if node.operator in SETS:
        return tuple(each._replace(is_always=False) for each in left)
    many, one = (right, left) if node.group == "right" else (left, right)
    labels = [other.labels for other in one]
    is_filtered = filtered or any(other.is_filtered for other in one)
    return tuple(
        Branch(
            matched_labels(node, each.labels, labels),
            each.selector,
            is_filtered=each.is_filtered or is_filtered,
        )
        for each in many
    )


_FOUND: dict[type, Callable[[Any], tuple[Branch, ...]]] = {
    VectorSelector: _of_series,
    Number: _of_number,
    Text: _of_text,
    Subquery: _of_subquery,
    Negation: _of_negation,
    Aggregation: _of_aggregation,
    Call: _of_call,
    Operation: _of_operation,
}
