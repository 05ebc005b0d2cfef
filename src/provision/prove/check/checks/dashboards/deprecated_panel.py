"""Every panel is of a type that a present Grafana still has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.together import panels, together

ID = "deprecated-panel"

_CONVERTED: Final = {
    "grafana-piechart-panel": "piechart",
    "grafana-singlestat-panel": "stat",
    "grafana-worldmap-panel": "geomap",
    "graph": "timeseries",
    "graphite": "timeseries",
    "natel-discrete-panel": "state-timeline",
    "singlestat": "stat",
    "table-old": "table",
}
"""What Grafana 12 makes of a type when it opens a dashboard. Source: Grafana 12.4, `autoMigrateAngular`."""

_GONE: Final = {
    "agenty-flowcharting-panel": "canvas",
    "alertGroups": "alertlist",
    "flant-statusmap-panel": "status-history",
    "marcuscalidus-svg-panel": "canvas",
    "natel-plotly-panel": "xychart",
    "pluginlist": "",
    "ryantxu-ajax-panel": "",
    "ryantxu-annolist-panel": "annolist",
    "vonage-status-panel": "stat",
}
"""Types that nothing is made of, and what shows the like: plug-ins on AngularJS, which Grafana 12 no longer runs, and
panels that it no longer brings along."""


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all panels of the dashboard of one such type."""
    found: dict[str, list[Panel]] = {}
    for panel in dashboard.panels:
        type_ = text_of(panel.body, "type")
        if type_ in _CONVERTED or type_ in _GONE:
            found.setdefault(type_, []).append(panel)
    for type_, of_it in found.items():
        new = _CONVERTED.get(type_) or _GONE.get(type_, "")
        what = (
            "converts them whenever the dashboard is opened"
            if type_ in _CONVERTED
            else "shows nothing in their place"
        )
        yield from together(
            estate, ID, "warning", dashboard, panels(of_it, "type"),
            f"panels of type {type_} are gone since Grafana 12, which {what}",
            f"make it a {new}, and look whether it shows what it should" if new else "leave it out",
        )  # fmt: skip
