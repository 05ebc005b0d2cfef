"""Options of single panel classes that the golden files don't show, or that are easy to get wrong."""

from __future__ import annotations

from typing import Any

import pytest
from grafanalib import core as G

from provision.compile.normalize import from_grafanalib


def panel(made: Any) -> dict[str, Any]:
    (only,) = from_grafanalib(G.Dashboard(title="x", panels=[made]))["panels"]
    return only  # type: ignore[no-any-return]  # JSON


def defaults(made: Any) -> dict[str, Any]:
    return panel(made)["fieldConfig"]["defaults"]  # type: ignore[no-any-return]  # JSON


def custom(**options: Any) -> dict[str, Any]:
    return defaults(G.Graph(title="a", **options))["custom"]  # type: ignore[no-any-return]  # JSON


def properties(**options: Any) -> dict[str, Any]:
    panel_options = options.pop("panel", {})
    made = panel(
        G.Graph(title="a", seriesOverrides=[G.SeriesOverride(alias="s", **options)], **panel_options)
    )
    return {
        prop["id"]: prop["value"] for rule in made["fieldConfig"]["overrides"] for prop in rule["properties"]
    }


def test_a_plain_graph_looks_as_it_did() -> None:
    made = panel(G.Graph(title="a"))
    assert made["type"] == "timeseries"
    assert made["fieldConfig"] == {
        "defaults": {
            "color": {"mode": "palette-classic"},
            "custom": {
                "axisPlacement": "auto",
                "drawStyle": "line",
                "fillOpacity": 10,
                "gradientMode": "none",
                "lineInterpolation": "linear",
                "lineWidth": 2,
                "scaleDistribution": {"type": "linear"},
                "showPoints": "never",
                "spanNulls": True,
                "stacking": {"group": "A", "mode": "none"},
            },
            "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}]},
            "unit": "short",
        },
        "overrides": [],
    }
    assert made["options"] == {
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "none"},
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"bars": True, "lines": False}, {"drawStyle": "bars", "fillOpacity": 100, "showPoints": "never"}),
        ({"lines": False, "points": True}, {"drawStyle": "points", "showPoints": "always", "pointSize": 12}),
        ({"lines": False}, {"drawStyle": "points", "showPoints": "always"}),
        ({"extraJson": {"fillGradient": 5}}, {"gradientMode": "opacity", "fillOpacity": 50}),
        ({"nullPointMode": G.NULL_AS_NULL}, {"spanNulls": False}),
        ({"stack": True}, {"stacking": {"mode": "normal", "group": "A"}}),
        ({"percentage": True}, {"stacking": {"mode": "none", "group": "A"}}),
        ({"steppedLine": True}, {"lineInterpolation": "stepAfter"}),
        ({"lineWidth": 0}, {"lineWidth": 0}),
        ({"extraJson": {"dashes": True, "dashLength": 4}}, {"lineStyle": {"fill": "dash", "dash": [4, 10]}}),
        ({"yAxes": G.single_y_axis(show=False, logBase=1024)}, {"axisPlacement": "hidden", "scaleDistribution": {"type": "log", "log": 2}}),
    ],
)  # fmt: skip
def test_lines_of_a_graph(options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert custom(**options).items() >= expected.items()


def test_units_and_decimals_of_a_graph() -> None:
    assert defaults(G.Graph(title="a", unit="bytes"))["unit"] == "bytes"
    assert defaults(G.Graph(title="a", yAxes=G.single_y_axis(format="s", decimals=1)))["unit"] == "s"
    assert defaults(G.Graph(title="a", extraJson={"decimals": 3}))["decimals"] == 3
    assert (
        defaults(G.Graph(title="a", yAxes=G.single_y_axis(decimals=1), extraJson={"decimals": 3}))["decimals"]
        == 1
    )


def test_percent_stacks_have_no_limits() -> None:
    axes = G.single_y_axis(min=0, max=5)
    assert not {"min", "max"} & set(defaults(G.Graph(title="a", stack=True, percentage=True, yAxes=axes)))
    assert defaults(G.Graph(title="a", stack=True, yAxes=axes)).items() >= {"min": 0, "max": 5}.items()


def test_legend_and_tooltip_of_a_graph() -> None:
    options = panel(
        G.Graph(title="a", legend=G.Legend(show=False, current=True), tooltip=G.Tooltip(shared=False, sort=2))
    )["options"]
    assert options["legend"] == {
        "calcs": ["lastNotNull"],
        "displayMode": "list",
        "placement": "bottom",
        "showLegend": False,
    }
    assert options["tooltip"] == {"mode": "single", "sort": "none"}
    options = panel(
        G.Graph(title="a", legend=G.Legend(current=True, values=False), tooltip=G.Tooltip(sort=1))
    )["options"]
    assert options["legend"]["calcs"] == []
    assert options["tooltip"] == {"mode": "multi", "sort": "asc"}


@pytest.mark.parametrize(
    ("lines", "steps", "style"),
    [
        ([(10, "gt", "critical")], [("transparent", None), ("red", 10)], "line+area"),
        ([(10, "lt", "warning")], [("orange", None), ("transparent", 10)], "line+area"),
        ([(10, "lt", "critical"), (20, "gt", "warning")], [("red", None), ("transparent", 10), ("orange", 20)], "line+area"),
        ([(20, "gt", "critical"), (10, "gt", "ok")], [("transparent", None), ("green", 10), ("red", 20)], "line+area"),
        ([(10, "lt", "critical"), (20, "lt", "warning")], [("red", None), ("orange", 10), ("transparent", 20)], "line+area"),
    ],
)  # fmt: skip
def test_thresholds_of_a_graph_are_regions(lines: Any, steps: Any, style: str) -> None:
    thresholds = [
        G.GraphThreshold(value=float(value), op=op, colorMode=colour) for value, op, colour in lines
    ]
    made = defaults(G.Graph(title="a", thresholds=thresholds))
    assert [(step["color"], step["value"]) for step in made["thresholds"]["steps"]] == steps
    assert made["custom"]["thresholdsStyle"] == {"mode": style}


@pytest.mark.parametrize(
    ("fill", "line", "style"), [(True, False, "area"), (False, True, "line"), (False, False, "off")]
)
def test_thresholds_of_a_graph_are_areas_or_lines(fill: bool, line: bool, style: str) -> None:
    made = custom(thresholds=[G.GraphThreshold(value=1.0, fill=fill, line=line)])
    assert made["thresholdsStyle"] == {"mode": style}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"fill": 5}, {"custom.fillOpacity": 50}),
        ({"bars": True}, {"custom.drawStyle": "bars", "custom.fillOpacity": 100}),
        ({"lines": False}, {"custom.lineWidth": 0}),
        ({"color": "blue"}, {"color": {"mode": "fixed", "fixedColor": "blue"}}),
        ({"dashes": True, "spaceLength": 3}, {"custom.lineStyle": {"fill": "dash", "dash": [10, 3]}}),
        ({"fillBelowTo": "min"}, {"custom.fillBelowTo": "min", "custom.fillOpacity": 35}),
        ({"yaxis": 2}, {"custom.axisPlacement": "right"}),
        ({"yaxis": 2, "panel": {"yAxes": G.YAxes(right=G.YAxis(format="s", show=False))}}, {"custom.axisPlacement": "hidden", "unit": "s"}),
        ({"panel": {"bars": True}}, {"custom.drawStyle": "line", "custom.fillOpacity": 10}),
    ],
)  # fmt: skip
def test_series_overrides_say_what_differs(options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert properties(**options) == expected


def test_series_overrides_of_a_graph_s_own_json() -> None:
    own = {
        "alias": "s", "points": True, "linewidth": 4, "pointradius": 2, "stack": "B", "transform": "negative-Y",
        "lines": False,
    }  # fmt: skip
    made = panel(
        G.Graph(
            title="a",
            extraJson={
                "seriesOverrides": [own, {"alias": "t", "stack": False, "points": False}, {"fill": 9}]
            },
        )
    )
    (rule,) = made["fieldConfig"]["overrides"]
    assert rule["matcher"] == {"id": "byName", "options": "s"}
    assert {prop["id"]: prop["value"] for prop in rule["properties"]} == {
        "custom.lineWidth": 4,
        "custom.pointSize": 6,
        "custom.showPoints": "always",
        "custom.stacking": {"mode": "normal", "group": "B"},
        "custom.transform": "negative-Y",
    }


def test_a_hidden_value_axis_leaves_the_time_axis_unless_that_is_hidden_too() -> None:
    axes = G.single_y_axis(show=False)
    (rule,) = panel(G.Graph(title="a", yAxes=axes))["fieldConfig"]["overrides"]
    assert rule["properties"] == [{"id": "custom.axisPlacement", "value": "auto"}]
    (rule,) = panel(G.Graph(title="a", yAxes=axes, xAxis=G.XAxis(show=False)))["fieldConfig"]["overrides"]
    assert rule["properties"] == [{"id": "custom.axisPlacement", "value": "hidden"}]


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ({"colorBackground": True}, "colorMode", "background"),
        ({"colorValue": True}, "colorMode", "value"),
        ({}, "colorMode", "none"),
        ({}, "graphMode", "none"),
        ({"sparkline": G.SparkLine(show=True)}, "graphMode", "area"),
        ({"valueName": "name"}, "textMode", "name"),
        ({"valueName": "total"}, "reduceOptions", {"calcs": ["sum"], "values": False}),
        ({"valueName": "range"}, "reduceOptions", {"calcs": ["range"], "values": False}),
        (
            {"extraJson": {"tableColumn": "x"}},
            "reduceOptions",
            {"calcs": ["mean"], "fields": "/^x$/", "values": False},
        ),
    ],
)
def test_options_of_a_single_stat(options: dict[str, Any], field: str, value: Any) -> None:
    made = panel(G.SingleStat(title="a", **options))
    assert made["type"] == "stat"
    assert made["options"][field] == value


def test_colours_of_a_single_stat() -> None:
    line = defaults(G.SingleStat(title="a", sparkline=G.SparkLine(show=True)))
    assert line["color"] == {"mode": "fixed", "fixedColor": "rgb(31, 120, 193)"}
    coloured = defaults(G.SingleStat(title="a", colorValue=True, colors=["#1", "#2", "#3"]))
    assert coloured["thresholds"]["steps"] == [{"color": "#1", "value": None}]
    listed = defaults(G.SingleStat(title="a", thresholds=[G.Threshold("red", 1, 5.0)]))
    assert listed["thresholds"]["steps"] == [{"color": "green", "value": None}, {"color": "red", "value": 5}]


@pytest.mark.parametrize(
    ("options", "fields", "mode"),
    [
        ({"prefix": "$ ", "postfix": " "}, {"unit": "prefix:$ "}, "auto"),
        ({"postfix": "req", "format": "short"}, {"unit": "suffix:req"}, "auto"),
        ({"prefix": "up ", "format": "s"}, {"unit": "s", "displayName": "up"}, "value_and_name"),
        ({"prefix": "a", "postfix": "b"}, {"displayName": "a … b"}, "value_and_name"),
    ],
)
def test_text_around_a_single_stat_s_value(
    options: dict[str, Any], fields: dict[str, Any], mode: str
) -> None:
    made = panel(G.SingleStat(title="a", **options))
    assert made["fieldConfig"]["defaults"].items() >= fields.items()
    assert made["options"]["textMode"] == mode


def test_a_single_stat_with_a_gauge_and_text_is_a_gauge_with_a_name() -> None:
    made = panel(G.SingleStat(title="a", prefix="a", format="s", gauge=G.Gauge(show=True, maxValue=5)))
    assert made["type"] == "gauge"
    assert "textMode" not in made["options"]
    assert made["fieldConfig"]["defaults"].items() >= {"displayName": "a", "min": 0, "max": 5}.items()


def test_a_stat_s_words_are_grafana_s() -> None:
    made = panel(G.Stat(title="a", noValue="-", color=G.RED, reduceCalc="current", format="none"))
    assert made["fieldConfig"]["defaults"]["noValue"] == "-"
    assert made["fieldConfig"]["defaults"]["color"] == {
        "mode": "fixed",
        "fixedColor": "rgba(245, 54, 54, 0.9)",
    }
    assert made["options"]["reduceOptions"]["calcs"] == ["lastNotNull"]
    assert "unit" not in made["fieldConfig"]["defaults"]
    assert defaults(G.Stat(title="a", color={"mode": "palette-classic"}))["color"] == {
        "mode": "palette-classic"
    }


def test_gauges_in_the_present_form_are_left_alone() -> None:
    modern = {"reduceOptions": {"calcs": ["p95"]}, "orientation": "vertical"}
    made = panel(
        G.BarGauge(title="a", extraJson={"options": modern, "fieldConfig": {"defaults": {"unit": "s"}}})
    )
    assert made["options"]["reduceOptions"]["calcs"] == ["p95"]
    assert made["fieldConfig"]["defaults"]["unit"] == "s"
    bare = {"type": "bargauge", "title": "a", "options": modern}
    assert panel(bare)["options"] == modern
    bare = {"type": "gauge", "title": "a", "options": {"showThresholdLabels": True}}
    assert panel(bare)["options"] == {"showThresholdLabels": True, "showThresholdMarkers": True}


@pytest.mark.parametrize(
    ("mode", "cell"),
    [
        ("auto", {"type": "auto"}),
        ("color-text", {"type": "color-text"}),
        ("color-background", {"type": "color-background", "mode": "gradient"}),
        ("color-background-solid", {"type": "color-background", "mode": "basic"}),
        ("gradient-gauge", {"type": "gauge", "mode": "gradient"}),
        ("lcd-gauge", {"type": "gauge", "mode": "lcd"}),
        ("basic", {"type": "gauge", "mode": "basic"}),
        ("json-view", {"type": "json-view"}),
    ],
)
def test_cells_of_a_table(mode: str, cell: dict[str, str]) -> None:
    assert defaults(G.Table(title="a", displayMode=mode))["custom"]["cellOptions"] == cell


@pytest.mark.parametrize(
    ("transform", "steps"),
    [
        (G.ROWS_TRANSFORM, [{"id": "seriesToRows", "options": {}}]),
        (G.COLUMNS_TRANSFORM, [{"id": "joinByField", "options": {}}]),
        (G.TABLE_TRANSFORM, [{"id": "merge", "options": {}}]),
        (
            G.AGGREGATIONS_TRANSFORM,
            [{"id": "reduce", "options": {"includeTimeField": False, "reducers": ["sum"]}}],
        ),
        (G.JSON_TRANSFORM, None),
    ],
)
def test_what_the_old_table_made_of_series_is_a_transformation(transform: str, steps: Any) -> None:
    made = panel(G.Table(title="a", columns=[G.Column("Sum", "total")], extraJson={"transform": transform}))
    assert made.get("transformations") == steps


def test_styles_of_columns_of_the_old_table() -> None:
    styles = [
        G.ColumnStyle(
            pattern="Value",
            align="center",
            type=G.NumberColumnStyleType(colorMode="value", thresholds=[1, 2]),
        ),
        G.ColumnStyle(
            pattern="State", type=G.StringColumnStyleType(mappingType=2, rangeMaps=[G.RangeMap(0, 1, "low")])
        ),
    ]
    one, two = panel(G.Table(title="a", extraJson={"styles": styles, "type": "table-old"}))["fieldConfig"][
        "overrides"
    ]
    found = {prop["id"]: prop["value"] for prop in one["properties"]}
    assert found["custom.align"] == "center"
    assert found["custom.cellOptions"] == {"type": "color-text"}
    assert [step["value"] for step in found["thresholds"]["steps"]] == [None, 1, 2]
    assert two["properties"][-1]["value"][0]["options"]["to"] == 1


def test_heatmaps_count_or_measure_their_buckets() -> None:
    made = panel(G.Heatmap(title="a", xBucketNumber=5, yBucketSize=0.5, tooltip=G.Tooltip()))["options"]
    assert made["calculation"] == {
        "xBuckets": {"mode": "count", "value": "5"},
        "yBuckets": {"mode": "size", "value": "0.5"},
    }
    made = panel(
        G.Heatmap(
            title="a",
            yAxis=G.YAxis(logBase=10),
            extraJson={"yAxis": {"splitFactor": 2}, "tooltip": {"show": False}},
        )
    )["options"]
    assert made["calculation"]["yBuckets"] == {
        "mode": "count",
        "scale": {"type": "log", "log": 10},
        "value": "2",
    }
    assert made["tooltip"]["mode"] == "none"


def test_colours_of_a_heatmap() -> None:
    for name, scheme in (
        ("interpolateOranges", "Oranges"),
        ("interpolateBuGn", "BuGn"),
        ("unheard of", "Oranges"),
    ):
        assert (
            panel(G.Heatmap(title="a", color=G.HeatmapColor(colorScheme=name)))["options"]["color"]["scheme"]
            == scheme
        )


def test_heatmaps_take_present_options_from_extra_json() -> None:
    made = panel(G.Heatmap(title="a", extraJson={"options": {"color": {"scheme": "Blues"}}}))["options"]
    assert made["color"]["scheme"] == "Blues"
    assert made["calculate"] is True


@pytest.mark.parametrize(
    ("options", "location"),
    [
        ({"locationData": "states"}, {"mode": "lookup", "gazetteer": "public/gazetteer/usa-states.json"}),
        ({"locationData": "geohash", "geoPoint": "where"}, {"mode": "geohash", "geohash": "where"}),
        ({"locationData": "json_endpoint", "jsonUrl": "/x.json"}, {"mode": "lookup", "gazetteer": "/x.json"}),
        ({"locationData": "table"}, {"mode": "geohash", "geohash": "geohash"}),
        (
            {"locationData": "table", "extraJson": {"tableQueryOptions": {"queryType": "coordinates"}}},
            {"mode": "coords", "latitude": "latitude", "longitude": "longitude"},
        ),
    ],
)
def test_places_of_a_world_map(options: dict[str, Any], location: dict[str, str]) -> None:
    made = panel(G.Worldmap(title="a", **options))
    (layer,) = made["options"]["layers"]
    assert layer["location"] == location
    assert ("field" in layer["config"]["style"]["size"]) is (location["mode"] != "lookup")
    assert ("transformations" in made) is (location["mode"] == "lookup")


def test_a_world_map_without_thresholds_or_unit() -> None:
    made = defaults(G.Worldmap(title="a", thresholds=""))
    assert made["thresholds"]["steps"] == [{"color": "green", "value": None}]
    assert "unit" not in made


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"writeAllValues": True}, "always"),
        ({"writeLastValue": True}, "auto"),
        ({"writeLastValue": False}, "never"),
    ],
)
def test_values_in_a_discrete_panel(options: dict[str, Any], shown: str) -> None:
    made = panel(G.Discrete(title="a", highlightOnMouseover=False, **options))
    assert made["type"] == "state-timeline"
    assert made["options"]["showValue"] == shown
    assert made["options"]["tooltip"]["mode"] == "none"


def test_a_status_map_of_a_scale_is_coloured_by_it() -> None:
    made = panel(G.Statusmap(title="a", color=G.StatusmapColor(min=0, max=5)))
    assert made["type"] == "status-history"
    assert (
        made["fieldConfig"]["defaults"].items()
        >= {"color": {"mode": "continuous-GrYlRd"}, "min": 0, "max": 5}.items()
    )
    assert (
        "mappings" not in made["fieldConfig"]["defaults"] or made["fieldConfig"]["defaults"]["mappings"] == []
    )
    empty = G.Statusmap(title="a", color=G.StatusmapColor(mode="discrete"))
    assert defaults(empty)["mappings"] == []


@pytest.mark.parametrize(
    ("options", "legend", "labels"),
    [
        ({}, ("right", True), None),
        ({"legendType": "Under graph", "showLegend": False}, ("bottom", False), None),
        ({"legendType": "On graph"}, ("right", False), ["name", "value"]),
    ],
)
def test_legends_of_a_pie_chart(options: dict[str, Any], legend: tuple[str, bool], labels: Any) -> None:
    made = panel(G.PieChart(title="a", **options))["options"]
    assert (made["legend"]["placement"], made["legend"]["showLegend"]) == legend
    assert made.get("displayLabels") == labels


def test_alert_lists_show_all_states_unless_told() -> None:
    made = panel(G.AlertList(title="a"))["options"]
    assert all(made["stateFilter"].values())
    assert made["dashboardAlerts"] is True
    assert (
        panel(G.AlertList(title="a", alertName="x", show="changes"))["options"].items()
        >= {"alertName": "x", "sortOrder": 5}.items()
    )


def test_lists_and_texts_have_no_field_options() -> None:
    for made in (
        G.AlertList(title="a"),
        G.DashboardList(title="a"),
        G.News(title="a"),
        G.Text(title="a", mode="html"),
    ):
        assert "fieldConfig" not in panel(made)
    assert panel(G.Text(title="a", content="x", mode="html"))["options"] == {"content": "x", "mode": "html"}


def test_a_bar_chart_s_colour_is_fixed_when_it_says_so() -> None:
    assert defaults(G.BarChart(title="a", colorMode="fixed", fixedColor="red"))["color"] == {
        "mode": "fixed",
        "fixedColor": "red",
    }
    assert defaults(G.BarChart(title="a", axisLabel="x"))["custom"]["axisLabel"] == "x"


def test_a_library_panel_is_a_reference() -> None:
    made = panel(
        {
            "type": "library-panel-ref",
            "title": "a",
            "libraryPanel": {"uid": "x", "name": "X"},
            "options": {"y": 1},
        }
    )
    assert made.keys() == {"gridPos", "id", "libraryPanel", "title"}
