from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.nodes import (
    Aggregation,
    Matcher,
    Negation,
    Number,
    Subquery,
    Text,
    above,
    children,
    is_scalar,
    within,
)
from provision.promql.standins import stands_in
from provision.promql.variables import placeholder


def test_an_expression_is_walked_once_and_kept() -> None:
    found = facts("sum(a) / sum(b)")
    assert found is not None
    assert facts("sum(a) / sum(b)") is found


def test_selectors() -> None:
    found = facts('rate(a{b="c", d!~"e"}[5m] offset 1h) + {__name__="f"} @ end() - b offset -1m')
    assert found is not None
    first, second, third = found.selectors
    assert (first.name, first.matchers) == ("a", (Matcher("b", "=", "c"), Matcher("d", "!~", "e")))
    assert (first.range_seconds, first.offset_seconds, first.is_pinned) == (300, 3600, False)
    assert (second.name, second.matchers, second.range_seconds, second.is_pinned) == ("f", (), None, True)
    assert third.offset_seconds == -60


def test_calls_and_aggregations_in_the_order_of_the_text() -> None:
    found = facts('topk(5, sum by (job) (rate(a[5m]))) or count_values without (x) ("y", abs(b))')
    assert found is not None
    assert [call.function for call in found.calls] == ["rate", "abs"]
    said = [(each.operation, each.grouping, each.labels) for each in found.aggregations]
    assert said == [("topk", "", ()), ("sum", "by", ("job",)), ("count_values", "without", ("x",))]
    top, _, values = found.aggregations
    assert isinstance(top.parameter, Number)
    assert top.parameter.value == 5
    assert isinstance(values.parameter, Text)
    assert values.parameter.value == "y"


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("a + b", ("+", False, "", (), "", ())),
        ("a > bool 1", (">", True, "", (), "", ())),
        ("a AND on (b) c", ("and", False, "on", ("b",), "", ())),
        ("a * ignoring (b) group_left (c, d) e", ("*", False, "ignoring", ("b",), "left", ("c", "d"))),
        ("a * on (b) group_right e", ("*", False, "on", ("b",), "right", ())),
        ("a / on () b", ("/", False, "on", (), "", ())),
        ("a atan2 b", ("atan2", False, "", (), "", ())),
    ],
)
def test_operations(expr: str, said: tuple[object, ...]) -> None:
    found = facts(expr)
    assert found is not None
    (each,) = found.operations
    assert (each.operator, each.is_bool, each.matching, each.labels, each.group, each.included) == said


def test_operations_in_the_order_of_their_operators() -> None:
    found = facts("a + b * c - d")
    assert found is not None
    assert [each.operator for each in found.operations] == ["+", "*", "-"]


def test_subqueries() -> None:
    found = facts("max_over_time(a[1h:5m] offset 1d) + max_over_time(a[1h:] @ 10)")
    assert found is not None
    first, second = found.subqueries
    assert (first.range_seconds, first.step_seconds, first.offset_seconds) == (3600, 300, 86400)
    assert (second.step_seconds, second.is_pinned) == (None, True)


def test_what_stands_around_a_node() -> None:
    found = facts("-sum(max_over_time(rate(a[5m])[1h:]))")
    assert found is not None
    (selector,) = found.selectors
    kinds = [type(each).__name__ for each in above(selector)]
    assert kinds == ["Call", "Subquery", "Call", "Aggregation", "Negation"]
    assert isinstance(found.root, Negation)
    assert isinstance(found.root.operand, Aggregation)
    assert found.root.parent is None
    assert all(isinstance(each, Subquery) for each in found.subqueries)


def test_what_stands_in_a_node() -> None:
    found = facts("topk(5, -sum(max_over_time(rate(a[5m])[1h:]))) / 2")
    assert found is not None
    assert [type(each).__name__ for each in children(found.root)] == ["Aggregation", "Number"]
    kinds = [type(each).__name__ for each in within(found.root)]
    assert kinds == [
        "Operation", "Aggregation", "Number", "Negation", "Aggregation", "Call", "Subquery", "Call", "VectorSelector",
        "Number",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "scalar"),
    [
        ("1", True),
        ("-time()", True),
        ("1 + scalar(a)", True),
        ("a", False),
        ("1 + a", False),
        ("vector(1)", False),
    ],
)
def test_is_scalar(expr: str, scalar: bool) -> None:
    found = facts(expr)
    assert found is not None
    assert is_scalar(found.root) is scalar


@pytest.mark.parametrize(
    "expr", ["", "sum(", "rate(a)", "+".join(["a"] * 400), "abs(" * 70 + "a" + ")" * 70 + " " * 400]
)
def test_no_facts_of_what_is_no_promql_or_larger_than_people_write(expr: str) -> None:
    assert facts(expr) is None


def test_a_long_chain_of_operators_is_walked() -> None:
    found = facts(" + ".join(["some_metric_total"] * 150))
    assert found is not None
    assert len(found.operations) == 149


@pytest.mark.parametrize(
    ("expr", "written"),
    [("a{b='$c'}", True), ("$a", True), ("a_${b}_c", True), ("a{b='c'}", False)],
)
def test_stand_ins_are_told_from_what_was_written(expr: str, written: bool) -> None:
    found = facts(placeholder(expr))
    assert found is not None
    (selector,) = found.selectors
    words = [selector.name or "", *(matcher.value for matcher in selector.matchers)]
    assert any(map(stands_in, words)) is written
