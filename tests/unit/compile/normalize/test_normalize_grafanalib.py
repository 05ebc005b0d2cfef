from __future__ import annotations

import contextlib
import io
from typing import Any

import attr
import pytest
from grafanalib import core as G

from provision.compile.normalize import from_grafanalib
from provision.model import encode


def dashboard(*panels: Any, **options: Any) -> dict[str, Any]:
    return from_grafanalib(G.Dashboard(title="x", panels=list(panels), **options))


def panel(made: Any, **options: Any) -> dict[str, Any]:
    (only,) = dashboard(made, **options)["panels"]
    return only  # type: ignore[no-any-return]  # JSON


def test_what_nobody_said_is_not_there() -> None:
    made = panel(G.TimeSeries(title="CPU", targets=[G.Target(expr="up")]))
    assert made.keys() == {
        "fieldConfig",
        "gridPos",
        "id",
        "options",
        "pluginVersion",
        "targets",
        "title",
        "type",
    }
    assert made["targets"] == [{"editorMode": "code", "expr": "up", "range": True, "refId": "A"}]


def test_what_somebody_said_is() -> None:
    made = panel(
        G.TimeSeries(
            title="CPU", description="Busy", maxDataPoints=500, interval="30s", timeFrom="1h", timeShift="1d",
            hideTimeOverride=True, transparent=True, cacheTimeout="60", links=[G.DataLink(title="a", linkUrl="/b")],
        )
    )  # fmt: skip
    assert made["maxDataPoints"] == 500
    assert (made["interval"], made["timeFrom"], made["timeShift"], made["cacheTimeout"]) == (
        "30s",
        "1h",
        "1d",
        "60",
    )
    assert (made["hideTimeOverride"], made["transparent"], made["description"]) == (True, True, "Busy")
    assert made["links"] == [{"targetBlank": False, "title": "a", "url": "/b"}]


def test_the_input_is_not_changed() -> None:
    made = G.Dashboard(
        title="x",
        templating=G.Templating(list=[G.Template(name="a", query="x,y", type="custom")]),
        panels=[
            G.TimeSeries(title="a", stacking={"mode": "normal"}, overrides=[{"matcher": {}, "properties": [{"id": "thresholds", "value": {"steps": []}}]}]),
            G.RowPanel(title="r", collapsed=True, panels=[G.Stat(title="b", mappings=[{"type": 1, "value": "1", "text": "x"}])]),
            G.Heatmap(title="h"),
        ],
    )  # fmt: skip
    before = attr.asdict(made)
    from_grafanalib(made)
    assert attr.asdict(made) == before


def test_grafanalib_s_advice_is_not_printed() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert panel(G.PieChart(title="a"))["type"] == "piechart"
    assert printed.getvalue() == ""


def test_dashboard_settings_of_old_become_those_of_now() -> None:
    made = from_grafanalib(
        G.Dashboard(
            title="x", sharedCrosshair=True, hideControls=True, gnetId=5, style="light", refresh=False, id=9, version=4,
            timePicker=G.TimePicker(refreshIntervals=["5s"], timeOptions=["1h"], nowDelay="1m"),
        )
    )  # fmt: skip
    assert made["graphTooltip"] == 1
    assert made["timepicker"] == {"hidden": True, "nowDelay": "1m", "refresh_intervals": ["5s"]}
    assert made["refresh"] == ""
    assert not {"gnetId", "style", "id", "version", "uid", "description", "__inputs"} & set(made)
    assert dashboard()["timepicker"] == {}
    assert dashboard(refresh="10s")["refresh"] == "10s"


def test_the_built_in_annotations_are_there_once() -> None:
    own = {
        "builtIn": 1,
        "name": "Mine",
        "datasource": "-- Grafana --",
        "enable": False,
        "hide": True,
        "iconColor": "red",
        "type": "dashboard",
    }
    made = dashboard(annotations=G.Annotations(list=[own]))["annotations"]["list"]
    assert made == [{**own, "datasource": {"type": "grafana", "uid": "-- Grafana --"}}]
    assert [entry["name"] for entry in dashboard()["annotations"]["list"]] == ["Annotations & Alerts"]


def test_inputs_stay_for_the_step_that_binds_them() -> None:
    inputs = [G.DataSourceInput(name="DS_PROM", label="P", pluginId="prometheus", pluginName="Prometheus")]
    assert dashboard(inputs=inputs)["__inputs"][0]["name"] == "DS_PROM"


def test_rows_and_panels_at_once_are_refused() -> None:
    both = G.Dashboard(title="x", panels=[G.Stat(title="a")], rows=[G.Row(panels=[G.Stat(title="b")])])
    with pytest.raises(ValueError, match="it has both rows and panels, of which grafanalib drops the panels"):
        from_grafanalib(both)


@pytest.mark.parametrize(
    "made",
    [
        G.Graph(title="CPU", alert=G.Alert(name="a", message="m", alertConditions=[])),
        G.Statusmap(title="CPU", alert=G.Alert(name="a", message="m", alertConditions=[])),
        G.TimeSeries(title="CPU", extraJson={"alert": {"name": "a"}}),
    ],
)
def test_a_panel_s_own_alert_is_refused_rather_than_lost(made: Any) -> None:
    with pytest.raises(
        ValueError, match=r"panel 'CPU' \(.*\): it has an alert of its own, which Grafana 11 removed"
    ):
        panel(made)


def test_a_plug_in_that_no_longer_runs_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"panel 'Plan' \(marcuscalidus-svg-panel\): its plug-in is built on AngularJS"
    ):
        panel(G.Svg(title="Plan"))


def test_a_panel_in_a_collapsed_row_is_named_as_well() -> None:
    with pytest.raises(ValueError, match="panel 'Plan'"):
        dashboard(G.RowPanel(title="r", collapsed=True, panels=[G.Svg(title="Plan")]))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (G.Stat(title="a", thresholds=[80]), "a threshold must be a colour and a value, not 80"),
        (G.Stat(title="a", dataSource=5), "a data source must be a name"),
        (G.Stat(title="a", targets=["up"]), "targets must be a list of objects"),
        (G.Stat(title="a", extraJson={"type": ""}), "it has no type"),
        (G.Stat(title="a", extraJson={"fieldConfig": {"overrides": [5]}}), "its JSON isn't of the form"),
        (
            G.SingleStat(title="a", thresholds="high,low", colorValue=True),
            "thresholds must be numbers, not 'high'",
        ),
        (G.AlertList(title="a", dashboardTags=["x"]), "alert lists no longer filter by dashboard tags"),
        (
            G.Worldmap(title="a", locationData="jsonp endpoint"),
            "a geomap can't take its places from 'jsonp endpoint'",
        ),
    ],
)
def test_what_can_t_be_shown_is_said_with_the_panel_s_title(made: Any, message: str) -> None:
    with pytest.raises(ValueError, match="panel 'a' ") as caught:
        panel(made)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"templating": G.Templating(list=["x"])}, "templating.list must be a list of objects"),
        ({"annotations": G.Annotations(list=["x"])}, "annotations.list must be a list of objects"),
        ({"links": ["x"]}, "links must be a list of objects"),
    ],
)
def test_what_stands_around_panels_must_be_objects(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dashboard(**options)


def test_a_class_s_own_failure_names_the_panel() -> None:
    with pytest.raises(ValueError, match="can't be written as JSON: _Broken 'a': AttributeError"):
        panel(_Broken(title="a"))


class _Broken(G.Stat):
    def to_json_data(self) -> Any:
        return self.missing


def test_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not a dashboard: list"):
        from_grafanalib([])


def test_extra_json_of_the_present_form_wins() -> None:
    made = panel(
        G.Graph(
            title="a", unit="s", lineWidth=3,
            extraJson={"fieldConfig": {"defaults": {"custom": {"lineWidth": 5}, "max": 2}}, "options": {"legend": {"calcs": ["p95"]}}},
        )
    )  # fmt: skip
    assert made["fieldConfig"]["defaults"]["custom"]["lineWidth"] == 5
    assert (made["fieldConfig"]["defaults"]["unit"], made["fieldConfig"]["defaults"]["max"]) == ("s", 2)
    assert made["options"]["legend"]["calcs"] == ["p95"]


def test_extra_json_may_change_the_type() -> None:
    made = panel(G.Graph(title="a", extraJson={"type": "timeseries"}))
    assert made["type"] == "timeseries"
    assert "yaxes" not in made


def test_third_party_panels_keep_their_fields() -> None:
    made = panel(G.Ae3ePlotly(title="a", layout={"x": 1}, extraJson={"own": 5, "thresholds": "1"}))
    assert (made["own"], made["thresholds"]) == (5, "1")
    assert made["options"]["layout"] == {"x": 1}
    assert not {"editable", "error", "span", "height", "fieldConfig", "pluginVersion"} & set(made)


def test_schema_versions_of_authors_are_respected() -> None:
    merged = G.TimeSeries(
        title="a", axisPlacement="hidden", transformations=[{"id": "labelsToFields", "options": {}}]
    )
    assert [step["id"] for step in panel(merged)["transformations"]] == ["labelsToFields", "merge"]
    assert panel(merged)["fieldConfig"]["overrides"][0]["matcher"] == {"id": "byType", "options": "time"}
    now = panel(merged, schemaVersion=39)
    assert [step["id"] for step in now["transformations"]] == ["labelsToFields"]
    assert now["fieldConfig"]["overrides"] == []


def test_a_thousand_names_make_one_dashboard_in_the_same_bytes() -> None:
    panels = [G.Stat(title=f"panel {index}") for index in range(1000)]
    made = dashboard(*panels)
    assert len({one["id"] for one in made["panels"]}) == 1000
    assert encode(made) == encode(dashboard(*panels))
