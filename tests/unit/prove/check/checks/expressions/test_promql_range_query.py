from __future__ import annotations

from typing import Any

import pytest

from provision.errors import UsageError
from support.checking import dashboard, found, group, panel


def said(expr: str, **settings: Any) -> list[str]:
    findings = found(group({"record": "a:b", "expr": expr}), ids={"promql-range-query"}, **settings)
    assert {each.severity for each in findings} <= {"warning"}
    return [each.message for each in findings]


@pytest.mark.parametrize(
    "expr", ["max_over_time(a[16d])", "max_over_time(a[16d:1h])", "rate(a[16d]) / rate(b[16d])"]
)
def test_ranges_that_are_longer_than_what_is_kept(expr: str) -> None:
    assert said(expr, prometheus_retention="15d") == [
        "the range of 16d is longer than the 15d that Prometheus keeps"
    ]
    assert said(expr) == []


def test_ranges_that_are_longer_than_the_project_allows() -> None:
    settings = {"checks": {"promql-range-query": {"longest": "1h"}}}
    message = "the range of 2h is longer than the 1h that this project allows"
    assert said("max_over_time(a[2h])", **settings) == [message]
    assert said("max_over_time(a[1h])", **settings) == []
    kept = said("max_over_time(a[2h])", prometheus_retention="90m", **settings)
    assert kept == ["the range of 2h is longer than the 1h30m that Prometheus keeps"]


def test_ranges_of_variables_are_not_judged() -> None:
    settings = {"checks": {"promql-range-query": {"longest": "1m"}}}
    assert found(dashboard(panel("rate(a[$__range])")), ids={"promql-range-query"}, **settings) == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prometheus_retention": "long"}, "prometheus_retention: 'long' is not a duration"),
        ({"checks": {"promql-range-query": {"longest": "5"}}}, "'5' is not a duration"),
    ],
)
def test_settings_must_be_durations(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        said("max_over_time(a[2h])", **settings)
