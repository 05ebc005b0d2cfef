"""Definitions of Grafana's own kinds to resources: what each needs, and what is refused before anything is sent."""

from __future__ import annotations

import copy

import pytest

from provision.compile.dialect.grafana import Binding, GrafanaDialect, GrafanaSettings, shape
from provision.errors import SourceErrors
from provision.model import Definition, Place, decode, encode

MODERN = GrafanaDialect()
THEIRS = Binding("theirs", "prometheus", "Their Prometheus")


def define(kind, key, body, path="provisioning/a.py"):
    return Definition(kind, key, encode(body), Place(path, 3))


FOLDER = define("folder", "team", {"uid": "team-uid", "title": "Team", "parent": ""})
SOURCE = define("datasource", "prom", {
    "name": "Prometheus", "uid": "prom", "type": "prometheus", "url": "http://p", "access": "proxy", "isDefault": True,
    "jsonData": {}, "basicAuth": False, "basicAuthUser": "", "secure": {},
})  # fmt: skip
QUERY = {
    "refId": "A",
    "datasourceUid": "prom",
    "relativeTimeRange": {"from": 600, "to": 0},
    "model": {"expr": "up"},
}
RULE = {
    "uid": "r",
    "title": "R",
    "condition": "A",
    "noDataState": "OK",
    "execErrState": "Error",
    "data": [QUERY],
}


def point(name="ops", *integrations):
    found = integrations or ({"type": "email", "settings": {"addresses": "a@b.c"}, "secure": {}},)
    return define("contact-point", name, {"name": name, "integrations": list(found)})


def group(*rules, folder="team", title="g", interval=60, key=None):
    body = {"folder": folder, "title": title, "interval": interval, "rules": list(rules)}
    return define("grafana-rule-group", key or f"{folder}/{title}", body)


def shaped(*definitions, bound=None, **settings):
    found = shape(definitions, MODERN, datasource=bound, settings=GrafanaSettings(**settings))
    return {(one.kind, one.key): (decode(one.body), one.needs) for one in found}


def refused(*definitions, **settings):
    with pytest.raises(SourceErrors) as told:
        shaped(*definitions, **settings)
    return [problem.message for problem in told.value.problems]


# ── what becomes of each ─────────────────────────────────────────────────────


def test_a_rule_group_lies_in_its_folder_and_needs_what_it_names():
    rule = {**RULE, "notification_settings": {"receiver": "ops", "mute_time_intervals": ["nights"]}}
    timing = define("mute-timing", "nights", {"name": "nights", "time_intervals": []})
    body, needs = shaped(FOLDER, SOURCE, point(), timing, group(rule))["grafana-rule-group", "team-uid/g"]
    assert body["folderUid"] == "team-uid"
    assert body["rules"][0]["data"][0]["datasourceUid"] == "prom"
    assert needs == (
        ("contact-point", "ops"),
        ("datasource", "prom"),
        ("folder", "team-uid"),
        ("mute-timing", "nights"),
    )


def test_a_rule_asks_the_bound_data_source_instead():
    rule = {**RULE, "record": {"metric": "m", "from": "A", "target_datasource_uid": "Prometheus"}}
    body, needs = shaped(FOLDER, SOURCE, group(rule), bound=THEIRS)["grafana-rule-group", "team-uid/g"]
    assert body["rules"][0]["data"][0]["datasourceUid"] == "theirs"
    assert body["rules"][0]["record"]["target_datasource_uid"] == "theirs"
    assert needs == (("folder", "team-uid"),)


def test_integrations_get_uids_that_do_not_depend_on_those_of_other_types():
    mail, hook = ({"type": kind, "settings": {"x": 1}, "secure": {}} for kind in ("email", "webhook"))
    both = shaped(point("ops", mail, hook))["contact-point", "ops"][0]["integrations"]
    alone = shaped(point("ops", hook))["contact-point", "ops"][0]["integrations"]
    assert [one["uid"] for one in both] == ["ops-email-1", "ops-webhook-1"]
    assert alone[0] in both


def test_a_contact_point_needs_the_templates_that_it_calls():
    template = define("template", "texts", {"name": "texts", "template": '{{ define "short" }}x{{ end }}'})
    unnamed = define("template", "long", {"name": "long", "template": "a text"})
    one = {
        "type": "email",
        "settings": {"addresses": "a@b.c", "message": '{{ template "short" . }}{{ template "long" . }}'},
    }
    assert shaped(template, unnamed, point("ops", one))["contact-point", "ops"][1] == (
        ("template", "long"),
        ("template", "texts"),
    )


def test_a_policy_has_its_root_only_where_the_tree_is_the_project_s():
    tree = define(
        "policy",
        "root",
        {"root": {"receiver": "ops"}, "routes": [{"receiver": "ops", "object_matchers": [["a", "=", "b"]]}]},
    )
    body, needs = shaped(point(), tree)["policy", "root"]
    assert body == {"routes": [{"receiver": "ops", "object_matchers": [["a", "=", "b"]]}]}
    assert needs == (("contact-point", "ops"),)
    assert shaped(point(), tree, own_policy_tree=True)["policy", "root"][0]["root"] == {"receiver": "ops"}


def test_dashboards_need_the_library_panels_they_show_and_those_their_data_sources():
    panel = define(
        "library-panel",
        "lib",
        {"folder": "team", "name": "Load", "model": {"type": "stat", "datasource": "Prometheus"}},
    )
    spec = {
        "uid": "d",
        "title": "D",
        "panels": [{"panels": [{"libraryPanel": {"uid": "lib"}}, {"libraryPanel": {"uid": "theirs"}}]}],
    }
    board = define("dashboard", "d", {"folder": "", "spec": spec})
    found = shaped(FOLDER, SOURCE, panel, board)
    assert found["library-panel", "lib"] == (
        {
            "folderUid": "team-uid",
            "name": "Load",
            "model": {"type": "stat", "datasource": {"type": "prometheus", "uid": "prom"}},
        }
        | {"model": found["library-panel", "lib"][0]["model"]},
        (("folder", "team-uid"), ("datasource", "prom")),
    )
    assert found["dashboard", "d"][1] == (("library-panel", "lib"),)


# ── what is refused ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"condition": "Z"}, "rule group 'g', rule 'R': its condition is 'Z', which no query is called"),
        ({"noDataState": "Ok"}, "noDataState must be one of Alerting, KeepLast, NoData, OK, not 'Ok'"),
        ({"title": ""}, "it has no title"),
        ({"title": "ü" * 96}, "its title has more than 190 bytes"),
        ({"uid": "a b"}, "uid 'a b' isn't"),
        ({"data": []}, "it has no query"),
        ({"data": [QUERY, QUERY]}, "two of its queries have one refId"),
        ({"for": "soon"}, "for must be a duration such as 5m, not 'soon'"),
        ({"annotations": {"__panelId__": "1"}}, "the annotations __dashboardUid__ and __panelId__ go together"),
        ({"record": {"metric": "m", "from": "Q"}}, "it records 'Q', which no query is called"),
        ({"data": [{**QUERY, "model": {"expr": "sum("}}]}, "query A: it isn't PromQL: "),
        ({"data": [{**QUERY, "relativeTimeRange": {"from": 0, "to": 0}}]}, "relativeTimeRange must begin before it ends"),
        ({"data": [{**QUERY, "model": None}]}, "query A: it has no model"),
        ({"data": [{**QUERY, "datasourceUid": ""}]}, "query A: it names no data source"),
        ({"data": [QUERY, {"refId": "B", "datasourceUid": "__expr__", "model": {"type": "reduce", "expression": "X"}}]},
         "query B: it is over 'X', which no query is called"),
    ],
)  # fmt: skip
def test_a_rule_that_grafana_would_take_and_never_evaluate(changes, said):
    (message,) = refused(FOLDER, SOURCE, group({**RULE, **changes}))
    assert said in message


def test_expressions_with_variables_and_of_other_data_sources_are_no_faults():
    shaped(
        FOLDER, SOURCE,
        group({**RULE, "data": [{**QUERY, "model": {"expr": "rate(x[$__rate_interval])"}}]}),
        group({**RULE, "uid": "q", "data": [{**QUERY, "datasourceUid": "loki", "model": {"expr": '{a="b"} |= "x"'}}]}, title="h"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("definitions", "said"),
    [
        ([group(RULE, folder="nowhere")], "rule group 'g' lies in 'nowhere', which is no folder of this project"),
        ([FOLDER, SOURCE, group(RULE, interval=15)], "the interval of 15 s isn't a multiple of 10 s"),
        ([FOLDER, SOURCE, group(RULE, title="g" * 191)], "its title has more than 190 bytes"),
        ([FOLDER, SOURCE, group(RULE, interval=0)], "the interval of 0 s isn't a multiple of 10 s"),
        ([FOLDER, SOURCE, group(RULE, {**RULE, "uid": "q"})], "two rules have the title 'R'; rename one"),
        ([FOLDER, SOURCE, group(RULE), group({**RULE, "title": "S"}, title="h")], "the uid of a rule 'r' is taken by provisioning/a.py:3"),
        ([FOLDER, SOURCE, group(RULE, {**RULE, "title": "S"})], "the uid of a rule 'r' stands in it twice, and this Grafana wants it once"),
        ([FOLDER, group()], "has no rule, and Grafana keeps no group without one"),
        ([define("template", "t", {"name": "t", "template": "{{ define"})], "message template 't': an action {{ isn't closed"),
        ([define("contact-point", "ops", {"name": "ops", "integrations": []})], "contact point 'ops' has no integration"),
        ([point("ops", {"uid": "x", "type": "a", "settings": {}}, {"uid": "x", "type": "b", "settings": {}})], "two integrations have one uid"),
        ([point("a", {"uid": "x", "type": "a", "settings": {}}), point("b", {"uid": "x", "type": "a", "settings": {}})],
         "the uid of an integration 'x' is taken by"),
        ([point("a", {"type": "a", "settings": {"url": "[REDACTED]"}})], "stands for a secret that Grafana didn't show"),
        ([define("policy", "root", {"root": None, "routes": [{"receiver": "nobody"}]})], "a route leads to 'nobody', which is no contact point"),
        ([point(), define("policy", "root", {"root": None, "routes": [{"receiver": "ops", "mute_time_intervals": ["x"]}]})],
         "a route names the time interval 'x', which the project doesn't have"),
        ([define("mute-timing", "n", {"name": "n", "time_intervals": [{"times": [{"start_time": "25:00", "end_time": "26:00"}]}]})],
         "mute timing 'n': start_time must be a time such as 08:30, not '25:00'"),
        ([define("library-panel", "lib", {"folder": "no", "name": "L", "model": {"type": "text"}})], "library panel 'L' lies in 'no', which is no folder"),
        ([define("library-panel", key, {"folder": "", "name": "L", "model": {"type": "text"}}) for key in ("a", "b")],
         "in this folder, the name of a library panel 'L' is taken"),
    ],
)  # fmt: skip
def test_what_grafana_would_refuse_or_break_is_refused_first(definitions, said):
    messages = refused(*definitions)
    assert len(messages) == 1, messages
    assert said in messages[0]


def test_the_root_of_an_owned_tree_names_a_receiver():
    tree = define("policy", "root", {"root": None, "routes": []})
    assert refused(tree, own_policy_tree=True) == ["the root of the notification policies names no receiver"]
    assert refused(
        define("policy", "root", {"root": {"receiver": "x"}, "routes": []}), own_policy_tree=True
    ) == ["a route leads to 'x', which is no contact point of this project"]


def test_everything_that_is_wrong_is_listed_at_its_place():
    given = [
        FOLDER,
        group({**RULE, "condition": "Z", "for": "x"}, interval=7),
        point("ops", {"type": "a", "settings": {"x": "[REDACTED]"}}),
    ]
    with pytest.raises(SourceErrors) as told:
        shaped(*given)
    assert len(told.value.problems) == 4
    assert {str(problem).partition(": ")[0] for problem in told.value.problems} == {"provisioning/a.py:3"}


def test_what_is_shaped_is_not_changed():
    given = [FOLDER, SOURCE, point(), group(copy.deepcopy(RULE))]
    before = [one.body for one in given]
    shaped(*given, bound=THEIRS)
    assert [one.body for one in given] == before
