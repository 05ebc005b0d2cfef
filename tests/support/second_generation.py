"""Dashboards of Grafana's second generation (v2) for tests, as grafana-foundation-sdk and Grafana write them."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import dashboardv2, dashboardv2beta1, prometheus, timeseries


def built(title: str = "Shop") -> Any:
    """A builder of schema `v2`: a panel with a transformation in an automatic grid in a tab, and a variable."""
    source = dashboardv2.Dashboardv2DataQueryKindDatasource().name("prometheus")
    query = prometheus.QueryV2().expr('sum(rate(http_requests_total{job="$job"}[5m]))').datasource(source)
    group = (
        dashboardv2.QueryGroup()
        .target(dashboardv2.Target().ref_id("A").query(query))
        .transformation(dashboardv2.Transformation().group("reduce").options({"reducers": ["max"]}))
    )
    panel = (
        dashboardv2.Panel()
        .title("Rate")
        .data(group)
        .visualization(timeseries.VisualizationV2().unit("reqps"))
    )
    jobs = prometheus.QueryV2().expr("label_values(up, job)").datasource(source)
    tab = dashboardv2.tab("Traffic").layout(dashboardv2.auto_grid().item(dashboardv2.auto_grid_item("rate")))
    return (
        dashboardv2.Dashboard(title)
        .tags(["shop"])
        .element("rate", panel)
        .variable(dashboardv2.QueryVariable("job").query(jobs))
        .layout(dashboardv2.tabs().tab(tab))
    )


def built_beta(title: str = "Shop") -> Any:
    """A builder of schema `v2beta1`, with the same transformation in its words."""
    query = prometheus.Query().expr("up")
    group = (
        dashboardv2beta1.QueryGroup()
        .target(dashboardv2beta1.Target().ref_id("A").query(query))
        .transformation(
            dashboardv2beta1.Transformation().kind("reduce").id("reduce").options({"reducers": ["max"]})
        )
    )
    panel = dashboardv2beta1.Panel().id(7).title("Up").data(group).visualization(timeseries.Visualization())
    grid = dashboardv2beta1.grid().item(dashboardv2beta1.grid_item("up").x(0).y(0).width(12).height(8))
    return dashboardv2beta1.Dashboard(title).element("up", panel).layout(grid)


def panel(expr: str = "up", datasource: str | None = "prometheus", **more: Any) -> dict[str, Any]:
    """An element as Grafana's page writes it."""
    query: dict[str, Any] = {
        "kind": "DataQuery",
        "group": "prometheus",
        "version": "v0",
        "spec": {"expr": expr},
    }
    if datasource is not None:
        query["datasource"] = {"name": datasource}
    queries = [{"kind": "PanelQuery", "spec": {"refId": "A", "hidden": False, "query": query}}]
    visual = {"options": {}, "fieldConfig": {"defaults": {}, "overrides": []}}
    return {
        "kind": "Panel",
        "spec": {
            "id": 1, "title": "Up", "description": "", "links": [],
            "data": {"kind": "QueryGroup", "spec": {"queries": queries, "transformations": [], "queryOptions": {}}},
            "vizConfig": {"kind": "VizConfig", "group": "timeseries", "version": "12.4.0", "spec": visual},
            **more,
        },
    }  # fmt: skip


def spec(title: str = "Shop", elements: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A bare spec with its elements in a grid, and nothing else."""
    shown = {"panel-1": panel()} if elements is None else elements
    items = [
        {"kind": "GridLayoutItem", "spec": {"x": 0, "y": 8 * row, "width": 12, "height": 8,
                                            "element": {"kind": "ElementReference", "name": name}}}
        for row, name in enumerate(shown)
    ]  # fmt: skip
    layout = {"kind": "GridLayout", "spec": {"items": items}}
    return {"title": title, "elements": shown, "layout": layout, **more}
