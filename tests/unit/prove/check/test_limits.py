from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.project import Project
from provision.prove.check.limits import Records, limits, shown
from provision.prove.check.reading import estate_of
from provision.prove.check.tools import Tools
from support.checking import group

RECORDS: list[dict[str, Any]] = [
    {"record": "job:slow:mean", "expr": "job:time:sum / (job:count:sum > 0)"},
    {"record": "job:time:sum", "expr": "sum by (job) (rate(d_seconds_sum[5m])) and on () up == 1"},
    {"record": "job:count:sum", "expr": "sum by (job) (rate(d_seconds_count[5m]))"},
    {"record": "job:queue:max", "expr": "max by (job) (queue_length) * 2"},
    {"record": "twice", "expr": "a"},
    {"record": "twice", "expr": "b"},
    {"record": "itself", "expr": "itself"},
]


@pytest.fixture(scope="module")
def records() -> Records:
    return estate_of([group(*RECORDS)], Project(root=Path("/nowhere"), name="test"), Tools()).records


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum(rate(d_seconds_sum[1m])) / sum(rate(d_seconds_count[1m]))", "job:slow:mean"),
        ("max(job:slow:mean) * 1", "job:slow:mean{job='vvvv'}"),
        (
            "histogram_quantile(0.9, sum by (le) (rate(b_bucket[5m])))",
            "histogram_quantile(0.9, rate(b_bucket[1h]))",
        ),
        ("job:queue:max", "2 * queue_length"),
        ("a_bytes", "topk(5, a_bytes) or vector(0)"),
        ("sum(rate(a_total[5m]))", "sum by (b) (rate(a_total[1m])) > 0 or vector(0)"),
        ("itself", "itself"),
    ],
)
def test_the_same_is_recognised(one: str, other: str, records: Records) -> None:
    made = shown(one, records)
    assert made is not None
    assert made == shown(other.replace(" > 0 or", " or"), records)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('sum(a{code="500"})', "sum(a)"),
        ("increase(a_total[5m])", "increase(a_total[1h])"),
        ("rate(a_total[5m])", "increase(a_total[5m])"),
        ("histogram_quantile(0.9, rate(b_bucket[5m]))", "histogram_quantile(0.99, rate(b_bucket[5m]))"),
        ("a / b", "b / a"),
        ("sum(a)", "a"),
    ],
)
def test_what_differs_is_told_apart(one: str, other: str, records: Records) -> None:
    assert shown(one, records) != shown(other, records)


@pytest.mark.parametrize(
    "expr", ["1", "a + b", "vector(5)", "up", "{job='a'}", "a +", "time() - a", "sum(a + b)", "a * 0"]
)
def test_what_has_none_of_the_forms_is_nothing(expr: str, records: Records) -> None:
    assert shown(expr, records) is None


def test_a_factor_is_followed(records: Records) -> None:
    made = shown("1000 * a_seconds / 2", records)
    assert made is not None
    assert made.factor == 500


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        ("a > 5", [(True, 5.0)]),
        ("5 > a", [(False, 5.0)]),
        ("a * 1000 >= 5", [(True, 0.005)]),
        ("a < 5 and b > 1", [(False, 5.0), (True, 1.0)]),
        ("a > 5 unless b > 1", [(True, 5.0)]),
        ("a > 5 and a > 3", []),
        ("a == 5", []),
        ("a > b", []),
        ("a > 0", []),
        ("a >", []),
    ],
)
def test_limits(expr: str, found: list[tuple[bool, float]], records: Records) -> None:
    assert [(limit.is_upper, pytest.approx(limit.value)) for limit in limits(expr, records)] == found
