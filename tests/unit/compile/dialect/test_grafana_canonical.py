"""What a Grafana 12.4 gave back after a write, beside what was written: both have one form."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.dialect.grafana import canonical
from provision.model import decode, encode

RULE = {
    "uid": "r1", "title": "Slow", "condition": "B", "noDataState": "OK", "execErrState": "Error",
    "for": "90s", "labels": {"severity": "page"},
    "data": [
        {"refId": "A", "datasourceUid": "prom", "relativeTimeRange": {"from": 600, "to": 0},
         "model": {"expr": "up == 0", "instant": True}},
        {"refId": "B", "datasourceUid": "__expr__", "model": {"type": "math", "expression": "$A"}},
    ],
}  # fmt: skip
RECORD = {
    "uid": "r2", "title": "job:up:sum", "record": {"metric": "job:up:sum", "from": "A"},
    "data": [{"refId": "A", "datasourceUid": "prom", "relativeTimeRange": {"from": 600, "to": 0},
              "model": {"expr": "sum(up)", "instant": True}}],
}  # fmt: skip


def filled_rule(rule):
    """A rule as a read gives it back. Seen on 12.4."""
    rule = copy.deepcopy(rule)
    for query in rule["data"]:
        query.setdefault("queryType", "")
        query.setdefault("relativeTimeRange", {"from": 0, "to": 0})
        for name, value in (("intervalMs", 1000), ("maxDataPoints", 43200), ("refId", query["refId"])):
            query["model"].setdefault(name, value)
    recorded = "record" in rule
    rule |= {"id": 7, "orgID": 1, "folderUID": "team", "ruleGroup": "g", "updated": "2026-11-25T22:40:37Z",
             "provenance": "api"}  # fmt: skip
    defaults = {
        "for": "0s",
        "keep_firing_for": "0s",
        "isPaused": False,
        "notification_settings": None,
        "record": None,
    }
    for name, value in (
        defaults | ({"condition": "", "noDataState": "", "execErrState": ""} if recorded else {})
    ).items():
        rule.setdefault(name, value)
    for name in ("labels", "annotations"):
        if not rule.get(name):
            rule.pop(name, None)
    rule["for"] = {"90s": "1m30s", "24h": "1d"}.get(rule["for"], rule["for"])
    return rule


PAIRS = [
    (
        "grafana-rule-group",
        {"folderUid": "team", "title": "g", "interval": 60, "rules": [RULE, RECORD]},
        {"folderUid": "team", "title": "g", "interval": 60, "rules": [filled_rule(RULE), filled_rule(RECORD)]},
    ),
    (
        "grafana-rule-group",
        {"rules": [{**RECORD, "for": "5m", "noDataState": "OK", "execErrState": "Error", "condition": "A"}]},
        {"rules": [filled_rule(RECORD)]},
    ),
    (
        "grafana-rule-group",
        {"rules": [{**RULE, "notification_settings": {"receiver": "ops", "mute_time_intervals": [], "repeat_interval": "60m"}}]},
        {"rules": [{**RULE, "notification_settings": {"receiver": "ops", "repeat_interval": "1h"}}]},
    ),
    (
        "contact-point",
        {"name": "ops", "integrations": [
            {"uid": "b", "type": "slack", "settings": {"recipient": "#ops", "token": None}, "secure": {}},
            {"uid": "a", "type": "webhook", "settings": {"url": "http://x", "http_config": {"oauth2": {}}},
             "secure": {"password": {"source": "server", "name": ""},
                        "http_config.oauth2.client_secret": {"source": "server", "name": ""}}}]},
        {"name": "ops", "integrations": [
            {"uid": "a", "type": "webhook", "disableResolveMessage": False, "provenance": "api", "settings": {
                "url": "http://x", "password": "[REDACTED]",
                "http_config": {"oauth2": {"client_secret": "[REDACTED]"}}}},
            {"uid": "b", "type": "slack", "name": "ops", "disableResolveMessage": False,
             "settings": {"recipient": "#ops"}}]},
    ),
    (
        "policy",
        {"root": {"receiver": "ops", "group_by": ["alertname"], "repeat_interval": "24h"}, "routes": [
            {"receiver": "mail", "object_matchers": [["severity", "=", "page"], ["job", "=~", "a.*"]],
             "continue": False, "group_wait": "90s", "mute_time_intervals": [],
             "routes": [{"matchers": ['team="x, y"', "a!=b"]}, {}]}]},
        {"root": {"receiver": "ops", "group_by": ["alertname"], "repeat_interval": "1d", "provenance": "api"}, "routes": [
            {"receiver": "mail", "object_matchers": [["job", "=~", "a.*"], ["severity", "=", "page"]],
             "group_wait": "1m30s", "routes": [{"object_matchers": [["a", "!=", "b"], ["team", "=", "x, y"]]}, {}]}]},
    ),
    (
        "mute-timing",
        {"name": "nights", "time_intervals": [{"weekdays": ["monday:monday", "Sunday"], "months": ["January:March", "5"],
                                               "days_of_month": ["5:5", "-1"]}, {}]},
        {"name": "nights", "version": "c94", "provenance": "api", "time_intervals": [
            {"weekdays": ["monday", "sunday"], "months": ["1:3", "5"], "days_of_month": ["5", "-1"]}, {}]},
    ),
    (
        "template",
        {"name": "ml", "template": "a\n\n b\n"},
        {"name": "ml", "template": '{{ define "ml" }}\n  a\n  \n   b\n{{ end }}', "version": "e27", "provenance": "api"},
    ),
    (
        "template",
        {"name": "x", "template": '{{ define "x" }}a{{ end }}\n'},
        {"name": "x", "template": '{{ define "x" }}a{{ end }}'},
    ),
    (
        "library-panel",
        {"folderUid": "team", "name": "Load", "model": {"type": "text", "title": "Load", "id": 4, "gridPos": {"h": 3}}},
        {"folderUid": "team", "name": "Load", "model": {"type": "text", "title": "Load", "description": "",
                                                        "libraryPanel": {"uid": "lib1", "name": "Load"}}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "sent", "read"), PAIRS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_read_back_equals_what_was_sent(kind, sent, read):
    assert canonical(kind, sent) == canonical(kind, read)


@pytest.mark.parametrize(
    ("kind", "sent", "_"), PAIRS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_one_form_has_one_form(kind, sent, _):
    once = canonical(kind, sent)
    assert canonical(kind, decode(once)) == once


@pytest.mark.parametrize(
    ("kind", "sent", "_"), PAIRS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_body_is_not_changed_by_comparing_it(kind, sent, _):
    before = encode(sent)
    canonical(kind, sent)
    assert encode(sent) == before


def rules_of(body):
    return decode(canonical("grafana-rule-group", body))["rules"]


@pytest.mark.parametrize(
    "other",
    [
        {"for": "2m"},
        {"isPaused": True},
        {"execErrState": "Alerting"},
        {"labels": {}},
        {"title": "Slower"},
        {"condition": "A"},
        {"notification_settings": {"receiver": "ops"}},
    ],
)
def test_what_means_something_else_differs(other):
    assert rules_of({"rules": [RULE]}) != rules_of({"rules": [{**RULE, **other}]})


def test_an_interval_of_a_query_that_was_chosen_stays():
    query = {**RULE["data"][0], "model": {"expr": "up", "intervalMs": 5000}}
    assert rules_of({"rules": [{**RULE, "data": [query]}]})[0]["data"][0]["model"]["intervalMs"] == 5000


DURATIONS = st.sampled_from(["0s", "90s", "24h", "1m", "5m", "1h30m", "14d"])
MODELS = st.fixed_dictionaries(
    {"expr": st.sampled_from(["up", "up == 0"])},
    optional={
        "intervalMs": st.sampled_from([1000, 5000]),
        "maxDataPoints": st.sampled_from([43200, 100]),
        "instant": st.booleans(),
    },
)
RULES = st.fixed_dictionaries(
    {"uid": st.sampled_from("abc"), "title": st.sampled_from(["A", "B"]), "condition": st.just("A"),
     "noDataState": st.sampled_from(["OK", "NoData"]), "execErrState": st.sampled_from(["OK", "Error"]),
     "data": st.lists(st.fixed_dictionaries(
         {"refId": st.sampled_from("AB"), "datasourceUid": st.just("p"), "model": MODELS},
         optional={"queryType": st.just(""), "relativeTimeRange": st.just({"from": 600, "to": 0})}), min_size=1, max_size=2)},
    optional={"for": st.sampled_from(["0s", "90s", "24h"]), "keep_firing_for": st.sampled_from(["0s", "5m"]),
              "isPaused": st.booleans(), "labels": st.dictionaries(st.sampled_from("xy"), st.just("z")),
              "annotations": st.dictionaries(st.sampled_from("xy"), st.just("z"))},
)  # fmt: skip


@given(st.lists(RULES, max_size=3))
def test_rules_filled_in_by_a_server_are_the_same(rules):
    sent = {"folderUid": "f", "title": "g", "interval": 60, "rules": rules}
    once = canonical("grafana-rule-group", sent)
    assert canonical("grafana-rule-group", {**sent, "rules": [filled_rule(rule) for rule in rules]}) == once
    assert canonical("grafana-rule-group", decode(once)) == once


ROUTES = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={"receiver": st.sampled_from(["", "ops"]), "continue": st.booleans(), "group_wait": DURATIONS,
                  "group_by": st.lists(st.sampled_from("ab"), max_size=2),
                  "object_matchers": st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["=", "!~"]), st.text(max_size=3)).map(list), max_size=3)},
    ),
    lambda inner: st.fixed_dictionaries({"receiver": st.just("ops"), "routes": st.lists(inner, max_size=3)}),
    max_leaves=4,
)  # fmt: skip


@given(st.lists(ROUTES, max_size=3))
def test_routes_have_one_form(routes):
    once = canonical("policy", {"routes": routes})
    assert canonical("policy", decode(once)) == once


@given(st.text(max_size=40), st.text("ab", min_size=1, max_size=3))
def test_texts_have_one_form(text, name):
    once = canonical("template", {"name": name, "template": text})
    assert canonical("template", decode(once)) == once
