"""Names of records and alerts."""

from __future__ import annotations

import pytest

from support.demanding import ALERT, RECORD, said


@pytest.mark.parametrize("name", ["job:up:sum", "a:b", ":up:sum", "node:up:", "level:metric:rate5m"])
def test_names_of_records(name: str) -> None:
    assert said("rule-name", {**RECORD, "record": name}) == []


@pytest.mark.parametrize("name", ["up", "jobs_up", "1:a", "a b:c"])
def test_other_names_of_records(name: str) -> None:
    assert len(said("rule-name", {**RECORD, "record": name})) == 1


@pytest.mark.parametrize(
    ("name", "findings"), [("Down", 0), ("SLOBurns5m", 0), ("is_down", 1), ("Is down", 1)]
)
def test_names_of_alerts(name: str, findings: int) -> None:
    assert len(said("rule-name", {**ALERT, "alert": name})) == findings


def test_names_that_a_project_agreed_on() -> None:
    table = {"record": "rec:.+", "alert": "[a-z ]+"}
    assert said("rule-name", RECORD, ALERT, **table) == [
        "info: its name must match '[a-z ]+'",
        "info: its name must match 'rec:.+'",
    ]
    assert said("rule-name", {"expr": "up"}, {**ALERT, "alert": "it is down"}, **table) == []
