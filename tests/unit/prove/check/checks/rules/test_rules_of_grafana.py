"""Rules that are written as Grafana's own are looked at by the checks that ask nothing of Prometheus."""

from __future__ import annotations

from typing import Any

from provision.prove.check.checks import rules
from support.checking import found, other

ALERT = {
    "title": "Down",
    "condition": "B",
    "data": [],
    "labels": {"severity": "page"},
    "annotations": {"summary": "Down"},
}


def said(*written: dict[str, Any], **options: Any) -> list[tuple[str, str, str]]:
    group = other(
        "grafana-rule-group", "shop/Orders", folder="shop", title="Orders", interval=60, rules=list(written)
    )
    ids = {each.ID for each in rules.CHECKS}
    return [(each.id, each.subject, each.message) for each in found(group, ids=ids, **options)]


def test_what_they_lack() -> None:
    bare = {**ALERT, "labels": {}, "annotations": {}}
    assert said(bare) == [
        ("alerts-annotation", 'rule group "Orders", alert "Down"', "it has no annotation summary"),
        ("rule-label", 'rule group "Orders", alert "Down"', "it has no label severity"),
        ("alerts-annotation", 'rule group "Orders", alert "Down"', "it has no annotation runbook_url"),
    ]


def test_what_a_project_demands() -> None:
    checks = {"rule-owner": {"label": "team"}, "rule-for": {"min_for": "1m"}, "alerts-annotation": "off"}
    assert {id_ for id_, _, _ in said({**ALERT, "for": "30s"}, checks=checks)} == {"rule-owner", "rule-for"}


def test_records_are_no_alerts() -> None:
    record = {"title": "Orders a second", "record": {"metric": "shop:orders:rate5m", "from": "A"}, "data": []}
    assert said(record) == []


def test_odd_rules() -> None:
    assert said({"title": 5, "labels": 5, "annotations": [5]}, {}) != []
