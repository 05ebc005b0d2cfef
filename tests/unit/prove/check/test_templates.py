"""The house style of variables: template-datasource, template-job, template-instance."""

from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found

SOURCE = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def told(id_: str, *variables: Any, required: bool = True) -> list[str]:
    board = dashboard(templating={"list": list(variables)})
    return [each.message for each in found(board, ids={id_}, checks={id_: {"required": required}})]


def variable(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "name": name, "label": name.capitalize(), "type": "query", "datasource": "$datasource", "multi": True,
        "allValue": ".+", **fields,
    }  # fmt: skip


@pytest.mark.parametrize("id_", ["template-datasource", "template-job", "template-instance"])
def test_nothing_is_said_unless_it_is_asked(id_: str) -> None:
    assert told(id_, {**SOURCE, "name": "other"}, required=False) == []


@pytest.mark.parametrize("name", ["job", "instance"])
def test_each_departure_is_told(name: str) -> None:
    id_ = f"template-{name}"
    assert told(id_, SOURCE) == [f"it has no variable ${name}"]
    assert told(id_, SOURCE, variable(name)) == []
    assert told(id_, SOURCE, variable(name, datasource={"uid": "x"})) == [
        "it doesn't follow the chosen data source"
    ]
    assert sorted(told(id_, SOURCE, {"name": name})) == [
        "All isn't the expression .+",
        "it doesn't follow the chosen data source",
        "it isn't asked of Prometheus",
        f"its label isn't {name.capitalize()!r}",
        "only one value can be chosen",
    ]


def test_dashboards_about_something_else_need_no_job() -> None:
    assert told("template-job", {**SOURCE, "query": "loki"}) == []
    assert told("template-job", {"name": "x", "type": "custom"}, 5) == []


def test_the_data_source_s_name_and_label() -> None:
    id_ = "template-datasource"
    assert told(id_, SOURCE) == []
    assert told(id_) == ["its data source can't be chosen"]
    assert told(id_, {**SOURCE, "name": "prom"}) == ["it isn't called prometheus_datasource or datasource"]
    assert told(id_, {**SOURCE, "label": "DS"}) == [
        "its label isn't 'Prometheus data source' or 'Data source'"
    ]


def test_several_data_sources_are_told_apart_by_their_plug_ins() -> None:
    logs = {"name": "loki_datasource", "label": "Loki data source", "type": "datasource", "query": "loki"}
    assert told("template-datasource", logs, SOURCE) == ["it isn't called prometheus_datasource"]
