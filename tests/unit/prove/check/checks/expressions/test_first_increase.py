from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str, kind: str = "alert") -> list[tuple[str, str]]:
    return [
        (each.severity, each.message)
        for each in found(group({kind: "a:b", "expr": expr}), ids={"first-increase"})
    ]


@pytest.mark.parametrize(
    "expr",
    [
        'increase(a_total{code="503"}[5m]) > 0',
        'sum by (job) (rate(a_total{code="503"}[5m])) > 0',
        'increase(a_total{code=~"5.."}[5m]) != 0',
    ],
)
def test_alerts_on_the_first_of_something(expr: str) -> None:
    ((severity, message),) = said(expr)
    assert severity == "info"
    assert message.startswith("the first of a_total is missed where its series begins with it")


@pytest.mark.parametrize(
    "expr",
    [
        "increase(a_total[5m]) > 0",
        'increase(a_total{job="b", name!=""}[5m]) > 0',
        'increase(a_total{code="503"}[5m]) > 5',
        'increase(a{code="503"}[5m]) > 0',
        'sum((a_total{code="503"} unless a_total{code="503"} offset 5m) or increase(a_total{code="503"}[5m])) > 0',
        'increase(sum(a_total{code="503"})[5m:]) > 0',
        "increase(",
    ],
)
def test_others(expr: str) -> None:
    assert said(expr) == []


def test_records_and_panels_wait_for_nothing() -> None:
    expr = 'increase(a_total{code="503"}[5m]) > 0'
    assert said(expr, "record") == []
    assert found(dashboard(panel(expr)), ids={"first-increase"}) == ()
