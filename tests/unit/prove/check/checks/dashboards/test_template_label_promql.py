from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found

PROMETHEUS = {"type": "prometheus", "uid": "p"}


def told(query: Any, source: Any = PROMETHEUS, **fields: Any) -> list[tuple[str, str, str]]:
    variable = {"name": "job", "type": "query", "datasource": source, "query": query, **fields}
    said = found(dashboard(templating={"list": [variable]}), ids={"template-label-promql"})
    return [(each.severity, each.message, each.remedy) for each in said]


@pytest.mark.parametrize(
    ("query", "severity", "message", "remedy"),
    [
        ("", "warning", "it asks for nothing", "label_values(METRIC, LABEL)"),
        ("label_values(up, job-name)", "error", "'job-name' is no label", "write label_values"),
        ("label_value(up, job)", "error", "Grafana has no label_value() for variables", "did you mean"),
        ("sum(up)", "error", "Grafana has no sum() for variables", "write query_result"),
        ('up{a="b"}', "warning", "its choices are whole series", "a regex that picks"),
        ({"query": "query_result(up)"}, "warning", "its choices are whole results", "a regex that picks"),
    ],
)
def test_what_gives_no_choices_is_told(query: Any, severity: str, message: str, remedy: str) -> None:
    ((found_severity, found_message, found_remedy),) = told(query)
    assert found_severity == severity
    assert message in found_message
    assert remedy in found_remedy


@pytest.mark.parametrize(
    "query",
    [
        "label_values(up, job)",
        "label_values($label)",
        "label_names()",
        "metrics(node_.*)",
        "label_values(job)",
    ],
)
def test_what_grafana_knows_is_left_alone(query: str) -> None:
    assert told(query) == []


def test_a_regex_makes_choices_of_series() -> None:
    assert told("up", regex='/job="(.*)"/') == []
    assert told("query_result(up)", regex="/x/") == []


def test_other_data_sources_have_other_words() -> None:
    assert told("label_value(x)", source={"type": "loki", "uid": "l"}) == []
    assert told("SHOW TAG VALUES", source=None) == []
