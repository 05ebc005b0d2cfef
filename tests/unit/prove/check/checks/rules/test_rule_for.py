"""Durations of alerts that a project doesn't want."""

from __future__ import annotations

from typing import Any

import pytest

from provision.errors import UsageError
from support.demanding import ALERT, RECORD, said


@pytest.mark.parametrize(
    ("alert", "message"),
    [
        ({}, "it has no `for`, which is shorter than 1m"),
        ({"for": "30s"}, "`for: 30s` is shorter than 1m"),
        ({"for": "2h"}, "`for: 2h` is longer than 1h"),
        ({"for": "1m", "keep_firing_for": "2d"}, "`keep_firing_for: 2d` is longer than 1d"),
    ],
)
def test_durations_that_a_project_doesn_t_want(alert: dict[str, Any], message: str) -> None:
    table = {"min_for": "1m", "max_for": "1h", "max_keep_firing_for": "1d"}
    assert said("rule-for", {**ALERT, **alert}, **table) == [f"warning: {message}"]


@pytest.mark.parametrize("for_", ["1m", "1h", "soon"])
def test_durations_that_are_wanted_or_are_none(for_: str) -> None:
    assert said("rule-for", {**ALERT, "for": for_}, RECORD, min_for="1m", max_for="1h") == []
    assert said("rule-for", {**ALERT, "for": for_}) == []


def test_a_setting_that_is_no_duration_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="min_for must be a duration"):
        said("rule-for", ALERT, min_for="soon")
