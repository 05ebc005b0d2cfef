"""When an expression returns something."""

from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.prove.check.conditions import Returns, constant, returns, sides


def when(expr: str) -> Returns:
    found = facts(expr)
    assert found is not None
    return returns(found.root)


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        "(up) != 1",
        "sum by (job) (up == 0)",
        "rate(x[5m]) > 1",
        "max_over_time((x > 1)[5m:1m])",
        "a unless b",
        "vector(1) unless b",
        "a and b > 1",
        "a > 1 and b",
        "a / (b > 0)",
        "a * on () group_left () (b == 1)",
        "a > 1 or b > 1",
        "absent(a) or a == 0",
        "absent_over_time(a[5m])",
        "-(a > 1)",
        "count(a) == bool 1 > 0",
        'ALERTS{alertname="Down"}',
        "vector(1) == 2",
        'topic_info{ready="False"}',
        "(count(up == 1) or vector(0)) < 3",
    ],
)
def test_sometimes(expr: str) -> None:
    assert when(expr) is Returns.SOMETIMES


@pytest.mark.parametrize(
    "expr",
    [
        "up",
        "up == bool 0",
        "rate(x[5m])",
        "a and b",
        "a + b",
        "a > 1 or b",
        "topk(3, a)",
        'label_replace(a, "b", "$1", "c", "(.*)")',
        "histogram_quantile(0.9, a)",
        "quantile(0.9, a)",
        "100 * a",
        'topic_info{job="kafka"}',
    ],
)
def test_whenever_the_series_are_there(expr: str) -> None:
    assert when(expr) is Returns.PRESENT


@pytest.mark.parametrize(
    "expr",
    [
        "vector(1)",
        "1",
        "time()",
        "hour()",
        "vector(scalar(up))",
        "up == 0 or vector(0)",
        "count(up == 1) or vector(0) < 3",
        "vector(0) < 3",
        "vector(2 * 3 - 1) >= 5",
        "sum(a or vector(0))",
        "vector(1) > bool 3",
    ],
)
def test_always(expr: str) -> None:
    assert when(expr) is Returns.ALWAYS


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        ("14.4 * (1 - 0.9)", 1.44),
        ("-vector(3)", -3.0),
        ("2 / 4", 0.5),
        ("1 / 0", None),
        ("2 ^ 3", None),
        ("a", None),
    ],
)
def test_constant(expr: str, value: float | None) -> None:
    found = facts(expr)
    assert found is not None
    assert constant(found.root) == (value if value is None else pytest.approx(value))


def test_the_sides_of_or() -> None:
    found = facts("a or (b or c > 1) or d")
    assert found is not None
    assert len(list(sides(found.root))) == 4
