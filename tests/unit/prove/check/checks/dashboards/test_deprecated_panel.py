from __future__ import annotations

from support.checking import dashboard, found, panel


def test_each_type_is_told_once() -> None:
    panels = [panel("up", type=type_) for type_ in ("graph", "timeseries", "graph", "vonage-status-panel")]
    said = found(dashboard(*panels), ids={"deprecated-panel"})
    assert [(each.subject, each.message) for each in said] == [
        (
            'dashboard "Shop", panel "Orders"',
            "panels of type vonage-status-panel are gone since Grafana 12, which shows nothing in their place",
        ),
        (
            'dashboard "Shop", panel "Orders", and 1 more',
            "panels of type graph are gone since Grafana 12, which converts them whenever the dashboard is opened",
        ),
    ]


def test_what_has_no_successor_is_left_out() -> None:
    (said,) = found(dashboard({"type": "pluginlist"}, {"type": ["graph"]}), ids={"deprecated-panel"})
    assert said.remedy == "leave it out"
