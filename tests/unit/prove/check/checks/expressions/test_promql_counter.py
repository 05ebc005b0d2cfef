from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str) -> list[tuple[str, str]]:
    return [
        (each.severity, each.message)
        for each in found(group({"alert": "A", "expr": expr}), ids={"promql-counter"})
    ]


@pytest.mark.parametrize(
    "expr",
    [
        "a_total > 5",
        "sum(a_total)",
        "max_over_time(a_total[5m])",
        "histogram_quantile(0.9, a_total)",
        "b and a_total > 5",
        "a_total > 5 unless b",
        "sum(a_total unless b offset 5m)",
        "a_total - a_total offset 5m",
        "a_total > 0",
    ],
)
def test_counters_whose_value_counts(expr: str) -> None:
    ((severity, message),) = said(expr)
    assert severity == "warning"
    assert message.startswith("a_total is read as it stands")


@pytest.mark.parametrize(
    "expr",
    [
        "a_total",
        "rate(a_total[5m]) > 1",
        "sum(increase(a_total[5m])) > 1",
        "absent(a_total)",
        "count(a_total) > 1",
        "b unless a_total > 5",
        "b > 1 and a_total",
        "b > 1 and a_total > 0",
        "a_total unless a_total offset 5m",
        "sum((a_total unless a_total offset 5m) or increase(a_total[5m])) > 1",
        "a_total / b_total > 0.5",
        "delta(a_total[5m]) > 1",
        "a_count > 5",
        "timestamp(a_total) < time() - 60",
        "a:b_total > 5",
    ],
)
def test_counters_that_are_read_as_they_should_be(expr: str) -> None:
    assert said(expr) == []


def test_panels_are_looked_at_by_another_check() -> None:
    assert found(dashboard(panel("sum(a_total)")), ids={"promql-counter"}) == ()
