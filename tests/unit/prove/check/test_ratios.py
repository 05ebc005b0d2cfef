from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.nodes import Aggregation, Operation
from provision.prove.check.ratios import (
    LifetimeRatio,
    is_per_instance,
    lifetime_ratio,
    may_be_zero,
    reads_changes,
)


def first(expr: str) -> Operation:
    found = facts(expr)
    assert found is not None
    return found.operations[0]


@pytest.mark.parametrize(
    ("expr", "left", "right"),
    [
        ("a_sum / a_count", "a_sum", "a_count"),
        ("sum by (x) (a_sum) / sum by (x) (a_count > 0)", "a_sum", "a_count"),
        ("sum(a_total) / sum(b_total)", "a_total", "b_total"),
        ("1000 * a_seconds_sum / clamp_min(b_total, 1)", "a_seconds_sum", "b_total"),
    ],
)
def test_counters_divided_as_they_stand(expr: str, left: str, right: str) -> None:
    found = facts(expr)
    assert found is not None
    ratios = [ratio for each in found.operations if (ratio := lifetime_ratio(each))]
    assert ratios == [LifetimeRatio(left, right)]


@pytest.mark.parametrize(
    "expr",
    [
        "rate(a_sum[5m]) / rate(a_count[5m])",
        "a_sum / b_count",
        "a_total * b_total",
        "a_bytes / b_bytes",
        "a_total / 5",
        "a_vvv_total / a_vvv_total",
        "a:b:sum / a:b:count",
    ],
)
def test_other_divisions(expr: str) -> None:
    assert lifetime_ratio(first(expr)) is None


@pytest.mark.parametrize(
    ("divisor", "zero"),
    [
        ("b", True),
        ("b > 0", False),
        ("b > -1", True),
        ("b != 0", False),
        ("b >= 1", False),
        ("b < 0", False),
        ("b <= 0", True),
        ("b == 5", False),
        ("b > bool 0", True),
        ("b > c", True),
        ("sum(b > 0)", False),
        ("sum(b)", True),
        ("count(b)", False),
        ("-b", True),
        ("clamp_min(b, 1)", False),
        ("clamp_min(b, 0)", True),
        ("clamp_max(b, -1)", False),
        ("clamp(b, 1, 10)", False),
        ("clamp(b, 0, 10)", True),
        ("scalar(b)", True),
        ("scalar(b > 0)", False),
        ("time()", False),
        ("rate(b[5m])", True),
        ("5", False),
        ("0", True),
        ("60 * (b > 0)", False),
        ("(b > 0) / 60", False),
        ("(b > 0) * (c > 0)", False),
        ("(b > 0) * c", True),
        ("b + 1", True),
        ("b and b > 0", False),
        ("b unless b == 0", True),
        ("(b > 0) or vector(1)", False),
    ],
)
def test_what_may_be_zero(divisor: str, zero: bool) -> None:
    assert may_be_zero(first(f"a / ({divisor})" if divisor != "-b" else "a / -b").right) is zero


def test_rates_within() -> None:
    assert reads_changes(first("sum(rate(a[5m])) + 1").left)
    assert not reads_changes(first("topk(5, max_over_time(a[5m])) + 1"))


@pytest.mark.parametrize(
    ("grouping", "single"), [("by (instance)", True), ("by (job)", False), ("without (pod)", False)]
)
def test_a_group_for_each_process(grouping: str, single: bool) -> None:
    found = facts(f"sum {grouping} (a)")
    assert found is not None
    assert isinstance(found.root, Aggregation)
    assert is_per_instance(found.root) is single
