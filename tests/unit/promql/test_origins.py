"""Which series a label of a result comes from."""

from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.origins import origins


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ("a", ["a"]),
        ("-rate(a[5m]) * 2", ["a"]),
        ("2 - a", ["a"]),
        ("a or b", ["a", "b"]),
        ("a unless b", ["a"]),
        ("a / b", ["a"]),
        ("a * on (job) group_right b", ["b"]),
        ("a * on (x) b", ["a"]),
        ("histogram_quantile(0.9, sum without (job) (a))", ["a"]),
        ("max_over_time(topk(1, a)[5m:1m])", ["a"]),
        ("time()", []),
        ("scalar(a)", []),
        ("vector(1)", []),
    ],
)
def test_what_a_label_comes_from(expr, names):
    found = facts(expr)
    assert found is not None
    told = origins(found.root, "x")
    assert told is not None
    assert [each.name for each in told] == names


@pytest.mark.parametrize(
    "expr",
    ['{__name__=~"a.*"}', "vvvv", "a or {job='b'}", "sum(a)", "sum by (x) (a)", "sum without (x) (a)", "sum without (vv) (a)",
     'count_values without (job) ("x", a)', 'label_replace(a, "x", "$1", "job", "(.*)")', 'label_join(a, "vv", "", "job")',
     "absent(a)", "info(a)", "a * on (job) b", "a * ignoring (x) b", "a * on (job) group_left (x) b",
     "a * on (vv) group_left b"],
)  # fmt: skip
def test_what_nobody_can_say(expr):
    found = facts(expr)
    assert found is not None
    assert origins(found.root, "x") is None
