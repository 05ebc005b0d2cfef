"""No panel draws more series than somebody can tell apart, as far as its queries say how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import Aggregation, Number
from provision.promql.variables import placeholder
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.queries import queries_of

ID = "crowded-panel"

_TYPES: Final = frozenset(
    {"barchart", "bargauge", "gauge", "graph", "piechart", "stat", "timeseries", "trend"}
)

_LEAVING: Final = ("topk", "bottomk", "limitk")


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    queries: queries that a panel may have.
    series: series that topk, bottomk and limitk may leave.
    """

    queries: int = 12
    series: int = 20


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Panels that draw more."""
    settings = estate.settings(ID, Settings)
    for panel in dashboard.panels:
        targets = panel.body.get("targets")
        if not isinstance(targets, list) or text_of(panel.body, "type") not in _TYPES:
            continue
        if len(targets) > settings.queries:
            shown = sum(isinstance(one, dict) and one.get("hide") is not True for one in targets)
            if shown > settings.queries:
                yield estate.finding(
                    ID, "info", dashboard.definition, panel.at("targets"), dashboard.about(panel),
                    f"it draws the results of {shown} queries: more than {settings.queries} are hard to tell apart",
                    "draw what is compared, and the rest in panels of its own",
                )  # fmt: skip
        texts = [text_of(target, "expr") for target in targets]
        for function in _LEAVING:
            if any(function in text for text in texts):
                yield from _many(estate, dashboard, panel, function, settings.series)


def _many(estate: Estate, dashboard: Dashboard, panel: Panel, function: str, most: int) -> Iterator[Finding]:
    for query in queries_of(panel, dashboard, estate.sources, function):
        found = facts(placeholder(query.text))
        root = found.root if found else None
        if isinstance(root, Aggregation) and root.operation == function:
            count = root.parameter
            if isinstance(count, Number) and count.value > most:
                yield estate.finding(
                    ID, "info", dashboard.definition, panel.at(query.path), f"{dashboard.about(panel)}, {query.what}",
                    f"{root.operation} leaves {count.value:g} series: more than {most} are hard to tell apart",
                    f"leave fewer, such as {root.operation}(10, …)",
                )  # fmt: skip
