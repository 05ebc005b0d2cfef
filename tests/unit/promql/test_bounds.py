from __future__ import annotations

from math import inf

import pytest

from provision.promql.bounds import Bounds, bounds
from provision.promql.facts import facts


@pytest.mark.parametrize(
    ("expr", "within"),
    [
        ("a", (-inf, inf)),
        ("3", (3, 3)),
        ("-vector(3)", (-3, -3)),
        ("count(a)", (1, inf)),
        ("count by (b) (a) * 100", (0, inf)),
        ("absent(a)", (1, 1)),
        ("rate(a[5m])", (0, inf)),
        ("sum(rate(a[5m]))", (0, inf)),
        ("sum(-rate(a[5m]))", (-inf, 0)),
        ("sum(a)", (-inf, inf)),
        ("max_over_time(rate(a[5m])[1h:])", (0, inf)),
        ("sum_over_time(rate(a[5m])[1h:])", (0, inf)),
        ("sum_over_time(a[1h])", (-inf, inf)),
        ("quantile_over_time(0.9, rate(a[5m])[1h:])", (0, inf)),
        ("avg(a > bool 1)", (0, 1)),
        ("count(a) or vector(0)", (0, inf)),
        ("1 + absent(a)", (2, 2)),
        ("rate(a[5m]) - 1", (-1, inf)),
        ("rate(a[5m]) - b", (-inf, inf)),
        ("hour() - minute()", (-59, 23)),
        ("hour() > 5", (0, 23)),
        ("rate(a[5m]) and b", (0, inf)),
        ("a ^ 2", (-inf, inf)),
        ("deriv(a[5m])", (-inf, inf)),
        ("topk(5, rate(a[5m]))", (0, inf)),
    ],
)
def test_values_lie_between(expr: str, within: Bounds) -> None:
    found = facts(expr)
    assert found is not None
    assert bounds(found.root) == within
