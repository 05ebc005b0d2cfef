from __future__ import annotations

from typing import Any

import pytest
from grafanalib import core as G

from provision.compile.normalize import fields
from provision.compile.normalize.plain import plain, settle


def made(value: object) -> Any:
    return settle(plain(value), nulls=False)


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), (1.5, 1.5), (2.0, 2), ("3", 3), (" 0.5 ", 0.5), ("1e3", 1000), ("", None), ("auto", None), (None, None), (True, None), ("nan", None), (float("inf"), None)],
)  # fmt: skip
def test_numbers(value: Any, number: Any) -> None:
    assert repr(fields.number(value)) == repr(number)


@pytest.mark.parametrize(
    "steps",
    [
        [{"color": "green", "value": None}, {"color": "red", "value": 80}],
        [{"color": "red", "value": 80}],
        [{"color": "red", "value": "80"}, {"color": "green", "value": "null"}],
        made([G.Threshold("green", 0, 0.0), G.Threshold("red", 1, 80.0)]),
        made([G.Threshold("red", 1, 80.0)]),
    ],
)
def test_thresholds_have_a_base_and_ascend(steps: Any) -> None:
    assert fields.thresholds(steps) == {
        "mode": "absolute",
        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}],
    }


@pytest.mark.parametrize("steps", ["", None, []])
def test_no_thresholds_are_one_green_base(steps: Any) -> None:
    assert fields.thresholds(steps, "percentage") == {
        "mode": "percentage",
        "steps": [{"color": "green", "value": None}],
    }


def test_thresholds_as_text_are_a_traffic_light() -> None:
    assert fields.thresholds("10, 20")["steps"] == [
        {"color": "green", "value": None}, {"color": "orange", "value": 10}, {"color": "red", "value": 20},
    ]  # fmt: skip


def test_a_second_base_and_a_missing_colour() -> None:
    steps = [{"value": None}, {"color": "blue"}, {"value": 1}]
    assert fields.thresholds(steps)["steps"] == [
        {"color": "green", "value": None},
        {"color": "green", "value": 1},
    ]


def test_a_threshold_must_be_one() -> None:
    with pytest.raises(ValueError, match="a threshold must be a colour and a value, not 80"):
        fields.thresholds([80])
    with pytest.raises(ValueError, match="thresholds must be numbers, not 'high'"):
        fields.coloured_steps(["high"], ["green", "red"])
    assert fields.coloured_steps([], []) == {"mode": "absolute", "steps": [{"color": "green", "value": None}]}


def test_mappings_of_every_generation() -> None:
    items = made([
        G.StatValueMappings(G.StatValueMappingItem("down", "0", "red"), G.StatValueMappingItem("up", "1")),
        G.StatRangeMappings("many", 2, 10),
        {"type": "regex", "options": {"pattern": "a", "result": {"text": "A", "color": ""}}},
        G.StatValueMapping("five", "5"),
        G.ValueMap("none", "null"),
        G.ValueMap("yes", True),
        G.ValueMap("half", 0.5),
        G.RangeMap(start=6, end="7.5", text="between"),
        G.RangeMap(start="null", end="null", text="nothing"),
        G.StatRangeMapping("open", startValue="8"),
    ])  # fmt: skip
    assert fields.mappings(items) == [
        {"type": "value", "options": {"0": {"color": "red", "text": "down"}, "1": {"text": "up"}}},
        {"type": "range", "options": {"from": 2, "to": 10, "result": {"text": "many"}}},
        {"type": "regex", "options": {"pattern": "a", "result": {"text": "A"}}},
        {
            "type": "value",
            "options": {
                "5": {"index": 0, "text": "five"},
                "true": {"index": 2, "text": "yes"},
                "0.5": {"index": 3, "text": "half"},
            },
        },
        {"type": "special", "options": {"match": "null", "result": {"index": 1, "text": "none"}}},
        {"type": "range", "options": {"from": 6, "to": 7.5, "result": {"index": 4, "text": "between"}}},
        {"type": "special", "options": {"match": "null", "result": {"index": 5, "text": "nothing"}}},
        {"type": "range", "options": {"from": 8, "result": {"index": 6, "text": "open"}}},
    ]
    assert fields.mappings(None) == []


@pytest.mark.parametrize(
    ("legend", "expected"),
    [
        ({"displayMode": "list"}, {"displayMode": "list", "showLegend": True}),
        ({"displayMode": "hidden"}, {"displayMode": "list", "showLegend": False}),
        ({"displayMode": "table", "showLegend": False}, {"displayMode": "list", "showLegend": False}),
        ({"show": False}, {"show": False}),
        (None, None),
    ],
)
def test_legends_say_whether_they_show(legend: Any, expected: Any) -> None:
    options = {"legend": legend}
    fields.legend(options)
    assert options == {"legend": expected}


def test_overrides_are_of_the_present_form() -> None:
    rules = [
        {
            "matcher": {"id": "byName", "options": "a"},
            "properties": [
                {"id": "thresholds", "value": {"steps": [{"color": "red", "value": 1}]}},
                {"id": "mappings", "value": [{"type": 1, "value": "1", "text": "one"}]},
                {"id": "custom.hideFrom", "value": {"viz": True, "legend": False}},
                {"id": "unit", "value": "s"},
            ],
        }
    ]
    properties = {prop["id"]: prop["value"] for prop in fields.overrides(rules)[0]["properties"]}
    assert properties["thresholds"]["steps"][0] == {"color": "green", "value": None}
    assert properties["mappings"] == [{"type": "value", "options": {"1": {"index": 0, "text": "one"}}}]
    assert properties["custom.hideFrom"] == {"viz": True, "legend": False, "tooltip": True}
    assert properties["unit"] == "s"
    assert fields.overrides(None) == []


def test_what_an_author_added_is_told_from_the_library_s_copy_of_thresholds() -> None:
    copied = made(
        {"thresholds": "1,2", "fieldConfig": {"defaults": {"thresholds": {"steps": "1,2"}, "unit": "s"}}}
    )
    assert fields.authored(copied) == ({"unit": "s"}, [])
    own = {"steps": [{"color": "red", "value": 1}]}
    assert fields.authored({"thresholds": [], "fieldConfig": {"defaults": {"thresholds": own}, "overrides": [{}]}}) == (
        {"thresholds": own}, [{}],
    )  # fmt: skip
    assert fields.authored({}) == ({}, [])
