from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.written import written


@pytest.mark.parametrize(
    ("expr", "out"),
    [
        ("up", "up"),
        ('up{b="c",a=~"d"}', 'up{a=~"d", b="c"}'),
        ("{a='b'}", '{a="b"}'),
        ("rate( a[5m] offset 1h )", "rate(a[300s] offset 3600s)"),
        ("sum(a)by(c,b)", "sum by (b, c) (a)"),
        ("sum without () (a)", "sum without () (a)"),
        ("sum by () (a)", "sum(a)"),
        ("topk(5,a)", "topk(5, a)"),
        ('count_values("x\\"y", a)', 'count_values("x\\"y", a)'),
        ("((a)) + (b)", "a + b"),
        ("(a + b) * c", "(a + b) * c"),
        ("a + b * c", "a + b * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - c", "a - b - c"),
        ("(a ^ b) ^ c", "(a ^ b) ^ c"),
        ("a ^ (b ^ c)", "a ^ b ^ c"),
        ("a > bool 1", "a > bool 1"),
        ("a * on(b) group_left(d, c) e", "a * on (b) group_left (c, d) e"),
        ("-a", "-a"),
        ("-(a + b)", "-(a + b)"),
        ("max_over_time((a + b)[1h:5m])", "max_over_time((a + b)[3600s:300s])"),
        ("max_over_time(a[1h:] offset 5m)", "max_over_time(a[3600s:] offset 300s)"),
        ("1e3", "1000"),
    ],
)
def test_a_tree_is_written_out_and_means_the_same(expr: str, out: str) -> None:
    found = facts(expr)
    assert found is not None
    assert written(found.root) == out
    again = facts(out)
    assert again is not None
    assert written(again.root) == out


def test_a_time_is_left_out() -> None:
    found = facts("a @ 10")
    assert found is not None
    assert written(found.root) == "a @ …"
