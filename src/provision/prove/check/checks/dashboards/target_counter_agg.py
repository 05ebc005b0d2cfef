"""No panel shows the raw value of a counter: it is asked how fast it grows, or by how much it grew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import COMPARISONS, Aggregation, Call, Node, Operation, VectorSelector
from provision.promql.standins import stands_in
from provision.promql.variables import placeholder
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.queries import panel_queries
from provision.prove.check.ratios import lifetime_ratio

ID = "target-counter-agg"

_GROWTH: Final = frozenset({
    "absent", "absent_over_time", "changes", "count_over_time", "delta", "deriv", "idelta", "increase", "irate",
    "present_over_time", "rate", "resets", "timestamp",
})  # fmt: skip
"""Functions that don't return a counter's value: its growth, or whether and when it is there."""

_PRESENCE: Final = frozenset({"count", "count_values", "group"})


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Queries in which a metric that is named as a counter is."""
    for panel, query in panel_queries(dashboard, estate.sources, "_total"):
        found = facts(placeholder(query.text))
        raw = [selector for selector in found.selectors if _is_raw(selector)] if found else []
        if raw:
            yield estate.finding(
                ID,
                "warning",
                dashboard.definition,
                panel.at(query.path),
                f"{dashboard.about(panel)}, {query.what}",
                f"{raw[0].name} is a counter: its value is what was counted since somebody started it",
                f"ask how fast it grows: rate({raw[0].name}[$__rate_interval]), or increase(…)",
            )


def _is_raw(selector: VectorSelector) -> bool:
    name = selector.name or ""
    if not name.endswith("_total") or ":" in name or stands_in(name):
        return False
    node: Node = selector
    while (parent := node.parent) is not None:
        if isinstance(parent, Call) and parent.function in _GROWTH:
            return False
        if isinstance(parent, Aggregation) and parent.operation in _PRESENCE:
            return False
        if isinstance(parent, Operation) and (
            _leaves_out_the_value(parent, node)
            or lifetime_ratio(parent) is not None  # which another check tells of
        ):
            return False
        node = parent
    return True


def _leaves_out_the_value(operation: Operation, operand: Node) -> bool:
    """Whether only what is there counts of an operand, or its distance from an earlier value."""
    if operation.operator in ("and", "unless"):
        return operand is operation.right
    return operation.is_bool or operation.operator in COMPARISONS or operation.operator == "-"
