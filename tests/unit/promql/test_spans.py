from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.spans import span
from provision.promql.variables import placeholder


def pieces(expr: str) -> list[str | None]:
    """The pieces of the text that are selectors, calls, aggregations and operators."""
    found = facts(expr)
    assert found is not None
    nodes = [*found.selectors, *found.calls, *found.aggregations, *found.operations]
    spans = [span(expr, found, node) for node in nodes]
    return [None if each is None else expr[each[0] : each[1]] for each in spans]


@pytest.mark.parametrize(
    ("expr", "told"),
    [
        ("up", ["up"]),
        ('rate(a{b="c"}[5m] offset 5m)', ['a{b="c"}[5m]', 'rate(a{b="c"}[5m] offset 5m)']),
        ("sum by (a) (a) / -a", ["a", "a", "sum by (a) (a)", "/"]),
        ("sum(a) by (a) > bool 1", ["a", "sum(a) by (a)", ">"]),
        ("{b='c'} unless ON (a) a @ end()", ["{b='c'}", "a", "unless"]),
        ("a * ignoring (b) group_left c", ["a", "c", "*"]),
        ("a * on (b) group_left (c) d", ["a", "d", "*"]),
        ("max_over_time(a[1h:5m] offset -1h) - 1", ["a[1h:5m]", "max_over_time(a[1h:5m] offset -1h)", "-"]),
        ("max_over_time(rate(a[5m])[1h:])", ["a[5m]", "max_over_time(rate(a[5m])[1h:])", "rate(a[5m])"]),
        ('topk(5, {"a.b", c="d"})', ['{"a.b", c="d"}', 'topk(5, {"a.b", c="d"})']),
        ("a offset (5m) + fill (0) b # c", ["a", "b", "+"]),
        ("sum + count", ["sum", "count", "+"]),
        ("count_values('x', a) == 1e3", ["a", "count_values('x', a)", "=="]),
        ("-(a ^ 2)", ["a", "^"]),
    ],
)
def test_where_nodes_stand(expr: str, told: list[str]) -> None:
    assert pieces(expr) == told


def test_numbers_have_no_span() -> None:
    found = facts("1 + a")
    assert found is not None
    assert span("1 + a", found, found.operations[0].left) is None


def test_another_text_tells_nothing() -> None:
    found = facts("a + b")
    assert found is not None
    assert span("a", found, found.selectors[0]) is None
    assert span("a(", found, found.selectors[0]) is None


def test_columns_are_those_of_the_text_with_its_variables() -> None:
    text = 'sum(rate(a{b="$job"}[$__rate_interval])) / c'
    plain = placeholder(text)
    found = facts(plain)
    assert found is not None
    begin, end = span(plain, found, found.operations[0]) or (0, 0)
    assert text[begin:end] == "/"
