from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str, version: str) -> list[str]:
    rules = group({"record": "a:b", "expr": expr})
    findings = found(rules, ids={"promql-version"}, prometheus_version=version)
    assert {each.severity for each in findings} <= {"error"}
    return [each.message for each in findings]


@pytest.mark.parametrize(
    ("expr", "version", "begins"),
    [
        ("histogram_avg(a)", "2.50", "histogram_avg() needs Prometheus 2.51, and this environment has 2.50"),
        ("limitk(1, a)", "2.53", "limitk() needs Prometheus 2.54"),
        ("a atan2 b", "2.30", "atan2 needs Prometheus 2.31"),
        ("a @ end()", "2.32", "@ needs Prometheus 2.33"),
        ("a offset -5m", "2.32", "a negative offset needs Prometheus 2.33"),
        ('{"my.metric"}', "2.53", "the name 'my.metric' in quotes needs Prometheus 3.0"),
        ('a{"my.label"="b"}', "2.53", "the name 'my.label' in quotes needs Prometheus 3.0"),
        ("a > 1_000", "2.53", "_ in a number needs Prometheus 2.54"),
        ("a > 5m", "2.53", "a duration as a number needs Prometheus 2.54"),
        ("rate(a[1m + 1m])", "3.3", "a calculation in a duration needs Prometheus 3.4"),
        ("rate(a[5m] smoothed)", "3.6", "anchored and smoothed needs Prometheus 3.7"),
        ("a + fill (0) b", "3.9", "fill() needs Prometheus 3.10"),
        ("a >/ 5", "3.10", "</ and >/ needs Prometheus 3.11"),
    ],
)
def test_what_the_environment_does_not_know(expr: str, version: str, begins: str) -> None:
    (message,) = said(expr, version)
    assert message.startswith(begins)


@pytest.mark.parametrize(
    ("expr", "version"),
    [
        ("histogram_avg(a)", "2.51"),
        ("a >/ 5", "3.11"),
        ("rate(a[5m] offset 1h)", "2.0"),
        ("rate(a[1h30m])", "2.0"),
        ('a{b="@ 1_000 >/ 5m [5m+5m] fill("}', "2.0"),
        ("fill + anchored - smoothed", "2.0"),
        ("max_over_time(a[1h:5m])", "2.0"),
        ("a offset 5m > 1", "2.0"),
        ("a_5m + b:rate5m", "2.0"),
        ("sum(", "2.0"),
    ],
)
def test_what_it_knows(expr: str, version: str) -> None:
    assert said(expr, version) == []


def test_without_the_setting_the_newest_counts() -> None:
    assert found(dashboard(panel("histogram_avg(a)")), ids={"promql-version"}) == ()


def test_it_is_told_once() -> None:
    assert len(said("histogram_avg(a) / histogram_avg(b)", "2.42")) == 1
