from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, group, panel

SLOW = {"alert": "Slow", "expr": "latency_seconds > 0.2"}


def steps(*values: Any) -> dict[str, Any]:
    return {"defaults": {"thresholds": {"steps": [{"color": "x", "value": value} for value in values]}}}


def told(*panels: dict[str, Any], alerts: Any = (SLOW,)) -> list[str]:
    said = found(group(*alerts), dashboard(*panels), ids={"differing-threshold"})
    return [each.message for each in said]


def stat(expr: str, *values: Any, more: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    return panel(expr, *more, type="stat", fieldConfig=steps(*values), **fields)


def test_another_threshold_is_told() -> None:
    assert told(stat("max(latency_seconds)", None, 0.3, 0.5)) == [
        'its threshold is 0.3 and 0.5, and rule group "shop", alert "Slow" (rules/shop.py) fires above 0.2'
    ]


def test_a_lower_limit_and_a_factor() -> None:
    alerts = [{"alert": "Few", "expr": "free_bytes < 2048"}]
    assert told(stat("free_bytes / 1024", None, 4), alerts=alerts) == [
        'its threshold is 4, and rule group "shop", alert "Few" (rules/shop.py) fires below 2'
    ]
    assert told(stat("free_bytes / 1024", None, 2), alerts=alerts) == []


@pytest.mark.parametrize(
    "shown",
    [
        stat('latency_seconds{job=~"$job"}', None, 0.2),
        stat("latency_seconds", None, 0.1, 0.2),
        stat("latency_seconds", None, 80),
        stat("latency_seconds", 0, "x"),
        stat("latency_seconds", None),
        stat("other_seconds", None, 0.5),
        stat("latency_seconds", None, 0.5, more=("other_seconds",)),
        panel("latency_seconds", fieldConfig=steps(None, 0.5)),
        panel("latency_seconds", type="stat", fieldConfig={"defaults": {"thresholds": {"mode": "percentage", "steps": [{"value": 50}]}}}),
        panel("latency_seconds", type="graph", thresholds=7),
        panel("latency_seconds", type="singlestat", thresholds="0.5"),
    ],
)  # fmt: skip
def test_the_same_limit_and_what_shows_none_are_left_alone(shown: dict[str, Any]) -> None:
    assert told(shown) == []


def test_lines_of_a_graph_count_when_they_are_drawn() -> None:
    drawn = steps(None, 0.5)
    drawn["defaults"]["custom"] = {"thresholdsStyle": {"mode": "dashed"}}
    assert told(panel("latency_seconds", fieldConfig=drawn))
    coloured = steps(None, 0.5)
    coloured["defaults"]["color"] = {"mode": "thresholds"}
    assert told(panel("latency_seconds", fieldConfig=coloured))


def test_old_panels() -> None:
    assert told(panel("latency_seconds", type="graph", thresholds=[{"value": 0.5}]))
    assert told(panel("latency_seconds", type="singlestat", thresholds="0.3,", colorValue=True))


def test_a_constant_beside_it_is_no_subject() -> None:
    assert told(stat("latency_seconds", None, 0.5, more=("vector(0.5)",)))


def test_without_alerts_there_is_nothing_to_differ_from() -> None:
    assert told(stat("latency_seconds", None, 0.5), alerts=[{"record": "a:b:c", "expr": "a"}]) == []
