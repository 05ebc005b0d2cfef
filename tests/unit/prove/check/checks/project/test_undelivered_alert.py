"""Alerts of which nobody is told."""

from __future__ import annotations

from typing import Any

import pytest

from provision.model import Definition
from support.checking import found, group, other

WEBHOOK = {"webhook_configs": [{"url": "http://pager:8080"}]}
EMAIL = {
    "type": "email",
    "settings": {"addresses": "a@example.org"},
    "secure": {},
    "disableResolveMessage": False,
}
DOWN = {"alert": "Down", "expr": "sum(up) == 0", "labels": {"severity": "page"}}


def receiver(name: str, **body: Any) -> Definition:
    return other("receiver", name, name=name, **body)


def root(**body: Any) -> Definition:
    return other("route", "root", **body)


def said(*definitions: Definition, **options: Any) -> list[tuple[str, str]]:
    findings = found(*definitions, ids={"undelivered-alert"}, **options)
    assert {each.severity for each in findings} <= {"warning"}
    return [(each.subject, each.message) for each in findings]


def lost(name: str) -> str:
    return f"nobody is told of it: the routes lead it to the receiver {name!r}, which has no integration"


def test_a_receiver_without_integrations() -> None:
    assert said(group(DOWN), root(receiver="a"), receiver("a")) == [
        ('rule group "shop", alert "Down"', lost("a"))
    ]
    assert said(group(DOWN), root(receiver="a"), receiver("a", slack_configs=[])) != []
    assert said(group(DOWN), root(receiver="a"), receiver("a", **WEBHOOK)) == []


def test_alerts_of_a_group_are_told_of_together() -> None:
    also = {**DOWN, "alert": "Gone"}
    assert said(group(DOWN, also, {"record": "a:b", "expr": "up"}), root(receiver="a"), receiver("a")) == [
        ('rule group "shop", alert "Down", and 1 more', lost("a"))
    ]


def test_routes_of_their_own_are_children_of_the_root() -> None:
    child = other("route", "provisioning/a.py#1", receiver="b", matchers=['severity="page"'])
    both = receiver("a", **WEBHOOK), receiver("b")
    assert said(group(DOWN), root(receiver="a"), child, *both) == [
        ('rule group "shop", alert "Down"', lost("b"))
    ]
    assert said(group({**DOWN, "labels": {}}), root(receiver="a"), child, *both) == []


def test_labels_of_the_group_and_of_the_server_count() -> None:
    routes = [{"receiver": "b", "matchers": ['site="x"']}]
    tree = root(receiver="a", routes=routes), receiver("a", **WEBHOOK), receiver("b")
    assert len(said(group(DOWN, labels={"site": "x"}), *tree)) == 1
    server = other("prometheus", "global", **{"global": {"external_labels": {"site": "x"}}})
    assert len(said(group(DOWN), server, *tree)) == 1
    assert said(group(DOWN), *tree) == []


def test_what_may_be_delivered_is_not_told_of() -> None:
    routes = [{"receiver": "b", "matchers": ['team="x"']}]
    tree = root(receiver="a", routes=routes), receiver("a"), receiver("b", **WEBHOOK)
    assert said(group({**DOWN, "expr": "up == 0"}), *tree) == []
    assert said(group({**DOWN, "labels": {"team": "{{ $labels.team }}"}}), *tree) == []
    assert len(said(group(DOWN), *tree)) == 1


@pytest.mark.parametrize("name", ["null", "None", "blackhole"])
def test_receivers_that_are_meant_to_tell_nobody(name: str) -> None:
    assert said(group(DOWN), root(receiver=name), receiver(name)) == []


def test_routes_that_name_the_alert_mean_it() -> None:
    routes = [{"receiver": "b", "matchers": ['alertname=~"Down|Gone"']}]
    assert said(group(DOWN), root(receiver="a", routes=routes), receiver("a"), receiver("b")) == []


def test_quiet_where_little_is_known() -> None:
    assert said(group(DOWN)) == []
    assert said(group(DOWN), receiver("a")) == []
    assert said(group(DOWN), root(receiver="a")) == []
    assert said(group(DOWN), root(receiver="a"), receiver("a"), guests=["rules/shop.py"]) == []
    relabels = other(
        "prometheus", "global", alerting={"alert_relabel_configs": [{"action": "labeldrop", "regex": "a"}]}
    )
    assert said(group(DOWN), root(receiver="a"), receiver("a"), relabels) == []


def test_on_a_grafana_contact_points_are_told() -> None:
    point = other("contact-point", "a", name="a", integrations=[])
    assert len(said(group(DOWN), root(receiver="a"), point, grafana_alerting=True)) == 1
    telling = other("contact-point", "a", name="a", integrations=[EMAIL])
    assert said(group(DOWN), root(receiver="a"), receiver("a"), telling, grafana_alerting=True) == []


def test_on_a_grafana_policies_are_walked() -> None:
    routes = [{"receiver": "b", "object_matchers": [["severity", "=", "page"]]}]
    policy = other("policy", "root", root={"receiver": "a"}, routes=routes)
    points = (
        other("contact-point", "a", name="a", integrations=[EMAIL]),
        other("contact-point", "b", name="b", integrations=[]),
    )
    assert said(group(DOWN), policy, *points, grafana_alerting=True) == [
        ('rule group "shop", alert "Down"', lost("b"))
    ]
    below = other("policy", "root", root=None, routes=routes)
    assert said(group(DOWN), below, *points, grafana_alerting=True) == []
