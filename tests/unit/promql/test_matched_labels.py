from __future__ import annotations

import pytest

from provision.promql.branches import branches
from provision.promql.facts import facts
from provision.promql.labels import Labels
from provision.promql.matched_labels import matched_labels
from provision.promql.nodes import Operation
from provision.promql.variables import placeholder


def matched(expr: str) -> Labels:
    found = facts(placeholder(expr))
    assert found is not None, expr
    node = found.root
    assert isinstance(node, Operation)
    many, one = (node.right, node.left) if node.group == "right" else (node.left, node.right)
    (branch,) = branches(many)
    return matched_labels(node, branch.labels, [other.labels for other in branches(one)])


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ('a{b="c"} / d{e="f"}', "be"),
        ('a{b="c"} / on (b) d{e="f"}', "b"),
        ('a / on (e) d{e="f"}', "e"),
        ('a{b="c", x="y"} / ignoring (b) d{e="f"}', "xe"),
        ('a{b="c"} * on (x) group_left (e) d{e="f"}', "be"),
        ('a{b="c"} * on (x) group_right (b) d{e="f"}', "eb"),
    ],
)
def test_labels_that_every_series_has(expr: str, labels: str) -> None:
    assert matched(expr).certain == frozenset(labels)


@pytest.mark.parametrize(
    ("expr", "may", "may_not"),
    [
        ("sum(a) / sum(b)", [], ["x"]),
        ("sum by (b, c) (a) / on (b) sum by (b) (d)", ["b"], ["c"]),
        ("sum by (b) (a) * on (b) group_left (e) d", ["b", "e"], ["x"]),
        ("sum by (b) (a) * on (b) group_left (e) sum by (b) (d)", ["b"], ["e"]),
        ("a / sum by (b) (d)", ["b"], ["x"]),
        ("sum(a) * on ($x) group_left ($xy) b", ["z"], []),
    ],
)
def test_labels_that_series_may_have(expr: str, may: list[str], may_not: list[str]) -> None:
    labels = matched(expr)
    assert [label for label in may if not labels.may_have(label)] == []
    assert [label for label in may_not if labels.may_have(label)] == []


@pytest.mark.parametrize(
    "expr", ['a{b="c"} + fill(0) d', 'a{b="c"} / on (b) fill_right(1) d', 'a{b="c"} - fill_left(0) d']
)
def test_nothing_is_certain_where_a_series_needs_no_partner(expr: str) -> None:
    found = matched(expr)
    assert not found.certain
    assert found.may_have("e")
