from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel


def told(*panels: dict[str, Any]) -> list[str]:
    return [each.message for each in found(dashboard(*panels), ids={"panel-no-targets"})]


@pytest.mark.parametrize("targets", [[], None, "up", {}])
def test_a_panel_without_a_query_is_told(targets: Any) -> None:
    assert told({"title": "Orders", "targets": targets}, {"title": "Stock"}) == [
        "it asks for nothing and stays empty"
    ]


def test_a_panel_whose_queries_are_all_hidden_is_told() -> None:
    hidden, shown = {"refId": "A", "expr": "up", "hide": True}, {"refId": "B", "expr": "up"}
    assert told({"title": "Orders", "targets": [hidden]}) == [
        "its queries are all hidden, so that it stays empty"
    ]
    assert told({"title": "Orders", "targets": [hidden, shown]}) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "text"},
        {"type": "row"},
        {"type": "some-clock-panel"},
        {"libraryPanel": {"uid": "a"}},
        {"snapshotData": [{}]},
        {"datasource": {"type": "datasource", "uid": "grafana"}},
        {"datasource": "-- Dashboard --"},
    ],
)
def test_what_needs_no_query_is_left_out(fields: dict[str, Any]) -> None:
    assert told({"title": "Orders", **fields}) == []
    assert told(panel("up")) == []


def shows(number: Any, **fields: Any) -> dict[str, Any]:
    source = {"type": "datasource", "uid": "-- Dashboard --"}
    return {"title": "Again", "targets": [{"refId": "A", "datasource": source, "panelId": number}], **fields}


@pytest.mark.parametrize("number", [3, None, "1", [1]])
def test_a_panel_that_shows_one_that_is_not_there_is_told(number: Any) -> None:
    assert told(panel("up"), shows(number)) == [
        "it shows the data of a panel that isn't there, and stays empty"
    ]


def test_one_that_shows_another_is_fine_wherever_that_is() -> None:
    assert told(panel("up"), shows(1)) == []
    assert (
        told({"type": "row", "title": "Row", "panels": [{**panel("up"), "id": 9, "type": "stat"}]}, shows(9))
        == []
    )
    own = {"refId": "B", "expr": "up"}
    assert told(shows(7, targets=[*shows(7)["targets"], own])) == []
