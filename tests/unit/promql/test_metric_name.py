from __future__ import annotations

import pytest

from provision.promql.metric_name import keeps_name


@pytest.mark.parametrize(
    "expr",
    ["up", "up == 0", "(up)", "up offset 5m", "up and on (job) x", "sum(x) or up", "topk(3, up)", "sort(up)", "0 < up",
     "last_over_time(up[5m])", 'label_replace(up, "a", "b", "", "")', "sum by (__name__) (up)", "up unless x", "not PromQL {"],
)  # fmt: skip
def test_a_name_that_may_be_there(expr):
    assert keeps_name(expr)


@pytest.mark.parametrize(
    "expr",
    ["sum(up)", "sum by (job) (up) > 3", "rate(x[5m])", "-up", "up + 1", "up == bool 0", "absent(up)", "vector(1)", "1",
     "a / b > 0.1", "max_over_time(up[5m]) == 0", "sum(x) and up", "sum(x) or vector(0)", "1 > bool 0", "time()", "x % 2"],
)  # fmt: skip
def test_a_name_that_is_certainly_gone(expr):
    assert not keeps_name(expr)
