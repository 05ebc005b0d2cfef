from __future__ import annotations

import pytest

from support.checking import dashboard, found, group, panel


def said(expr: str) -> list[tuple[str, str]]:
    findings = found(group({"alert": "A", "expr": expr}), ids={"promql-impossible"})
    return [(each.severity, each.message) for each in findings]


@pytest.mark.parametrize(
    ("expr", "severity", "message"),
    [
        ('a{b="c", b="d"}', "error", 'a returns nothing: b is to be "c" and "d" at once'),
        ('{b="c", b!="c"}', "error", 'the selector returns nothing: b is to be "c" and not "c" at once'),
        ('a{b="c"} and sum(d)', "error", "and returns nothing: every series on the left has the label b, none on the right"),
        ('sum(d) / a{b="c"}', "error", "/ returns nothing: every series on the right has the label b, none on the left"),
        ('a{b="c"} unless sum(d)', "warning", "unless leaves nothing out: every series on the left has the label b, none on the right"),
        ('a{b="c"} + on (b) d{b="e"}', "error", '+ returns nothing: b is "c" left of it, "e" right of it'),
        ("sum(a) / on (b, c) sum(d)", "warning", "neither side of / has the label b that on (b, c) matches"),
        ("sum(a) / on (b, c) sum(d)", "warning", "neither side of / has the label c that on (b, c) matches"),
        ("a * on (b) group_left (c) sum by (b) (d)", "warning", "group_left (c) brings nothing: the right side has no c"),
        ("sum by (b) (a) * on (b) group_right (c) d", "warning", "group_right (c) brings nothing: the left side has no c"),
        ("max by (b, c) (sum by (c) (a))", "warning", "max by (b) finds no b: it was dropped before"),
        ('sum by (b) (absent(a{c="d"}))', "warning", "sum by (b) finds no b: it was dropped before"),
        ("count(a) == 0", "error", "the comparison == never returns anything: count() is never below 1"),
        ("1 > count(a)", "error", "the comparison > never returns anything: count() is never below 1"),
        ("rate(a[5m]) < 0", "error", "the comparison < never returns anything: rate() is never below 0"),
        ("absent(a) != 1", "error", "the comparison != never returns anything: absent() is always 1"),
        ("hour() > 24", "error", "the comparison > never returns anything: hour() is between 0 and 23"),
        ("-rate(a[5m]) >= 1", "error", "the comparison >= never returns anything: its left side is never above 0"),
        ("count(a) < bool 1", "error", "the comparison < always gives 0: count() is never below 1"),
        ("vector(0) or sum(a)", "warning", "the right side of or is never used: the left side always has a result, with as few labels"),
    ],
)  # fmt: skip
def test_what_can_return_nothing(expr: str, severity: str, message: str) -> None:
    assert (severity, message) in said(expr)


@pytest.mark.parametrize(
    "expr",
    [
        'a{b="c", b=~"c|d"}',
        'a{b="c", b!="d"}',
        'a{b="c"} and on () sum(d)',
        "a / sum by (job) (b)",
        "sum(a) / on () sum(d)",
        "sum by (b) (a) or vector(0)",
        "sum(a) or vector(0)",
        "vector(0) or a",
        "(vector(0) and on () b) or sum(a)",
        "count(a) == 1",
        "count(a) <= 1",
        "(count(a) or vector(0)) == 0",
        "absent(a) == 1",
        "rate(a[5m]) >= 0",
        "rate(a[5m]) == 0",
        "a < 0",
        "1 > bool 2",
        "max by (b) (sum by (b, c) (a))",
        "max by (le) (label_replace(sum(a), 'le', '1', '', ''))",
        "max by (__name__) (sum by (b) (a))",
        "count_values('b', a) > 2",
        "a * on (b) group_left (c) d",
    ],
)
def test_what_may_return_something(expr: str) -> None:
    assert said(expr) == []


@pytest.mark.parametrize(
    "expr",
    [
        "count(a) < $n",
        "max by ($x) (sum by (b) (a))",
        'a{b="$x"} / on (b) a{b="$y"}',
        'a{b="$x", b="$y"}',
        "sum(a) / on ($x) sum(b)",
    ],
)
def test_what_a_variable_stands_for_is_not_judged(expr: str) -> None:
    assert found(dashboard(panel(expr)), ids={"promql-impossible"}) == ()


def test_numbers_beside_variables_are_judged() -> None:
    (finding,) = found(dashboard(panel('count(a{b="$c"}) < 1')), ids={"promql-impossible"})
    assert finding.remedy.startswith("a sum or count of nothing is nothing")


def test_a_selector_that_contradicts_itself_often_is_told_once() -> None:
    matchers = ",".join(f'b="{number}"' for number in range(2000))
    assert said(f"a{{{matchers}}}") == [("error", 'a returns nothing: b is to be "0" and "1" at once')]
