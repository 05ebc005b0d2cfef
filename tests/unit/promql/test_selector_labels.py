from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.promql.labels import Labels
from provision.promql.nodes import VectorSelector
from provision.promql.selector_labels import absent_labels, selector_labels
from provision.promql.variables import placeholder


def selector(expr: str) -> VectorSelector:
    found = facts(placeholder(expr))
    assert found is not None, expr
    assert isinstance(found.root, VectorSelector)
    return found.root


def absent(expr: str) -> Labels:
    found = selector(expr)
    return absent_labels(selector_labels(found), found)


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ('a{b="c"}', "b"),
        ('a{b=~"c|d"}', "b"),
        ('a{b=~".+", c!="", d=~".*", e!="f"}', "bc"),
        ('a{b=~"5..", c=~"x|", d=~"x?", e=~"x|y.*|z+", f=~"(x|y)", g=~"/a(b|c)?"}', "be"),
        ('a{b=~"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,"}', "b"),
        ('a{b="$c"}', "b"),
        ('a{b=~"$c"}', ""),
    ],
)
def test_labels_that_every_series_has(expr: str, labels: str) -> None:
    assert selector_labels(selector(expr)).certain == frozenset(labels)


def test_labels_that_series_may_have() -> None:
    assert selector_labels(selector("a")).may_have("x")
    labels = selector_labels(selector('a{b=""}'))
    assert labels.may_have("x")
    assert not labels.may_have("b")


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ("a", {"job", "instance"}),
        ('a{instance=""}', {"job"}),
        ("job:a:sum", set()),
        ("ALERTS", set()),
        ("$a", set()),
        ('a{b=~"$b"}', {"job", "instance", "b"}),
    ],
)
def test_labels_that_an_author_counts_on(expr: str, labels: set[str]) -> None:
    assert selector_labels(selector(expr)).likely == labels


def test_known_values() -> None:
    assert selector_labels(selector('a{b="c"}')).values == {"b": "c"}
    assert selector_labels(selector('a{b="$c"}')).values == {}


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ('a{b="c", d=~"e"}', "b"),
        ('a{b="c", b="d"}', ""),
        ('a{b!="", b="c"}', "b"),
        ('a{b="c", b!=""}', ""),
        ('a{b="", d="e"}', "d"),
    ],
)
def test_labels_that_are_made_up_of_a_selector(expr: str, labels: str) -> None:
    assert absent(expr).certain == frozenset(labels)


def test_what_is_made_up_has_no_other_labels() -> None:
    labels = absent('a{b="c"}')
    assert labels.may_have("b")
    assert not labels.may_have("x")
