"""Annotations of alerts that are missing, or not as a project demands."""

from __future__ import annotations

from typing import Any

import pytest

from support.demanding import ALERT, RECORD, said


def without(rule: dict[str, Any], field: str, name: str) -> dict[str, Any]:
    return {**rule, field: {key: value for key, value in rule[field].items() if key != name}}


def test_an_alert_says_what_is_wrong_and_what_to_do() -> None:
    assert said("alerts-annotation", ALERT, RECORD) == []
    assert said("alerts-annotation", without(ALERT, "annotations", "runbook_url")) == [
        "info: it has no annotation runbook_url"
    ]
    assert said("alerts-annotation", without(ALERT, "annotations", "summary")) == [
        "warning: it has no annotation summary"
    ]


def test_an_alert_that_says_something_else_is_only_unusual() -> None:
    told = {**ALERT, "annotations": {"message": "It is down", "runbook": "https://example.org/down"}}
    assert said("alerts-annotation", told) == ["info: it has no annotation summary"]


@pytest.mark.parametrize("annotations", [None, [], "summary", {"summary": None, "runbook_url": ""}])
def test_annotations_that_are_none(annotations: Any) -> None:
    assert len(said("alerts-annotation", {**ALERT, "annotations": annotations})) == 2


def test_annotations_that_a_project_demands_or_forbids() -> None:
    table: dict[str, Any] = {
        "required": ["owner|team"],
        "forbidden": ["summary"],
        "values": {"runbook_url": "https://wiki/.*"},
    }
    assert said("alerts-annotation", ALERT, **table) == [
        "warning: it has no annotation owner or team",
        "warning: the annotation runbook_url must match 'https://wiki/.*', unlike 'https://example.org/down'",
        "warning: the annotation summary may not be set",
    ]
