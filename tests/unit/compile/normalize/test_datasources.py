from __future__ import annotations

from typing import Any

import pytest

from provision.compile.normalize.datasources import reference, variable_types

TYPES = {"logs": "loki"}


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        (None, "prometheus", None),
        ("", "prometheus", None),
        ("default", "prometheus", None),
        ({}, "prometheus", None),
        ("prom", "prometheus", {"type": "prometheus", "uid": "prom"}),
        ("mysql", None, {"uid": "mysql"}),
        ({"type": "loki", "uid": "x"}, "prometheus", {"type": "loki", "uid": "x"}),
        ("-- Grafana --", "prometheus", {"type": "grafana", "uid": "-- Grafana --"}),
        ("-- Mixed --", "prometheus", {"type": "datasource", "uid": "-- Mixed --"}),
        ("-- Dashboard --", "prometheus", {"type": "datasource", "uid": "-- Dashboard --"}),
        ("grafana", "prometheus", {"type": "datasource", "uid": "grafana"}),
        ("__expr__", "prometheus", {"type": "__expr__", "uid": "__expr__"}),
        ("${DS_PROMETHEUS}", "prometheus", {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}),
        ("$datasource", None, {"type": "prometheus", "uid": "$datasource"}),
        ("${logs}", "prometheus", {"type": "loki", "uid": "${logs}"}),
        ("${logs:raw}", "prometheus", {"type": "loki", "uid": "${logs:raw}"}),
        ("[[logs]]", "prometheus", {"type": "loki", "uid": "[[logs]]"}),
        ("prom-$env", "prometheus", {"type": "prometheus", "uid": "prom-$env"}),
    ],
)
def test_a_reference_says_type_and_uid(written: Any, kind: str | None, expected: Any) -> None:
    assert reference(written, kind, TYPES) == expected


def test_a_number_is_no_data_source() -> None:
    with pytest.raises(ValueError, match="a data source must be a name"):
        reference(5, "prometheus", {})


def test_built_in_references_are_not_shared() -> None:
    first = reference("-- Mixed --", None, {})
    assert first is not None
    first["uid"] = "changed"
    assert reference("-- Mixed --", None, {}) == {"type": "datasource", "uid": "-- Mixed --"}


def test_the_types_of_variables() -> None:
    templating = [
        {"type": "datasource", "name": "logs", "query": "loki"},
        {"type": "query", "name": "job", "query": "label_values(job)"},
        {"type": "datasource", "name": "odd", "query": {"x": 1}},
        "not an object",
    ]
    assert variable_types(templating) == {"logs": "loki"}
