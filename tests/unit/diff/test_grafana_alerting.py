"""Changes of Grafana's alerting, as people read them; and no secret among them."""

from __future__ import annotations

import copy

import pytest

from provision.diff import diff_bodies
from provision.model import encode

RULE = {
    "uid": "r1", "title": "Slow", "condition": "B", "for": "5m", "labels": {"severity": "page"},
    "annotations": {"summary": "slow"},
    "data": [{"refId": "A", "datasourceUid": "p", "model": {"expr": "x > 1", "instant": True}},
             {"refId": "B", "datasourceUid": "__expr__", "model": {"type": "math", "expression": "!is_null($A)"}}],
}  # fmt: skip
RECORD = {
    "uid": "r2",
    "title": "a:b:c",
    "record": {"metric": "a:b:c", "from": "A"},
    "data": [RULE["data"][0]],
}


def told(kind, before, after):
    return [(one.path, one.before, one.after) for one in diff_bodies(kind, encode(before), encode(after))]


def group(*rules, **fields):
    return {"folderUid": "f", "title": "g", "interval": 60, "rules": list(rules), **fields}


def edited(rule, *path, value):
    rule = copy.deepcopy(rule)
    part = rule
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return rule


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (group(RULE), group(edited(RULE, "data", 0, "model", "expr", value="x > 2")), ("alert Slow: query A: expr", "x > 1", "x > 2")),
        (group(RULE), group(edited(RULE, "labels", "severity", value="ticket")), ("alert Slow: label severity", "page", "ticket")),
        (group(RULE), group(edited(RULE, "annotations", "summary", value="late")), ("alert Slow: annotation summary", "slow", "late")),
        (group(RULE), group(edited(RULE, "for", value="1m")), ("alert Slow: for", "5m", "1m")),
        (group(RULE), group({**RULE, "title": "Late"}), ("alert Slow renamed to Late", {"title": "Slow"}, {"title": "Late"})),
        (group(RULE), group(RULE, interval=30), ("interval", 60, 30)),
        (group(RULE), group(RULE, folderUid="h"), ("folder", "f", "h")),
        (group(RULE), group(RULE, RECORD), ("record a:b:c", None, RECORD)),
        (group(RULE, RECORD), group(RECORD), ("alert Slow", RULE, None)),
        (group(RULE, RECORD), group(RECORD, RULE), ("rules in another order", {"order": ["alert Slow", "record a:b:c"]}, {"order": ["record a:b:c", "alert Slow"]})),
    ],
)  # fmt: skip
def test_a_rule_group_by_rule(before, after, change):
    assert told("grafana-rule-group", before, after) == [change]


def test_rules_of_one_title_are_told_apart_by_their_labels():
    other = {**RULE, "uid": "r2", "labels": {"severity": "ticket"}}
    changes = told("grafana-rule-group", group(RULE, other), group(RULE, {**other, "for": "1m"}))
    assert changes == [("alert Slow{severity=ticket}: for", "5m", "1m")]


SLACK = {"uid": "s", "type": "slack", "settings": {"recipient": "#a"}, "disableResolveMessage": False,
         "secure": {"url": {"source": "env", "name": "SLACK"}}}  # fmt: skip
MAIL = {
    "uid": "m",
    "type": "email",
    "settings": {"addresses": "a@b.c"},
    "disableResolveMessage": False,
    "secure": {},
}


def point(*integrations):
    return {"name": "ops", "integrations": list(integrations)}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (point(SLACK, MAIL), point(edited(SLACK, "settings", "recipient", value="#b"), MAIL), ("integration slack: recipient", "#a", "#b")),
        (point(SLACK), point(SLACK, MAIL), ("integration email", None, MAIL)),
        (point(SLACK), point(edited(SLACK, "secure", "url", "name", value="OTHER")), ("integration slack: secret url", "env SLACK", "env OTHER")),
    ],
)  # fmt: skip
def test_a_contact_point_by_integration(before, after, change):
    ((path, old, new),) = told("contact-point", before, after)
    assert (path, new) == (change[0], change[2])
    assert old == change[1] or "SLACK" in str(old)


def test_no_secret_of_a_contact_point_is_shown():
    before = point(
        {
            **SLACK,
            "settings": {
                "url": "https://hooks.example.org/T0/hush",
                "apiKey": "hush1",
                "integrationKey": "hush2",
            },
        }
    )
    after = point(
        {
            **SLACK,
            "settings": {
                "url": "https://hooks.example.org/T0/hush3",
                "apiKey": "hush4",
                "integrationKey": "hush5",
            },
        }
    )
    changes = told("contact-point", before, after)
    assert {path for path, *_ in changes} == {
        "integration slack: url",
        "integration slack: apiKey",
        "integration slack: integrationKey",
    }
    assert "hush" not in str(changes)


PAGE = {"receiver": "ops", "object_matchers": [["severity", "=", "page"]]}


def test_policies_by_route():
    before = {"routes": [PAGE], "root": {"receiver": "ops"}}
    after = {"routes": [{**PAGE, "group_wait": "1m"}], "root": {"receiver": "mail"}}
    assert sorted(told("policy", before, after)) == [
        ("root route: receiver", "ops", "mail"), ('route {severity="page"}: group_wait', None, "1m"),
    ]  # fmt: skip


def test_a_library_panel_as_a_panel():
    before = {
        "folderUid": "f",
        "name": "Load",
        "model": {"type": "stat", "targets": [{"refId": "A", "expr": "x"}]},
    }
    after = edited({**before, "folderUid": "g"}, "model", "targets", 0, "expr", value="y")
    assert sorted(told("library-panel", before, after)) == [("folder", "f", "g"), ("query A: expr", "x", "y")]
