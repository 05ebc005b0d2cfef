from __future__ import annotations

import pytest

from provision.promql.branches import Branch, branches
from provision.promql.facts import facts
from provision.promql.variables import placeholder


def of(expr: str) -> tuple[Branch, ...]:
    found = facts(placeholder(expr))
    assert found is not None, expr
    return branches(found.root)


def one(expr: str) -> Branch:
    (branch,) = of(expr)
    return branch


CERTAIN = [
    ('rate(a{b="c"}[5m])', "b"),
    ('max_over_time(rate(a{b="c"}[5m])[1h:])', "b"),
    ('-a{b="c"}', "b"),
    ('sum by (b, d) (a{b="c"})', "b"),
    ('sum without (b) (a{b="c", d="e"})', "d"),
    ('sum(a{b="c"})', ""),
    ('topk by (x) (1, a{b="c"})', "b"),
    ('count_values("d", a{b="c"})', "d"),
    ('absent(sum(a{b="c"}))', ""),
    ('label_replace(a{b="c"}, "b", "$1", "d", "(.*)")', ""),
    ('histogram_quantile(0.9, a{le="1", b="c"})', "b"),
    ('a{b="c"} > 1', "b"),
    ('1 - a{b="c"}', "b"),
    ('a{b="c"} and d{e="f"}', "b"),
    ("vector(1)", ""),
    ("time()", ""),
    ("hour()", ""),
    ('sum by ($x) (a{b="c"})', ""),
    ('sum without ($x) (a{b="c"})', ""),
]


@pytest.mark.parametrize(("expr", "labels"), CERTAIN)
def test_labels_that_every_series_has(expr: str, labels: str) -> None:
    assert one(expr).labels.certain == frozenset(labels)


@pytest.mark.parametrize(
    ("expr", "may", "may_not"),
    [
        ("sum(a)", [], ["x"]),
        ("sum by (b) (a)", ["b"], ["x"]),
        ("sum without (b) (a)", ["x"], ["b"]),
        ("max by (x) (sum by (b) (a))", [], ["b", "x"]),
        ("histogram_quantile(0.9, a)", ["x"], ["le"]),
        ('label_replace(sum(a), "b", "c", "", "")', ["b"], ["x"]),
        ("info(sum(a))", ["x"], []),
        ("vector(1)", [], ["x"]),
        ("sum by ($x) (a)", ["y"], []),
        ("sum without ($x, b) (a)", ["y"], ["b"]),
    ],
)
def test_labels_that_series_may_have(expr: str, may: list[str], may_not: list[str]) -> None:
    labels = one(expr).labels
    assert [label for label in may if not labels.may_have(label)] == []
    assert [label for label in may_not if labels.may_have(label)] == []


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ("sum by (b) (a)", {"b"}),
        ("sum without (instance) (a)", {"job"}),
    ],
)
def test_labels_that_an_author_counts_on(expr: str, labels: set[str]) -> None:
    assert one(expr).labels.likely == labels


def test_each_side_of_or_is_a_branch() -> None:
    left, right = of('sum by (b) (a) or c{d="e"} > 1')
    assert (left.labels.possible, left.is_filtered) == ({"b"}, False)
    assert (right.labels.certain, right.is_filtered) == ({"d"}, True)
    assert [each.selector and each.selector.name for each in (left, right)] == ["a", "c"]


@pytest.mark.parametrize(
    ("expr", "always"),
    [
        ("1", [True]),
        ("vector(0)", [True]),
        ("time() - 5", [True]),
        ("vector(2) > 5", [False]),
        ("time() > bool 5", [True]),
        ("a", [False]),
        ("a or vector(0)", [False, True]),
        ("vector(0) and a", [False]),
        ("scalar(a)", [True]),
        ("absent(a)", [False]),
        ("hour()", [True]),
        ("sum(vector(1))", [True]),
        ("vector(1) * a", [False]),
    ],
)
def test_whether_there_is_always_something(expr: str, always: list[bool]) -> None:
    assert [branch.is_always for branch in of(expr)] == always


def test_known_values() -> None:
    assert one('sum by (b) (a{b="c", d="e"})').labels.values == {"b": "c"}
    assert one('label_replace(a{b="c"}, "b", "x", "", "")').labels.values == {}
    assert one("-5").number == -5
    assert one("vector(3)").number == 3
    assert one("abs(vector(3))").number is None
