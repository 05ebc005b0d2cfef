from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from grafana_foundation_sdk.builders import dashboard as D
from grafana_foundation_sdk.builders import (
    prometheus,
    stat,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

from provision.compile.normalize import from_json, from_sdk
from provision.model import encode
from provision.schemas import schema

PROM = DataSourceRef(type_val="prometheus", uid="prom")


def builder() -> D.Dashboard:
    return (
        D.Dashboard("SDK")
        .uid("sdk")
        .tags(["a"])
        .refresh("30s")
        .link(D.DashboardLink("Others").url("https://example.org"))
        .with_variable(D.QueryVariable("job").query("label_values(up, job)").datasource(PROM))
        .with_variable(D.IntervalVariable("interval").values("1m,5m"))
        .with_row(D.Row("First"))
        .with_panel(
            timeseries.Panel()
            .title("A")
            .unit("s")
            .max(10.0)
            .max_data_points(100)
            .datasource(PROM)
            .with_target(prometheus.Dataquery().expr("up").legend_format("{{job}}"))
            .with_target(prometheus.Dataquery().expr("down"))
        )
        .with_panel(
            stat.Panel()
            .title("B")
            .thresholds(
                D.ThresholdsConfig()
                .mode(ThresholdsMode.ABSOLUTE)
                .steps([Threshold(color="green", value=None), Threshold(color="red", value=0.5)])
            )
        )
        .with_row(
            D.Row("Folded").with_panel(
                table.Panel().title("C").with_target(prometheus.Dataquery().expr("up"))
            )
        )
        .with_panel(text.Panel().title("D").content("x"))
    )


def by_title(dashboard: dict[str, Any]) -> dict[str, Any]:
    return {panel["title"]: panel for panel in dashboard["panels"]}


def test_a_builder_and_what_it_builds_are_the_same() -> None:
    assert encode(from_sdk(builder())) == encode(from_sdk(builder().build()))


def test_it_is_as_grafana_stores_it() -> None:
    made = from_sdk(builder())
    assert from_json(made) == made
    assert list(jsonschema_rs.validator_for(schema("dashboard")).iter_errors(made)) == []
    assert made["schemaVersion"] == 42
    assert not {"id", "version"} & set(made)
    assert made["annotations"]["list"][0]["builtIn"] == 1
    assert [variable["name"] for variable in made["templating"]["list"]] == ["job", "interval"]


def test_a_builder_is_not_changed() -> None:
    dashboard = builder()
    assert encode(from_sdk(dashboard)) == encode(from_sdk(dashboard))


def test_what_the_author_chose_stays() -> None:
    panels = by_title(from_sdk(builder()))
    series = panels["A"]
    assert [target["refId"] for target in series["targets"]] == ["A", "B"]
    assert series["targets"][0]["legendFormat"] == "{{job}}"
    assert series["maxDataPoints"] == 100
    assert series["fieldConfig"]["defaults"] == {"max": 10, "unit": "s"}
    assert panels["B"]["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "red", "value": 0.5},
    ]


def test_ids_last_and_zero_is_none() -> None:
    made = from_sdk(builder())
    rows = [panel for panel in made["panels"] if panel["type"] == "row"]
    ids = [panel["id"] for panel in [*made["panels"], *rows[1]["panels"]]]
    assert len(set(ids)) == len(ids) == 6
    assert min(ids) > 0
    assert from_sdk(D.Dashboard("x").with_panel(stat.Panel().title("B").id(7)))["panels"][0]["id"] == 7
    assert (
        by_title(from_sdk(builder()))["B"]["id"]
        == from_sdk(D.Dashboard("x").with_panel(stat.Panel().title("B")))["panels"][0]["id"]
    )


def test_panels_keep_the_builder_s_places() -> None:
    panels = by_title(from_sdk(builder()))
    assert [panels[title]["gridPos"]["y"] for title in ("First", "A", "B", "Folded", "D")] == [
        0,
        1,
        1,
        10,
        11,
    ]
    assert panels["Folded"]["collapsed"] is True
    assert panels["Folded"]["panels"][0]["title"] == "C"


def test_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not a dashboard: grafana_foundation_sdk.builders.stat.Panel"):
        from_sdk(stat.Panel())
