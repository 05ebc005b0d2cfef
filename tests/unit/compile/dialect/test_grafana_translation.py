"""One alert, two engines: what rules, receivers, routes and time intervals become on a Grafana that takes them over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.author import (
    Alert,
    AlertmanagerGlobal,
    ContactPoint,
    Datasource,
    Email,
    Group,
    Inhibit,
    Integration,
    PrometheusGlobal,
    Receiver,
    Record,
    Route,
    TimeInterval,
    Webhook,
)
from provision.compile.assemble import assemble
from provision.compile.collect import collect_python
from provision.compile.dialect.grafana import Binding, GrafanaDialect, GrafanaSettings, shape
from provision.compile.dialect.grafana_translation import translate
from provision.compile.load import load
from provision.errors import SourceErrors
from provision.model import Place, decode
from provision.project import open_project

ON = GrafanaSettings(alerting=True)
PROM = Datasource("Prometheus", uid="prom", url="http://p", default=True)


def define(path="rules/x.py", **names):
    made = collect_python(path, names, dict.fromkeys(names, 0), lambda where: Place(path, where[1]))
    assert made.problems == []
    return made.definitions


def project(*parts):
    assembled, problems = assemble([one for part in parts for one in part])
    assert problems == ()
    return assembled


def shaped(*parts, settings=ON, **options):
    found = shape(project(*parts), GrafanaDialect(), settings=settings, **options)
    return {(one.kind, one.key): decode(one.body) for one in found}


def rules_of(*rules, **group):
    made = shaped(define("provisioning/g.py", p=PROM), define(g=Group("g", list(rules), **group)))
    return made["grafana-rule-group", "alerts/g"]["rules"]


def remarks(*parts, settings=ON):
    return [(one.said.severity, one.said.message) for one in translate(project(*parts), settings).remarks]


def refused(*parts, settings=ON):
    with pytest.raises(SourceErrors) as told:
        shaped(*parts, settings=settings)
    return [problem.message for problem in told.value.problems]


# ── rules ────────────────────────────────────────────────────────────────────


def test_off_nothing_is_made_of_rules_and_routes():
    parts = [
        define(g=Group("g", [Alert("A", "up")])),
        define("provisioning/a.py", r=Route(receiver="ops"), o=Receiver("ops")),
    ]
    assert shaped(*parts, settings=GrafanaSettings()) == {}


def test_an_alert_fires_for_every_series_that_is_returned():
    (rule,) = rules_of(
        Alert("Slow", "x > 1", for_="90s", keep_firing_for="5m", severity="page", summary="{{ $labels.job }}: {{ $value }}",
              runbook_url="https://e.org", labels={"team": "a", "none": ""}),
        labels={"env": "x", "team": "of the group"},
    )  # fmt: skip
    assert rule.pop("uid").startswith("slow-")
    query, condition = rule.pop("data")
    assert query == {
        "refId": "A", "datasourceUid": "prom", "relativeTimeRange": {"from": 600, "to": 0},
        "model": {"expr": 'label_replace(x > 1, "__name__", "", "", "")', "instant": True, "range": False, "editorMode": "code"},
    }  # fmt: skip
    assert condition == {
        "refId": "B", "datasourceUid": "__expr__",
        "model": {"type": "math", "expression": "!is_null($A)"},
    }  # fmt: skip
    assert rule == {
        "title": "Slow", "condition": "B", "noDataState": "OK", "execErrState": "KeepLast", "missingSeriesEvalsToResolve": 1,
        "for": "1m30s", "keep_firing_for": "5m", "labels": {"env": "x", "team": "a", "severity": "page"},
        "annotations": {"summary": '{{ index $labels "job" }}: {{ $values.A.Value }}', "runbook_url": "https://e.org"},
    }  # fmt: skip


def test_a_record_is_recorded_where_it_is_asked():
    (rule,) = rules_of(Record("job:x:sum", "sum by (job) (x)", labels={"a": "b"}))
    assert rule["record"] == {"metric": "job:x:sum", "from": "A", "target_datasource_uid": "prom"}
    assert (rule["title"], rule["labels"]) == ("job:x:sum", {"a": "b"})
    assert rule["data"][0]["model"]["expr"] == "sum by (job) (x)"
    assert not {"condition", "noDataState"} & rule.keys()


def test_an_offset_moves_what_the_query_sees():
    (rule,) = rules_of(Alert("A", "sum(x)"), query_offset="1m30s")
    assert rule["data"][0]["relativeTimeRange"] == {"from": 690, "to": 90}


@pytest.mark.parametrize(
    ("written", "seconds", "said"),
    [
        ("1m", 60, []),
        (
            "15s",
            20,
            [("warning", "Grafana evaluates it every 20 s: its interval of 15s isn't a multiple of 10 s")],
        ),
        (
            "500ms",
            10,
            [("warning", "Grafana evaluates it every 10 s: its interval of 500ms isn't a multiple of 10 s")],
        ),
        (
            None,
            20,
            [
                (
                    "info",
                    "Grafana evaluates it every 20 s: the evaluation interval of 15s isn't a multiple of 10 s",
                )
            ],
        ),
    ],
)
def test_intervals_are_rounded_up_and_it_is_told(written, seconds, said):
    parts = [
        define("provisioning/g.py", p=PROM, s=PrometheusGlobal()),
        define(g=Group("g", [Alert("A", "sum(x)")], interval=written)),
    ]
    assert shaped(*parts)["grafana-rule-group", "alerts/g"]["interval"] == seconds
    assert remarks(*parts) == said


def test_without_a_prometheus_in_the_project_a_group_is_evaluated_each_minute():
    parts = [define("provisioning/g.py", p=PROM), define(g=Group("g", [Alert("A", "sum(x)")]))]
    assert shaped(*parts)["grafana-rule-group", "alerts/g"]["interval"] == 60


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (Group("g", [Alert("A", "sum(x)")], limit=3), ("warning", "Grafana has no limit of series, and evaluates without one")),
        (Group("g", [Alert("A", 'sum(ALERTS{alertname="B"})')]),
         ("warning", "it reads ALERTS, which Grafana doesn't write for the alerts it evaluates")),
        (Group("g", [Alert("A", "sum(x)", summary="{{ $labels }}")]),
         ("info", "summary: it prints all labels, to which Grafana adds its own")),
    ],
)  # fmt: skip
def test_what_is_lost_is_told(group, said):
    assert remarks(define("provisioning/g.py", p=PROM), define(g=group)) == [said]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Alert("A", "sum("), "rule 'A': its expression isn't PromQL: "),
        (
            Alert("A", "sum(x)", summary='{{ query "up" }}'),
            "summary: it asks Prometheus while it is printed (query)",
        ),
        (
            Alert("A", "sum(x)", labels={"a": "{{ $externalLabels.x }}"}),
            "a: it prints labels of a Prometheus server",
        ),
        (Alert("A", "sum(x)", description="{{ $value"), "description: an action {{ isn't closed with }}"),
    ],
)
def test_what_grafana_could_not_do_is_refused_at_its_line(rule, said):
    messages = refused(define("provisioning/g.py", p=PROM), define(g=Group("g", [rule])))
    assert len(messages) == 1
    assert said in messages[0]


# ── folders and data sources ─────────────────────────────────────────────────


def test_a_group_lies_in_the_folder_of_its_directory_or_its_own_or_the_setting_s():
    parts = [
        define("provisioning/g.py", p=PROM),
        define(
            "rules/team/x.py",
            a=Group("a", [Alert("A", "sum(x)")]),
            b=Group("b", [Alert("B", "sum(x)")], folder="other/deep"),
        ),
        define("rules/y.py", c=Group("c", [Alert("C", "sum(x)")])),
    ]
    made = shaped(*parts, settings=GrafanaSettings(alerting=True, rules_folder="watch"))
    assert {key for kind, key in made if kind == "grafana-rule-group"} == {
        "team/a",
        "other-deep/b",
        "watch/c",
    }
    assert {key: body["title"] for (kind, key), body in made.items() if kind == "folder"} == {
        "team": "Team", "other": "Other", "other-deep": "Deep", "watch": "Watch",
    }  # fmt: skip


def test_two_groups_of_one_folder_and_name_are_told():
    parts = [define("provisioning/g.py", p=PROM)] + [
        define(f"rules/{n}.py", g=Group("g", [Alert("A", "sum(x)")])) for n in "ab"
    ]
    (message,) = refused(*parts)
    assert message.startswith(
        "two rule groups would be 'alerts/g' on Grafana (folder and title); the other is in rules/a.py"
    )


LOKI = Datasource("Loki", uid="loki", url="http://l", type="loki")
SECOND = Datasource("Second", uid="second", url="http://s")


@pytest.mark.parametrize(
    ("sources", "wanted", "bound", "uid"),
    [
        ([PROM, LOKI], None, None, "prom"),
        ([SECOND, LOKI], None, None, "second"),
        ([SECOND, PROM], None, None, "prom"),
        ([SECOND, PROM], "Second", None, "second"),
        ([], "theirs", None, "theirs"),
        ([PROM], None, Binding("bound", "prometheus", "B"), "bound"),
        ([], None, Binding("bound", "prometheus", "B"), "bound"),
    ],
)
def test_which_data_source_is_asked(sources, wanted, bound, uid):
    named = {f"s{number}": source for number, source in enumerate(sources)}
    parts = [
        define("provisioning/g.py", **named),
        define(g=Group("g", [Alert("A", "sum(x)")], datasource=wanted)),
    ]
    made = shaped(*parts, datasource=bound)
    assert made["grafana-rule-group", "alerts/g"]["rules"][0]["data"][0]["datasourceUid"] == uid


@pytest.mark.parametrize(("sources", "count"), [([], "no Prometheus data source"), ([LOKI], "no Prometheus"), ([SECOND, Datasource("Third", uid="t", url="")], "2 Prometheus data sources")])  # fmt: skip
def test_no_data_source_to_ask_is_told(sources, count):
    named = {f"s{number}": source for number, source in enumerate(sources)}
    (message,) = refused(define("provisioning/g.py", **named), define(g=Group("g", [Alert("A", "sum(x)")])))
    assert f"rule group 'g': the project has {count}" in message


# ── uids ─────────────────────────────────────────────────────────────────────


def uids_of(*rules):
    return [rule["uid"] for rule in rules_of(*rules)]


def test_a_rule_keeps_its_uid_when_its_expression_changes_or_others_come():
    (before,) = uids_of(Alert("A", "sum(x)", severity="page"))
    assert uids_of(Alert("B", "sum(y)"), Alert("A", "sum(z)", severity="page"))[1] == before


def test_one_name_several_times_in_a_group():
    found = uids_of(
        Alert("A", "sum(x)", severity="page"), Alert("A", "sum(y)", severity="ticket"),
        Alert("A", "sum(z)"), Alert("A", "sum(w)"), Alert("A", "sum(w)"), Record("A", "sum(w)"),
    )  # fmt: skip
    assert len(set(found)) == len(found)


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=60).filter(str.strip),
            st.sampled_from(["sum(x)", "sum(y)"]),
            st.sampled_from(["page", None]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_uids_are_unique_and_grafana_takes_them(rules):
    found = uids_of(*(Alert(name, expr, severity=severity) for name, expr, severity in rules))
    assert len(set(found)) == len(found)
    assert all(
        1 <= len(uid) <= 40 and uid.replace("-", "").replace("_", "").isalnum() and uid.isascii()
        for uid in found
    )


# ── who is told ──────────────────────────────────────────────────────────────


def test_receivers_become_contact_points():
    made = shaped(define("provisioning/a.py", a=Receiver(
        "ops", webhooks=[Webhook("http://x", extra={"max_alerts": 5})], emails=[Email("a@b.c, d@e.f", send_resolved=False)],
    )))["contact-point", "ops"]  # fmt: skip
    assert made == {"name": "ops", "integrations": [
        {"uid": "ops-email-1", "type": "email", "settings": {"addresses": "a@b.c;d@e.f", "singleEmail": True},
         "disableResolveMessage": True, "secure": {}},
        {"uid": "ops-webhook-1", "type": "webhook", "settings": {"url": "http://x", "maxAlerts": "5"},
         "disableResolveMessage": False, "secure": {}},
    ]}  # fmt: skip


@pytest.mark.parametrize(
    ("receiver", "said"),
    [
        (Receiver("ops", webhooks=[Webhook(url_file="/x")]), "url_file can't be carried over to Grafana: the file lies on the Alertmanager's machine"),
        (Receiver("ops", configs={"slack_configs": [{"channel": "#a"}]}), "slack_configs can't be carried over to Grafana"),
        (Receiver("ops", emails=[Email("a@b.c", extra={"smarthost": "x:25"})]), "smarthost can't be carried over to Grafana"),
        (Receiver("ops", webhooks=[Webhook("http://x", extra={"http_config": {}})]), "http_config can't be carried over"),
        (Receiver("ops"), "contact point 'ops' has no integration"),
    ],
)  # fmt: skip
def test_what_of_a_receiver_has_no_equal_is_refused_with_a_remedy(receiver, said):
    (message,) = refused(define("provisioning/a.py", r=receiver))
    assert said in message
    assert "ContactPoint" in message or "no integration" in message


def test_a_contact_point_takes_a_receiver_s_place():
    point = ContactPoint("ops", [Integration("teams", {"url": "https://x"})])
    made = shaped(define("provisioning/a.py", r=Receiver("ops", webhooks=[Webhook(url_file="/x")]), p=point))
    assert made["contact-point", "ops"]["integrations"][0]["type"] == "teams"


TREE = Route(receiver="ops", group_by=["job"], repeat_interval="24h", routes=[
    Route(receiver="mail", matchers=['severity="ticket"', "team=~a|b"], continue_=True, mute_time_intervals=["nights"],
          routes=[Route(matchers=["x!=y"], group_wait="90s")]),
])  # fmt: skip
DELIVERY = {
    "ops": Receiver("ops", webhooks=[Webhook("http://x")]),
    "mail": Receiver("mail", emails=[Email("a@b.c")]),
    "nights": TimeInterval("nights", [{"times": [{"start_time": "22:00", "end_time": "24:00"}]}]),
}
CHILD = {
    "receiver": "mail", "object_matchers": [["severity", "=", "ticket"], ["team", "=~", "a|b"]], "continue": True,
    "mute_time_intervals": ["nights"], "routes": [{"object_matchers": [["x", "!=", "y"]], "group_wait": "1m30s"}],
}  # fmt: skip


def test_a_tree_takes_the_alerts_of_the_project_s_folders_and_nobody_else_s():
    rules = [
        define("rules/x.py", g=Group("g", [Alert("A", "sum(x)")])),
        define("rules/a/b.c/x.py", g=Group("g", [Alert("A", "sum(x)")])),
    ]
    made = shaped(define("provisioning/a.py", p=PROM, root=TREE, **DELIVERY), *rules)
    assert made["policy", "root"] == {"routes": [
        {"receiver": "ops", "group_by": ["job"], "repeat_interval": "1d",
         "object_matchers": [["grafana_folder", "=~", r"A/B\.c|Alerts"]], "routes": [CHILD]},
    ]}  # fmt: skip
    assert made["mute-timing", "nights"]["time_intervals"] == [
        {"times": [{"start_time": "22:00", "end_time": "24:00"}]}
    ]


def test_an_owned_tree_is_the_project_s_as_it_is_written():
    made = shaped(
        define("provisioning/a.py", root=TREE, **DELIVERY),
        settings=GrafanaSettings(alerting=True, own_policy_tree=True),
    )
    assert made["policy", "root"] == {
        "root": {"receiver": "ops", "group_by": ["job"], "repeat_interval": "1d"}, "routes": [CHILD],
    }  # fmt: skip


def test_routes_without_a_root_stand_below_grafana_s():
    route = Route(receiver="mail", matchers=['severity="ticket"'])
    made = shaped(define("provisioning/a.py", r=route, **DELIVERY))
    assert made["policy", "root"] == {
        "routes": [{"receiver": "mail", "object_matchers": [["severity", "=", "ticket"]]}]
    }


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (Route(receiver="nobody", matchers=["a=b"]), "a route leads to 'nobody', which is no contact point of this project"),
        (Route(receiver="mail", matchers=["a=b"], active_time_intervals=["days"]), "a route names the time interval 'days'"),
        (Route(receiver="mail", matchers=["oh no"]), "the matchers oh no of a route can't be read"),
    ],
)  # fmt: skip
def test_a_route_to_nowhere_is_refused(route, said):
    (message,) = refused(define("provisioning/a.py", r=route, **DELIVERY))
    assert said in message


def test_what_grafana_s_delivery_lacks_is_told():
    parts = define(
        "provisioning/a.py", i=Inhibit(["a=b"], ["c=d"]), g=AlertmanagerGlobal(templates=["x.tmpl"])
    )
    assert remarks(parts) == [
        ("warning", "Grafana has no inhibitions: alerts that this one silences are delivered, too"),
        ("warning", "files of templates aren't carried over to Grafana"),
    ]


# ── the reference project ────────────────────────────────────────────────────


def test_the_reference_project_s_rules_and_routes_become_grafana_s():
    reference = open_project(Path(__file__).parents[4])
    # Without it the receiver of the dead man's switch is empty, which Alertmanager keeps and Grafana doesn't.
    reference = replace(
        reference, variables={**reference.variables, "watchdog_url": "https://switch.example.org"}
    )
    definitions = load(reference, use_cache=False).definitions
    found = shape(definitions, GrafanaDialect(), settings=ON)
    groups = [decode(one.body) for one in found if one.kind == "grafana-rule-group"]
    titles = [rule["title"] for group in groups for rule in group["rules"]]
    written = [
        rule.get("alert") or rule["record"]
        for one in definitions
        if one.kind == "rule-group"
        for rule in decode(one.body)["group"]["rules"]
    ]
    assert titles == written
    assert {one.key for one in found if one.kind == "contact-point"} == {"pages", "tickets", "watchdog"}
    assert [one.needs for one in found if one.kind == "policy"] == [
        (("contact-point", "pages"), ("contact-point", "tickets"), ("contact-point", "watchdog"))
    ]
