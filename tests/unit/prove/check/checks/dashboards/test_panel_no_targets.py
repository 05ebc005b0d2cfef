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
