"""Metrics that are used as what they aren't: the rate of a gauge, the value of a counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.promql.facts import Facts, facts
from provision.promql.located import located
from provision.promql.nodes import (
    COMPARISONS,
    SETS,
    Aggregation,
    Call,
    Node,
    Number,
    Operation,
    VectorSelector,
    above,
)
from provision.prove.verify.verdicts import Culprit, Verdict

_GROWTH: Final = frozenset({"rate", "irate", "increase"})
_SLOPE: Final = frozenset({"delta", "idelta", "deriv", "predict_linear"})
_VALUELESS: Final = frozenset({
    *_GROWTH, *_SLOPE, "resets", "changes", "absent", "absent_over_time", "present_over_time", "count_over_time",
    "timestamp",
})  # fmt: skip
"""Functions in which a counter may stand, as what they give isn't its value."""

_COUNTING: Final = frozenset({"count", "group"})
_SERIES: Final = ("_bucket", "_count", "_sum")
_COUNTER_ENDINGS: Final = ("_total", *_SERIES)


def misused(expr: str, types: Mapping[str, str]) -> Verdict | None:
    """What an expression that has data takes a metric for that it isn't; None when the types say nothing against it.

    Args:
        types: name → type, as targets tell them (of histograms and summaries by the name without `_bucket`, …).
    """
    found = facts(expr) if types else None
    if found is None:
        return None
    for position, selector in enumerate(found.selectors):
        kind = type_of(selector.name or "", types)
        said = (
            _of_gauge(selector)
            if kind == "gauge"
            else _of_counter(selector, found)
            if kind == "counter"
            else None
        )
        if said is not None:
            message, remedy, grave = said
            places = located(expr)
            culprit = None
            if len(places) == len(found.selectors):
                place = places[position]
                culprit = Culprit(place.start, place.end, metric=selector.name or "")
            return Verdict("type-misuse", message=message, remedy=remedy, culprit=culprit, grave=grave)
    return None


def type_of(name: str, types: Mapping[str, str]) -> str:
    """`counter`, `gauge` or another type; empty when nobody tells. The series of a histogram are counters."""
    if name in types:
        return types[name]
    if name.endswith("_total") and types.get(name.removesuffix("_total")) == "counter":
        return "counter"
    for ending in _SERIES:
        if name.endswith(ending) and types.get(name.removesuffix(ending)) in ("histogram", "summary"):
            return "counter"
    return ""


def _of_gauge(selector: VectorSelector) -> tuple[str, str, bool] | None:
    parent = selector.parent
    name = selector.name or ""
    if not isinstance(parent, Call) or parent.function not in _GROWTH or name.endswith(_COUNTER_ENDINGS):
        return None
    other = "deriv" if parent.function != "increase" else "delta"
    return (
        f"{name} is a gauge: {parent.function}() takes each time that it falls for a restart",
        f"use {other}(), or its value",
        True,
    )


def _of_counter(selector: VectorSelector, found: Facts) -> tuple[str, str, bool] | None:
    name = selector.name
    parent = selector.parent
    if isinstance(parent, Call) and parent.function in _SLOPE:
        return (
            f"{name} is a counter: {parent.function}() goes wrong when it restarts",
            "use rate() or increase()",
            False,
        )
    if selector.range_seconds is not None or any(
        other.name == name and (other.offset_seconds or other.range_seconds is not None)
        for other in found.selectors
    ):  # its growth is taken by hand, or beside it
        return None
    if any(_without_value(node, selector) for node in above(selector)):
        return None
    return (
        f"{name} is a counter: its value grows since the start of what exposes it",
        "use rate() or increase()",
        False,
    )


def _without_value(node: Node, selector: VectorSelector) -> bool:
    """Whether what stands around a counter doesn't look at its value."""
    if isinstance(node, Call):
        return node.function in _VALUELESS
    if isinstance(node, Aggregation):
        return node.operation in _COUNTING
    if isinstance(node, Operation):
        if node.operator in SETS:
            return node.operator != "or" and _holds(node.right, selector)
        return node.operator in COMPARISONS and any(
            isinstance(side, Number) and side.value == 0 for side in (node.left, node.right)
        )
    return False


def _holds(node: Node, selector: VectorSelector) -> bool:
    return node is selector or any(each is node for each in above(selector))
