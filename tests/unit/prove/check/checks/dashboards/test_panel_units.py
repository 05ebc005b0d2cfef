from __future__ import annotations

from typing import Any

import pytest

from provision.prove.check.units import is_known, meant
from support.checking import dashboard, found, panel


def told(*panels: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each.severity, each.subject, each.remedy) for each in found(dashboard(*panels), ids={"panel-units"})
    ]


def with_unit(unit: str, **fields: Any) -> dict[str, Any]:
    return panel("up", fieldConfig={"defaults": {"unit": unit}}, **fields)


def test_panels_without_a_unit_are_told_once() -> None:
    assert told(with_unit("s"), panel("up", title="A"), panel("up", type="gauge")) == [
        (
            "info",
            'dashboard "Shop", panel "A", and 1 more',
            'set one, such as "s", "bytes" or "percentunit"; "short" for what is merely counted',
        )
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "table"},
        {"type": "text"},
        {"type": 7},
        {"fieldConfig": {"defaults": {"mappings": [{"type": "value"}]}}},
        {"fieldConfig": {"overrides": [{"properties": [{"id": "mappings", "value": [1]}]}]}},
        {"fieldConfig": {"overrides": [{"properties": [{"id": "unit", "value": "s"}]}]}},
        {"type": "stat", "options": {"reduceOptions": {"fields": "/^version$/"}}},
        {"type": "stat", "options": {"textMode": "name"}},
        {"type": "graph", "yaxes": [{"format": "s"}, 1]},
        {"type": "singlestat", "format": "none"},
        {"type": "singlestat", "valueMaps": [{}]},
    ],
)
def test_what_shows_words_or_has_a_unit_somewhere_needs_none(fields: dict[str, Any]) -> None:
    assert told(panel("up", **fields)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"fieldConfig": {"defaults": {"mappings": []}}},
        {"fieldConfig": {"overrides": [{"properties": "x"}, 1]}},
        {"fieldConfig": []},
        {"type": "graph", "yaxes": [{"format": "s", "show": False}]},
    ],
)
def test_what_only_looks_like_a_unit_is_none(fields: dict[str, Any]) -> None:
    assert [severity for severity, _, _ in told(panel("up", **fields))] == ["info"]


def test_units_that_grafana_does_not_know() -> None:
    assert told(with_unit("seconds"), with_unit("req/min")) == [
        ("warning", 'dashboard "Shop", panel "Orders"', "write 's'"),
        ("info", 'dashboard "Shop", panel "Orders"', "write 'suffix:req/min' if that is what you want"),
    ]


@pytest.mark.parametrize("unit", ["suffix:req", "si:mF", "$unit", "reqps", "currency:$", "[[unit]]"])
def test_an_author_s_own_unit_and_a_variable_are_known(unit: str) -> None:
    assert is_known(unit)


def test_what_is_meant() -> None:
    assert [meant(unit) for unit in ("bps", "Milliseconds", "BYTES", "cats")] == ["bps", "ms", "bytes", ""]
