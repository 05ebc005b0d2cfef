from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str) -> list[tuple[str, str]]:
    findings = found(group({"alert": "A", "expr": expr}), ids={"averaged-average"})
    return [(each.severity, each.message) for each in findings]


QUIET = "weighs a quiet series like a busy one"


@pytest.mark.parametrize(
    ("expr", "severity", "message"),
    [
        ("avg(rate(e[5m]) / rate(r[5m]))", "warning", f"avg() of a ratio of rates {QUIET}"),
        ("avg(100 * (rate(e[5m]) / rate(r[5m])))", "warning", f"avg() of a ratio of rates {QUIET}"),
        (
            "sum by (job) (rate(e[5m]) / rate(r[5m]) * 100)",
            "warning",
            "sum() of a ratio of rates doesn't add up",
        ),
        (
            "avg(histogram_quantile(0.9, rate(a_bucket[5m])))",
            "warning",
            f"avg() of histogram_quantile() {QUIET}",
        ),
        ("avg(avg by (job) (a))", "warning", f"avg() of avg() {QUIET}"),
        ("sum(quantile by (job) (0.9, a))", "warning", "sum() of quantile() doesn't add up"),
        ('avg(a{quantile="0.9"})', "warning", f"avg() of the quantiles of the summary a {QUIET}"),
        (
            "avg(job:a:ratio_rate5m)",
            "info",
            f"avg() of job:a:ratio_rate5m, which is one by its name, {QUIET}",
        ),
        ("sum(job:a:p99)", "info", "sum() of job:a:p99, which is one by its name, doesn't add up"),
    ],
)
def test_what_is_an_average_already(expr: str, severity: str, message: str) -> None:
    assert said(expr) == [(severity, message)]


@pytest.mark.parametrize(
    "expr",
    [
        "avg(rate(a[5m]))",
        "avg(a / b)",
        "avg(avg_over_time(a[5m]))",
        "sum(avg by (job) (a))",
        "max(histogram_quantile(0.9, rate(a_bucket[5m])))",
        "avg(job:a:rate5m)",
        "avg by (instance) (rate(e[5m]) / rate(r[5m]))",
        "avg(sum by (job) (rate(a[5m])))",
        'avg(a{quantile!="0.9"})',
        "avg(1 - rate(idle[5m]))",
    ],
)
def test_what_may_be_averaged(expr: str) -> None:
    assert said(expr) == []


def test_what_a_variable_stands_for_is_not_judged() -> None:
    assert found(dashboard(panel("avg(job:$x:ratio)", "$avg(avg(a))")), ids={"averaged-average"}) == ()
