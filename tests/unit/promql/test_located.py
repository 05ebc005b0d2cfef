"""Where selectors stand."""

from __future__ import annotations

import pytest

from provision.promql.located import located


@pytest.mark.parametrize(
    ("expr", "parts"),
    [
        ("up", ["up"]),
        ('rate(a{b="c"}[5m] offset 1h)', ['a{b="c"}[5m] offset 1h']),
        ("sum by (a) (b) / on (c) group_left (d) e", ["b", "e"]),
        ("sum(x) by (le)", ["x"]),
        ("count without (a) (b @ end())", ["b @ end()"]),
        ("b @ 1600000000 offset -5m", ["b @ 1600000000 offset -5m"]),
        ('{__name__=~"a.*"} and {"b", c="d"}', ['{__name__=~"a.*"}', '{"b", c="d"}']),
        ("max_over_time(rate(a[5m])[1h:1m])", ["a[5m]"]),
        ("a # b\n+ c", ["a", "c"]),
        ("vector(1)", []),
        ("a{", []),
    ],
)
def test_selectors_with_what_follows_them(expr, parts):
    assert [expr[each.start : each.whole_end] for each in located(expr)] == parts


def test_the_matchers_of_a_selector():
    expr = 'rate(a{b="c", "d.e"=~"f|g"}[5m])'
    (found,) = located(expr)
    assert expr[found.start : found.end] == 'a{b="c", "d.e"=~"f|g"}'
    assert {name: expr[start:end] for name, (start, end) in found.matchers.items()} == {
        "b": 'b="c"',
        "d.e": '"d.e"=~"f|g"',
    }
    assert (found.selector.name, found.ranged) == ("a", True)
