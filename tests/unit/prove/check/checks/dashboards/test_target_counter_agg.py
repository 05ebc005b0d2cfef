from __future__ import annotations

import pytest

from support.checking import dashboard, found, panel


def told(expr: str) -> list[str]:
    return [each.message for each in found(dashboard(panel(expr)), ids={"target-counter-agg"})]


@pytest.mark.parametrize(
    "expr",
    ["a_total", "sum by (b) (a_total)", 'topk(5, a_total{b="c"})', "sum(a_total) / sum(b)", "a_total and up",
     "max_over_time(a_total[1h])", "a_total * 8"],
)  # fmt: skip
def test_the_raw_value_is_told(expr: str) -> None:
    assert told(expr) == ["a_total is a counter: its value is what was counted since somebody started it"]


@pytest.mark.parametrize(
    "expr",
    ["rate(a_total[5m])", "sum(increase(a_total[1h]))", "count(a_total)", "absent(a_total)", "up unless a_total",
     "up and on (job) a_total", "a_total > 0", "a_total - a_total offset 1d", "resets(a_total[1d])", "job:a_total:sum",
     "${metric}_total", "a_totals", "a_total ==bool 0", "sum(rate(a_total[5m])) + sum(a_total"],
)  # fmt: skip
def test_growth_and_presence_are_left_alone(expr: str) -> None:
    assert told(expr) == []
