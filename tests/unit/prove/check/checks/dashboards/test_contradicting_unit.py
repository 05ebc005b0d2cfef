from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, panel


def told(expr: str, unit: str, *more: str, **fields: Any) -> list[tuple[str, str, str]]:
    shown = panel(expr, *more, **{"fieldConfig": {"defaults": {"unit": unit}}, **fields})
    said = found(dashboard(shown), ids={"contradicting-unit"})
    return [(each.severity, each.message, each.remedy) for each in said]


@pytest.mark.parametrize(
    ("expr", "unit", "message", "remedy"),
    [
        ("a_seconds", "ms", "it measures seconds, and is shown 1000 times too small in ms", "show it in s"),
        ("a_seconds * 1000", "s", "it measures seconds, and is shown 1000 times too large in s", "show it in ms"),
        ("a_bytes / b_bytes", "percent", "it measures a share of 1, and is shown 100 times too small in percent",
         "show it in percentunit"),
        ("a_bytes", "s", "it measures bytes, and s is for seconds", "show it in bytes"),
        ("rate(a_bytes_total[5m])", "bytes", "it measures bytes a second, and bytes is for bytes", "show it in Bps"),
        ("rate(a_bytes_total[5m])", "bps", "it measures bytes a second, and is shown 8 times too small in bps",
         "show it in Bps"),
        ("rate(requests_total[5m])", "s", "it measures a count a second, and s is for seconds",
         "show it in cps, or one like it"),
        ("a_seconds", "dateTimeAsIso", "it measures seconds, and is shown 1000 times too small in dateTimeAsIso",
         "multiply it by 1000"),
        ("a_seconds / 3600", "d", "it measures seconds, and is shown 24 times too large in d", "show it in its own unit, or convert it"),
        ("a_seconds / 86400", "m", "it measures seconds, and is shown 1440 times too small in m",
         "show it in its own unit, or convert it"),
        ("a_bytes / 1024", "bits", "it measures bytes, and is shown 8192 times too small in bits",
         "show it in its own unit, or convert it"),
        ("a_minutes", "bytes", "it measures seconds, and bytes is for bytes", "show it in its own unit, or convert it"),
    ],
)  # fmt: skip
def test_what_contradicts_is_told(expr: str, unit: str, message: str, remedy: str) -> None:
    assert told(expr, unit) == [("warning", message, remedy)]


def test_seconds_a_second_are_a_note() -> None:
    assert told("rate(cpu_seconds_total[5m])", "s") == [
        ("info", "it measures seconds a second, a share, and s is for seconds", "show it in percentunit")
    ]


@pytest.mark.parametrize(
    ("expr", "unit"),
    [("a_seconds", "s"), ("a_bytes", "decbytes"), ("a_bytes / 1024", "kbytes"), ("a_bytes / 1000", "kbytes"),
     ("sum(a_bytes) / 3", "bytes"), ("rx_kb_per_seconds", "KBs"), ("a_seconds", "short"), ("increase(requests_total[1m])", "reqpm"), ("a", "s"), ("a_bytes +", "s"),
     ("rate(requests_total[5m])", "reqps"), ("rate(a_bytes_total[5m]) * 8", "bps"), ("a_seconds * b_seconds", "s")],
)  # fmt: skip
def test_what_fits_or_is_not_certain_is_left_alone(expr: str, unit: str) -> None:
    assert told(expr, unit) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "table"},
        {"transformations": [{"id": "calculateField"}]},
        {"type": "stat", "options": {"reduceOptions": {"calcs": ["count"]}}},
        {
            "fieldConfig": {
                "defaults": {"unit": "s"},
                "overrides": [{"properties": [{"id": "unit", "value": "s"}]}],
            }
        },
        {"type": "graph", "fieldConfig": None, "yaxes": [{"format": "s"}, {"format": "bytes"}]},
        {"type": "graph", "fieldConfig": None, "yaxes": [{"format": "s"}], "seriesOverrides": [{"yaxis": 2}]},
        {"type": "singlestat", "format": "s", "valueName": "delta", "fieldConfig": None},
    ],
)
def test_where_another_unit_or_a_calculation_follows_nothing_is_said(fields: dict[str, Any]) -> None:
    assert told("a_bytes", "s", **fields) == []


def test_old_panels_have_units_elsewhere() -> None:
    axes = [{"format": "s"}, {"format": "short", "show": False}]
    assert told("a_bytes", "", type="graph", fieldConfig=None, yaxes=axes)
    assert told("a_bytes", "", type="singlestat", fieldConfig=None, format="s", valueName="avg")


def test_all_queries_of_a_panel_are_told_at_once() -> None:
    (said,) = found(
        dashboard(panel("a_bytes", "b", "c_bytes", fieldConfig={"defaults": {"unit": "s"}})),
        ids={"contradicting-unit"},
    )
    assert said.subject == 'dashboard "Shop", panel "Orders", query A, and 1 more'
