"""The labels of the series that a selector reads, and of what `absent()` makes up when there are none."""

from __future__ import annotations

from provision.promql.labels import NO_LABELS, Labels
from provision.promql.nodes import Node, VectorSelector
from provision.promql.standins import stands_in

_OWN_SERIES = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


def selector_labels(node: VectorSelector) -> Labels:
    """What its matchers say of the labels of the series that it reads."""
    certain: set[str] = set()
    likely: set[str] = set()
    values: dict[str, str] = {}
    impossible: set[str] = set()
    for matcher in node.matchers:
        label, op, value = matcher.label, matcher.op, matcher.value
        if label == "__name__" or stands_in(label):
            continue
        if op == "=" and not value:
            impossible.add(label)
        elif op == "=":
            certain.add(label)
            if not stands_in(value):
                values[label] = value
        elif (op == "=~" and not stands_in(value) and _is_never_empty(value)) or (op == "!=" and not value):
            certain.add(label)
        elif op == "=~":
            likely.add(label)
    scraped = node.name is not None and ":" not in node.name and node.name not in _OWN_SERIES
    if scraped and not stands_in(node.name or ""):
        likely.update({"job", "instance"} - impossible)
    return Labels(
        frozenset(certain), frozenset(certain | likely), values, None, frozenset(impossible - certain)
    )


def _is_never_empty(pattern: str) -> bool:
    """Whether a pattern certainly doesn't match the empty text: each of its alternatives begins with a character."""
    if "|" in pattern and ("(" in pattern or "[" in pattern):
        return False
    return all(map(_begins_with_character, pattern.split("|")))


def _begins_with_character(pattern: str) -> bool:
    first, second = pattern[:1], pattern[1:2]
    return (first.isalnum() or first in ("_", ":", ".", "/", "-")) and second not in ("?", "*", "{")


def absent_labels(labels: Labels, vector: Node) -> Labels:
    """What `absent()` makes up: the labels to which its selector gives a value, if nothing is said of them after that (Prometheus,
    promql/functions.go: createLabelsForAbsentFunction)."""
    if not isinstance(vector, VectorSelector):
        return NO_LABELS
    if any(stands_in(matcher.label) for matcher in vector.matchers):
        return Labels()
    given: set[str] = set()
    kept: set[str] = set()
    for matcher in vector.matchers:
        if matcher.op == "=" and matcher.label not in given:
            given.add(matcher.label)
            kept.update({matcher.label} if matcher.value else ())
        else:
            kept.discard(matcher.label)
    return labels.only(sorted(kept - {"__name__"}))
