from __future__ import annotations

from typing import Any

import pytest

from support.checking import dashboard, found, group, panel

DEMANDS = {"name": "shop:.+", "keep": ["job"], "strip": ["instance"]}


def said(rule: dict[str, Any], **demands: Any) -> list[tuple[str, str]]:
    settings = {"promql-aggregate": {"rules": [{**DEMANDS, **demands}]}}
    findings = found(group(rule), ids={"promql-aggregate"}, checks=settings)
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.message, each.remedy) for each in findings]


DROPPED = "the label job is dropped, and is to be kept"
KEPT = "the label instance is kept, and is to be dropped"


@pytest.mark.parametrize(
    ("expr", "messages"),
    [
        ("sum(a)", [DROPPED]),
        ("sum by (till) (a)", [DROPPED]),
        ("sum without (job, instance) (a)", [DROPPED]),
        ("a", [KEPT]),
        ("sum by (job, instance) (a)", [KEPT]),
        ("topk(5, a)", [KEPT]),
        ("sum by (job) (a) or sum(b)", [DROPPED]),
        ("max(sum by (job, instance) (a))", [DROPPED]),
        ("sum by (job) (a) * on (job) group_left (instance) b", [KEPT]),
        ("sum by (job) (a)", []),
        ("sum without (instance) (a)", []),
        ('a{instance=""}', []),
        ("vector(1)", []),
        ("sum(", []),
    ],
)
def test_labels_are_kept_and_dropped(expr: str, messages: list[str]) -> None:
    assert [message for message, _ in said({"record": "shop:a", "expr": expr})] == messages


def test_labels_that_a_rule_sets_itself_count() -> None:
    rule = {"record": "shop:a", "expr": "sum(a)", "labels": {"job": "shop"}}
    assert said(rule) == []


def test_only_the_rules_that_are_meant() -> None:
    assert said({"record": "other:a", "expr": "sum(a)"}) == []
    assert said({"alert": "shop:a", "expr": "sum(a)"}) == []
    assert said({"alert": "shop:a", "expr": "sum(a)"}, kind="any") == [
        (DROPPED, "write job after by, or leave it out after without")
    ]
    assert said({"record": "shop:a", "expr": "a"}, comment="it is federated") == [(KEPT, "it is federated")]


def test_nothing_is_demanded_by_default_or_of_panels() -> None:
    assert found(group({"record": "shop:a", "expr": "sum(a)"}), ids={"promql-aggregate"}) == ()
    settings = {"promql-aggregate": {"rules": [{**DEMANDS, "kind": "any"}]}}
    assert found(dashboard(panel("sum(a)")), ids={"promql-aggregate"}, checks=settings) == ()
