"""Labels of rules that are missing, or not as a project demands."""

from __future__ import annotations

from typing import Any

from support.demanding import ALERT, RECORD, said


def without(rule: dict[str, Any], field: str, name: str) -> dict[str, Any]:
    return {**rule, field: {key: value for key, value in rule[field].items() if key != name}}


def test_an_alert_has_a_severity_of_its_own_or_of_its_group() -> None:
    bare = without(ALERT, "labels", "severity")
    assert said("rule-label", ALERT, RECORD) == []
    assert said("rule-label", bare) == ["warning: it has no label severity"]
    assert said("rule-label", bare, in_group={"labels": {"severity": "page"}}) == []


def test_labels_that_a_project_demands_or_forbids() -> None:
    table: dict[str, Any] = {
        "required": [],
        "required_of_records": ["team"],
        "forbidden": ["job"],
        "values": {"severity": "page|ticket"},
    }
    wrong = {**ALERT, "labels": {"severity": "pages", "job": "shop"}}
    assert said("rule-label", wrong, RECORD, **table) == [
        "warning: the label job may not be set",
        "warning: the label severity must match 'page|ticket', unlike 'pages'",
        "warning: it has no label team",
    ]
