from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel

STEPS = {"thresholds": {"steps": [{"color": "red"}, {"color": "green", "value": 1}]}}
GRAFANAS = {"thresholds": {"steps": [{"color": "green"}, {"color": "red", "value": 80}]}}


def told(type_: str, options: Any, defaults: Any = None, *exprs: str) -> list[str]:
    shown = panel("up", *exprs, type=type_, options=options, fieldConfig={"defaults": defaults or {}})
    return [each.message for each in found(dashboard(shown), ids={"colour-only"})]


def mapped(*results: Any) -> dict[str, Any]:
    options = {str(number): result for number, result in enumerate(results)}
    return {"mappings": [{"type": "value", "options": options}]}


def test_a_stat_without_text() -> None:
    assert told("stat", {"textMode": "none"}) == ["its state is a colour without a value or name"]
    assert told("stat", {"textMode": "none", "colorMode": "none"}) == []
    assert told("stat", {"textMode": "value"}, STEPS) == []


def test_a_stat_of_names() -> None:
    assert told("stat", {"textMode": "name"}, STEPS) == ["beside each name its state is a colour only"]
    assert told("stat", {"textMode": "name"}, mapped({"color": "red"}, {"color": "green"}))
    assert told("stat", {"textMode": "name"}, {**STEPS, "color": {"mode": "fixed"}}) == []
    assert told("stat", {"textMode": "name"}, GRAFANAS) == []
    assert told("stat", {"textMode": "name"}) == []


@pytest.mark.parametrize("type_", ["state-timeline", "status-history"])
def test_states_without_a_word(type_: str) -> None:
    assert told(type_, {"showValue": "never"}) == ["its states are colours without a word"]
    assert told(type_, {"showValue": "auto"}) == []


def test_lines_without_names() -> None:
    nameless = {"legend": {"showLegend": False}, "tooltip": {"mode": "none"}}
    assert told("timeseries", nameless, None, "b") == ["its lines differ by colour only"]
    assert told("timeseries", nameless) == []
    assert told("timeseries", {**nameless, "tooltip": {"mode": "single"}}, None, "b") == []
    assert told("timeseries", {"legend": {"showLegend": True}, "tooltip": {"mode": "none"}}, None, "b") == []


def test_mapped_texts() -> None:
    same = mapped({"text": "State", "color": "red"}, {"text": "state ", "color": "green"})
    assert told("table", {}, same) == [
        "several values are mapped to the text 'state' and differ by colour only"
    ]
    assert told("table", {}, mapped({"text": " ", "color": "red"})) == [
        "a value is mapped to a blank and a colour"
    ]
    ranges = {
        "mappings": [
            {"type": "range", "options": {"from": 0, "to": 1, "result": {"text": " ", "color": "red"}}}
        ]
    }
    assert told("table", {}, ranges) == ["a value is mapped to a blank and a colour"]


@pytest.mark.parametrize(
    "defaults",
    [
        mapped({"text": "up", "color": "green"}, {"text": "down", "color": "red"}),
        mapped({"text": "up", "color": "green"}, {"text": "up", "color": "green"}),
        mapped({"color": "green"}, {"color": "red"}),
        mapped(7, None),
        {"mappings": [5, {"options": 7}]},
    ],
)
def test_words_of_their_own_are_well_mapped(defaults: Any) -> None:
    assert told("table", {}, defaults) == []
