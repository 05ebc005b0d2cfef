from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from provision.author import Alert, Group, Record, Waive, waivers


@pytest.fixture(autouse=True)
def source() -> None:
    """A source begins."""
    waivers.begin()


def test_a_last_day_is_a_date_or_a_text() -> None:
    assert Waive("promql", reason="r").last_day is None
    for until in (date(2031, 1, 31), "2031-01-31", datetime(2031, 1, 31, 12)):
        assert Waive("promql", reason="r", until=until).last_day == "2031-01-31"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"check": " ", "reason": "r"}, "the check's id must be text that isn't empty, not ' '"),
        ({"check": "promql", "reason": ""}, "Waive.'promql'. needs a reason: write reason="),
        ({"check": "promql", "reason": " "}, "reason must be text that isn't empty, not ' '"),
        ({"check": "promql", "reason": "r", "until": "soon"}, "until must be a day such as 2027-01-31, not 'soon'"),
        ({"check": "promql", "reason": "r", "until": 3}, "until must be a day such as 2027-01-31, not 3"),
        ({"check": "promql", "reason": "r", "panel": ""}, "panel must be a panel's title, not ''"),
    ],
)  # fmt: skip
def test_what_a_waiver_must_have(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Waive(**fields)


def test_a_waiver_without_a_reason_is_no_waiver() -> None:
    with pytest.raises(ValueError, match="Waive.'promql'. needs a reason: write reason="):
        Waive("promql")


def test_what_a_rule_or_a_group_holds_is_not_loose() -> None:
    alone, *inside = (Waive("promql", reason=str(number)) for number in range(5))
    alert = Alert("A", "up", waive=inside[0])
    record = Record("a:b", "up", waive=inside[1:3])
    Group("g", [alert, record], waive=[inside[3]])
    assert waivers.loose() == (alone,)


def test_something_else_in_place_of_a_waiver_is_told() -> None:
    for wrong in ("promql", ["promql"], 3):
        with pytest.raises(TypeError, match="alert 'A': waive must be a Waive or a list of them"):
            Alert("A", "up", waive=wrong)  # type: ignore[arg-type]
