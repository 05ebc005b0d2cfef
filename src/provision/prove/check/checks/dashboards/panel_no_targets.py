"""Every panel that shows data asks for some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.references import BUILT_IN, reference
from provision.prove.check.together import panels, together

ID = "panel-no-targets"

_DASHBOARD: Final = "-- Dashboard --"
"""The data source that gives what another panel of the dashboard has asked for."""

_TYPES: Final = frozenset({
    "barchart", "bargauge", "candlestick", "flamegraph", "gauge", "grafana-piechart-panel", "graph", "heatmap", "histogram",
    "logs", "nodeGraph", "piechart", "singlestat", "stat", "state-timeline", "status-history", "table", "table-old",
    "timeseries", "traces", "trend", "xychart",
})  # fmt: skip


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all panels of the dashboard that have no query, one for those whose queries are all hidden, and
    one for those that show the data of panels which aren't there."""
    without: list[Panel] = []
    hidden: list[Panel] = []
    for panel in dashboard.panels:
        targets = panel.body.get("targets")
        if isinstance(targets, list) and targets:
            if all(isinstance(one, dict) and one.get("hide") is True for one in targets) and _shows_data(
                panel
            ):
                hidden.append(panel)
        elif _shows_data(panel):
            without.append(panel)
    yield from together(
        estate, ID, "warning", dashboard, panels(without, "targets"),
        "it asks for nothing and stays empty", "give it a query, or leave it out",
    )  # fmt: skip
    yield from together(
        estate, ID, "warning", dashboard, panels(_orphans(dashboard), "targets"),
        "it shows the data of a panel that isn't there, and stays empty", "show that of another, or give it a query of its own",
    )  # fmt: skip
    yield from together(
        estate, ID, "warning", dashboard, panels(hidden, "targets"),
        "its queries are all hidden, so that it stays empty", "show one of them, or leave the panel out",
    )  # fmt: skip


def _orphans(dashboard: Dashboard) -> list[Panel]:
    """Panels that show the data of others, none of which is there."""
    known = {panel.body.get("id") for panel in dashboard.panels if isinstance(panel.body.get("id"), int)}
    found = []
    for panel in dashboard.panels:
        own = panel.body.get("datasource")
        targets = [target for _, target in objects(panel.body.get("targets"))]
        shown = [
            target.get("panelId")
            for target in targets
            if reference(target.get("datasource") or own) == _DASHBOARD
        ]
        if (
            shown
            and len(shown) == len(targets)
            and not any(each in known for each in shown if isinstance(each, int))
        ):
            found.append(panel)
    return found


def _shows_data(panel: Panel) -> bool:
    """Whether it would show what its own queries give. What is in a library isn't known; a Grafana draws examples
    of its own, and what a snapshot kept."""
    body = panel.body
    return (
        text_of(body, "type") in _TYPES
        and not body.get("libraryPanel")
        and not body.get("snapshotData")
        and reference(body.get("datasource")) not in BUILT_IN
    )
