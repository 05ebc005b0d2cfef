"""What each check says, and what it keeps quiet about. Their pages in docs/checks/ hold an example each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.model import Definition
from provision.project import Project
from provision.prove.check import reading
from provision.prove.check.checking import CHECKS
from provision.prove.check.tools import Tools
from support.checking import CORRECTNESS, dashboard, found, group, other, panel, told

PROM = {"type": "prometheus", "uid": "prom"}


def source(uid: str = "prom", name: str = "Prometheus", **fields: Any) -> Definition:
    body = {"name": name, "uid": uid, "type": "prometheus", "url": "http://p:9090", **fields}
    return other("datasource", uid, **body)


def ids(*definitions: Definition, **options: Any) -> list[str]:
    return [each.id for each in found(*definitions, **options)]


def test_the_ids_are_stable() -> None:
    assert set(CHECKS) >= CORRECTNESS


def test_nothing_to_say_of_nothing() -> None:
    assert told() == []


# ── schema ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("definition", "subject", "message"),
    [
        (dashboard(title=5), 'dashboard "shop"', "'title' must be text, not 5"),
        (dashboard({"title": "A", "gridPos": {"h": 1}}), 'dashboard "Shop", panel "A"', ""),
        (
            dashboard(templating={"list": [{"name": "job", "type": "query", "multi": "x"}]}),
            'dashboard "Shop", variable $job',
            "'multi' must be true or false, not 'x'",
        ),
        (group(interval="often"), 'rule group "shop"', "'interval' must be a duration such as 30s, 5m or 1h30m, not 'often'"),
        (group({"expr": "up"}), 'rule group "shop", rule 1', "'record' or 'alert' must be set"),
        (group({"record": "a"}), 'rule group "shop", record "a"', "'expr' must be set"),
        (group({"alert": "A", "expr": "up", "labels": {"a": 5}}), 'rule group "shop", alert "A"', "'a' must be text or nothing, not 5"),
        (other("scrape-config", "a", job_name=""), 'scrape job "a"', "'job_name' must be more than nothing, not ''"),
        (other("prometheus", "global", globl={}), "prometheus.yml", "there is no field 'globl'; did you mean 'global'?"),
        (other("receiver", "a", name="a", webhook_configs=[{}]), 'receiver "a"', "'webhook_configs' number 1: just one of 'url' or 'url_file' must be set"),
        (other("time-interval", "a", name="a"), 'time interval "a"', "'time_intervals' must be set"),
        (other("alertmanager", "global", templates="a"), "alertmanager.yml", "'templates' must be a list, not 'a'"),
        (other("datasource", "a", name="a", type="x", uid="ä"), 'data source "a"', "'uid' must be of another form, not 'ä'"),
        (other("inhibit", "a.py#2", source_matchers=["a"]), "inhibition 2 of a.py", "'source_matchers' number 1 must be a matcher such as severity=\"page\", not 'a'"),
    ],
)  # fmt: skip
def test_schema(definition: Definition, subject: str, message: str) -> None:
    said = [each for each in told(definition) if each[0] == "schema"]
    assert said
    assert said[0][1] == subject
    assert said[0][2] == message or not message


@pytest.mark.parametrize(
    "place", [{"h": 1, "w": 0, "x": 0, "y": 0}, {"h": 0, "w": 0, "x": 24, "y": 3}, {"y": 1}]
)
def test_where_a_row_is_grafana_knows_but_for_its_height(place: dict[str, int]) -> None:
    assert told(dashboard({"type": "row", "title": "A", "gridPos": place}, rows=None)) == []
    assert [each[2] for each in told(dashboard(panel("up", gridPos={**place, "w": 0})))]


def test_schema_tells_five_faults_at_most() -> None:
    assert len(found(group(*({"record": f"a{n}"} for n in range(9))))) == 5


def test_the_values_of_scrape_jobs_are_not_told() -> None:
    job = other("scrape-config", "a", job_name="a", basic_auth="hunter2", bearer_token=["hunter2"])
    said = found(job)
    assert len(said) == 2
    assert "hunter2" not in repr(said)


# ── promql ───────────────────────────────────────────────────────────────────
def test_promql_in_dashboards_stands_for_its_variables() -> None:
    good = panel('sum by ($by) (rate(up{job=~"$job"}[$__rate_interval])) > $limit')
    variables = {"list": [{"name": name, "type": "custom", "query": "a"} for name in ("by", "job", "limit")]}
    assert told(dashboard(good, templating=variables)) == []


OPERATOR = {"type": "custom", "query": "Yes : or, No : unless", "current": {"text": "No", "value": "unless"}}


@pytest.mark.parametrize(
    ("expr", "variable"),
    [
        ("a{} $x on (job) b{}", OPERATOR),
        ("sum(a) $x sum(b)", {"type": "custom", "query": ">, <"}),
        ("(sum(a)) $x 5", {"type": "custom", "query": ">,<", "current": {"value": [">"]}}),
        ("rate(a[5m] $x)", {"type": "constant", "query": "offset 1d"}),
        ("rate(a[5m] $x)", {"type": "textbox", "query": "", "current": {"value": "offset 1d"}}),
        ("rate(a[5m] offset $x)", {"type": "interval", "query": "1m,1h"}),
    ],
)
def test_promql_of_a_variable_that_holds_more_than_a_value(expr: str, variable: dict[str, Any]) -> None:
    variables = {"list": [{"name": "x", **variable}]}
    assert [each for each in told(dashboard(panel(expr), templating=variables)) if each[0] == "promql"] == []


def test_what_stands_wrong_is_the_variable_that_was_written() -> None:
    said = found(dashboard(panel("sum(a) +\n  sum(b) $other sum(c)")))
    assert "'$other' stands where an operator should (line 2, column 10)" in [each.message for each in said]


@pytest.mark.parametrize(
    "variable",
    [
        {"type": "custom", "query": "a, b"},
        {"type": "custom", "query": ">, <", "includeAll": True, "current": {"value": ["$__all"]}},
        {"type": "custom", "query": ">, <", "multi": True, "current": {"value": [">", "<"]}},
        {"type": "query", "query": "label_values(up, job)", "current": {"value": ">"}},
        {"type": "custom", "query": ""},
    ],
)
def test_promql_without_an_operator_is_told_whatever_else_a_variable_holds(variable: dict[str, Any]) -> None:
    variables = {"list": [{"name": "x", **variable}]}
    assert "promql" in [each[0] for each in told(dashboard(panel("sum(a) $x sum(b)"), templating=variables))]


@pytest.mark.parametrize(
    ("expr", "remedy"),
    [
        ("rate(up)", "give the selector a range, such as [$__rate_interval]"),
        ("sum(up[5m])", "leave out the range, or put a function such as rate() around the selector"),
        ("limitk(1, up)", 'when Prometheus has it on, say so: [tool.provision] prometheus_features = ["…"]'),
        ('{a=""}', "name a metric, or a matcher that doesn't match the empty text"),
        ("1 > 1", "write bool after the comparison: 1 == bool 1"),
        ("up down", ""),
    ],
)
def test_promql_says_what_to_do(expr: str, remedy: str) -> None:
    (finding,) = found(dashboard(panel(expr)))
    assert (finding.id, finding.severity, finding.remedy) == ("promql", "error", remedy)


def test_promql_tells_the_line_of_a_long_expression() -> None:
    (finding,) = found(group({"record": "a", "expr": "sum(\n  up +\n)"}))
    assert finding.message == "')' stands where an expression should (line 3, column 1)"
    assert found(group({"record": "a", "expr": "up up\n"}))[0].message.endswith("(column 4)")


def test_promql_with_features() -> None:
    rules = group({"record": "a", "expr": "limitk(1, up)"})
    assert ids(rules) == ["promql"]
    assert ids(rules, prometheus_features=["promql-experimental-functions"]) == []


# ── duplicate-key ────────────────────────────────────────────────────────────
def test_duplicate_uids_of_files() -> None:
    files = (dashboard(path="a.json"), dashboard(path="b.json"))
    assert told(*files, guests=["a.json", "b.json"]) == [
        ("duplicate-key", 'dashboard "Shop"', "its uid 'shop' is also that of dashboard \"Shop\" (a.json)")
    ]


def test_groups_of_one_name_in_two_files_are_fine() -> None:
    rule = {"record": "a", "expr": "up"}
    assert told(group(rule, path="a.yml"), group(rule, path="b.yml"), guests=["a.yml", "b.yml"]) == []
    assert ids(group(rule, path="a.yml"), group(rule, path="a.yml", index=1), guests=["a.yml"]) == [
        "duplicate-key"
    ]


def test_panels_without_an_id_are_not_alike() -> None:
    assert ids(dashboard({"title": "A", "id": None}, {"title": "B", "id": None})).count("duplicate-key") == 0


def test_records_that_labels_tell_apart_are_fine() -> None:
    rules = [{"record": "a", "expr": "up", "labels": {"q": q}} for q in ("1", "2")]
    assert told(group(*rules)) == []


def test_one_alert_for_several_conditions_is_fine() -> None:
    rules = [{"alert": "A", "expr": expr} for expr in ("up > 1", "up < 0")]
    assert told(group(*rules)) == []


# ── unknown-datasource ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "datasource",
    [PROM, "Prometheus", {"uid": "${source}"}, "$source", "-- Mixed --", {"type": "datasource", "uid": "grafana"}, None,
     {"type": "prometheus"}, {"type": "__expr__", "uid": "__expr__"}],
)  # fmt: skip
def test_known_data_sources(datasource: Any) -> None:
    variables = {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]}
    assert told(dashboard(panel("up", datasource=datasource), templating=variables), source()) == []


def test_unknown_data_sources_are_told_once_each() -> None:
    said = found(
        dashboard(
            panel("up", datasource={"uid": "a"}),
            panel("up", datasource={"uid": "a"}),
            panel("up", datasource="b"),
            annotations={"list": [{"name": "N", "datasource": "c"}]},
            templating={"list": [{"name": "v", "type": "query", "query": "", "datasource": {"uid": "a"}}]},
        )
    )
    assert [(each.severity, each.subject, each.message) for each in said] == [
        ("error", 'dashboard "Shop", annotation "N"', "no source defines the data source 'c'"),
        ("error", 'dashboard "Shop", panel "Orders"', "no source defines the data source 'b'"),
        ("error", 'dashboard "Shop", panel "Orders", and 2 more', "no source defines the data source 'a'"),
    ]


def test_data_sources_of_files_may_exist_where_they_come_from() -> None:
    (finding,) = found(dashboard(panel("up", datasource="b"), path="a.json"), guests=["a.json"])
    assert (finding.severity, finding.remedy) == (
        "warning",
        "use a variable of type datasource, so that whoever imports it chooses one",
    )


def test_a_query_may_ask_another_data_source_than_its_panel() -> None:
    mixed = panel("up", datasource="-- Mixed --")
    mixed["targets"][0]["datasource"] = {"uid": "nowhere"}
    assert told(dashboard(mixed)) == [
        ("unknown-datasource", 'dashboard "Shop", panel "Orders", query A', "no source defines the data source 'nowhere'")
    ]  # fmt: skip


def test_bound_dashboards_need_no_data_source() -> None:
    assert told(dashboard(panel("up", datasource="b")), datasource="Thanos") == []


# ── unknown-folder ───────────────────────────────────────────────────────────
def folder(path: str, parent: str = "") -> Definition:
    return other("folder", path, uid=path, title=path, parent=parent)


def test_folders() -> None:
    assert told(dashboard(folder="shop"), folder("shop")) == []
    assert told(dashboard(folder="shop"), folder("store")) == [
        ("unknown-folder", 'dashboard "Shop"', "the folder 'shop' that it lies in isn't defined")
    ]
    assert told(folder("a", parent="b")) == [
        ("unknown-folder", 'folder "a"', "the folder 'b' that it lies in isn't defined")
    ]
    assert told(dashboard(folder="shop", path="a.json"), guests=["a.json"]) == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"folderUID": "shop"}, False),
        ({"folderUID": "$folder"}, False),
        ({"folderUID": "general"}, False),
        ({"folderUID": "nowhere"}, True),
        ({"folder": {"uid": "nowhere"}}, True),
        ({"folder": {"title": "x"}}, False),
        ({}, False),
        (5, False),
    ],
)
def test_folders_that_panels_list(options: Any, says: bool) -> None:
    said = ids(dashboard({"title": "A", "type": "dashlist", "options": options}), folder("shop"))
    assert ("unknown-folder" in said) is says


# ── unknown-variable ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "fields",
    [
        {"expr": 'rate(up{job="$nowhere"}[5m])'},
        {"expr": "up", "legendFormat": "[[nowhere]]"},
        {"expr": "up", "interval": "${nowhere:text}"},
        {"expr": "up", "datasource": {"type": "prometheus", "uid": "$nowhere"}},
    ],
)
def test_unknown_variables_of_queries(fields: dict[str, Any]) -> None:
    targets = [{"refId": "A", **fields}]
    said = found(dashboard({"title": "A", "targets": targets}))
    assert [(each.id, each.message) for each in said] == [
        ("unknown-variable", "the dashboard doesn't define $nowhere")
    ]
    assert said[0].severity == ("warning" if "legendFormat" in fields else "error")


@pytest.mark.parametrize(
    "expr",
    ["rate(up[$__rate_interval])", 'label_replace(up, "a", "$1", "b", "(.*)")',
     'label_replace(up, "a", "$name", "b", "(?P<name>.*)")', 'up{a!~"SYS.*|\\\\$SYS.*"}', 'up{a="costs 5$"}', 'up{a="$5"}', 'up{a="${DS}"}'],
)  # fmt: skip
def test_what_is_no_unknown_variable(expr: str) -> None:
    inputs = [{"name": "DS", "type": "datasource", "pluginId": "prometheus"}]
    assert told(dashboard(panel(expr), __inputs=inputs)) == []


def test_unknown_variables_elsewhere() -> None:
    said = found(
        dashboard(
            {"title": "Of $a", "repeat": "b", "datasource": {"type": "prometheus", "uid": "${c}"}},
            annotations={"list": [{"name": "N", "expr": 'up{x="$d"}', "datasource": "$e"}]},
            templating={"list": [{"name": "v", "type": "query", "query": "label_values(up{x='$f'}, y)"}]},
        )
    )
    assert {each.message[-2:]: each.severity for each in said} == {
        "$a": "warning", "$b": "error", "$c": "error", "$d": "error", "$e": "error", "$f": "error",
    }  # fmt: skip


def test_the_worst_use_of_an_unknown_variable_is_told() -> None:
    (finding,) = found(
        dashboard(
            panel('up{a="$jbo"}', title="Of $jbo"),
            templating={"list": [{"name": "job", "type": "custom", "query": "a"}]},
        )
    )
    assert (finding.severity, finding.subject, finding.remedy) == (
        "error", 'dashboard "Shop", panel "Of $jbo", query A, and 1 more', 'did you mean "job"?',
    )  # fmt: skip


# ── unknown-record ───────────────────────────────────────────────────────────
def test_records_are_known_across_files() -> None:
    assert (
        told(dashboard(panel("job:up:sum")), group({"record": "job:up:sum", "expr": "sum by (job) (up)"}))
        == []
    )


@pytest.mark.parametrize(
    "expr", ["up", "rate(up[5m:1m])", "sum(up)[5m:step()]", "$level:up:sum", 'up{a="job:up:sum"}', ":up"]
)
def test_what_is_no_record(expr: str) -> None:
    variables = {"list": [{"name": "level", "type": "custom", "query": "a"}]}
    assert told(dashboard(panel(expr), templating=variables)) == []


def test_a_record_of_grafana_is_known() -> None:
    rules = [{"title": "a", "record": {"metric": "job:up:sum", "from": "A"}}, {"title": "b"}]
    records = other("grafana-rule-group", "shop/a", folder="shop", title="a", interval=60, rules=rules)
    assert "unknown-record" not in ids(dashboard(panel("job:up:sum")), records)
    assert "unknown-record" in ids(dashboard(panel("job:up:max")), records)


def test_a_project_that_records_nothing_reads_what_others_record() -> None:
    (finding,) = found(dashboard(panel("job:up:sum")))
    assert (finding.id, finding.severity) == ("unknown-record", "warning")


def test_unknown_records_of_files_may_exist_where_they_come_from() -> None:
    (finding,) = found(group({"record": "a", "expr": "job:up:sum"}, path="a.yml"), guests=["a.yml"])
    assert (finding.id, finding.severity) == ("unknown-record", "warning")


# ── unknown-receiver ─────────────────────────────────────────────────────────
def receiver(name: str = "pages") -> Definition:
    return other("receiver", name, name=name)


def test_receivers_of_all_routes() -> None:
    root = other(
        "route",
        "root",
        receiver="pages",
        routes=[{"matchers": ['a="b"'], "routes": [{"receiver": "nobody"}]}],
    )
    assert told(root, receiver()) == [
        ("unknown-receiver", "the root route, routes/0/routes/0", "there is no receiver 'nobody'")
    ]


@pytest.mark.parametrize(
    "definition",
    [
        receiver(),
        other("route", "a.py#1", matchers=['a="b"']),
        other("time-interval", "a", name="a", time_intervals=[]),
    ],
)
def test_there_must_be_a_root(definition: Definition) -> None:
    assert ("unknown-receiver", "Alertmanager's routes", "there is no root route") in told(definition)


# ── grafana-alerting ─────────────────────────────────────────────────────────
ALERT = {"alert": "A", "expr": "sum(x)"}


def test_rules_are_looked_at_with_grafana_s_eyes_only_where_it_evaluates_them() -> None:
    definition = group({**ALERT, "annotations": {"s": "{{ $labels }}"}}, interval="15s", limit=3)
    assert told(definition) == []
    assert told(definition, grafana_alerting=True) == [
        ("grafana-alerting", 'rule group "shop"', "Grafana evaluates it every 20 s: its interval of 15s isn't a multiple of 10 s"),
        ("grafana-alerting", 'rule group "shop"', "Grafana has no limit of series, and evaluates without one"),
        ("grafana-alerting", 'rule group "shop", alert "A"', "s: it prints all labels, to which Grafana adds its own"),
    ]  # fmt: skip


def test_a_broken_expression_is_told_once() -> None:
    said = [
        each
        for each in told(group({**ALERT, "expr": "sum("}), grafana_alerting=True)
        if each[0] != "promtool"
    ]
    assert [each[0] for each in said] == ["promql"]


def test_the_data_source_may_be_said_when_pushing() -> None:
    loki = other("datasource", "l", name="L", uid="l", type="loki", url="", isDefault=True, jsonData={}, secure={},
                 access="proxy", basicAuth=False, basicAuthUser="")  # fmt: skip
    assert ids(group(ALERT), loki, grafana_alerting=True) == []


def test_what_is_grafana_s_own_is_looked_at_always() -> None:
    rules = other("grafana-rule-group", "team/g", folder="team", title="g", interval=7, rules=[])
    folder = other("folder", "team", uid="team", title="Team", parent="")
    texts = other("template", "t", name="t", template="{{ define")
    assert {(each.id, each.severity) for each in found(rules, folder, texts)} == {
        ("grafana-alerting", "error")
    }
    assert len(found(rules, folder, texts)) == 3
    assert ids(rules, folder, texts, guests=["provisioning/all.py"]) == []


def test_routes_of_a_grafana_lead_to_contact_points_and_need_no_root() -> None:
    mail = {"type": "email", "settings": {"addresses": "a@b.c"}, "secure": {}}
    point = other("contact-point", "ops", name="ops", integrations=[mail])
    route = other("route", "a.py#1", receiver="ops", matchers=['a="b"'])
    assert "unknown-receiver" in ids(point, route)
    assert ids(point, route, grafana_alerting=True) == []


# ── versions ─────────────────────────────────────────────────────────────────
def test_versions() -> None:
    definitions = (
        other("scrape-config", "a", job_name="a", keep_dropped_targets=1),
        other("prometheus", "global", **{"global": {"rule_query_offset": "1m"}}),
        group({"alert": "A", "expr": "up", "keep_firing_for": "1m"}),
        other("route", "root", receiver="pages"),
        other("receiver", "pages", name="pages", webhook_configs=[{"url_file": "/x"}]),
    )
    assert told(*definitions) == []
    said = told(*definitions, prometheus_version="2.41", alertmanager_version="0.25")
    assert sorted(said) == [
        ("alertmanager-version", 'receiver "pages"', "url_file needs Alertmanager 0.26, and this environment has 0.25"),
        ("rule-version", "prometheus.yml", "rule_query_offset needs Prometheus 2.53, and this environment has 2.41"),
        ("rule-version", 'rule group "shop"', "keep_firing_for needs Prometheus 2.42, and this environment has 2.41"),
        ("rule-version", 'scrape job "a"', "keep_dropped_targets needs Prometheus 2.47, and this environment has 2.41"),
    ]  # fmt: skip


# ── very many of them ────────────────────────────────────────────────────────
def test_of_very_many_dashboards_the_same_is_said_without_holding_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faulty = [
        dashboard(panel("sum("), uid="one"),
        dashboard(panel("job:x:rate + $no"), uid="two"),
        dashboard({"title": "C", "datasource": {"uid": "none"}}, uid="two", folder="nowhere"),
        group({"record": "a:b:c", "expr": "rate(x)"}),
    ]
    once = found(*faulty)
    assert {each.id for each in once} >= {
        "promql", "duplicate-key", "unknown-datasource", "unknown-folder", "unknown-variable", "unknown-record",
    }  # fmt: skip
    monkeypatch.setattr(reading, "_KEPT_BYTES", 0)
    assert found(*(each.packed() for each in faulty)) == once
    estate = reading.estate_of(faulty, Project(Path(), "x"), Tools())
    assert not any(
        one is again for one, again in zip(estate.dashboards, list(estate.dashboards), strict=True)
    )


# ── the reference project ────────────────────────────────────────────────────
@pytest.mark.parametrize("environment", [None, "demo"])
def test_the_reference_project_has_no_findings(environment: str | None) -> None:
    from provision.compile.load import load
    from provision.project import open_project
    from provision.prove.check.checking import check

    project = open_project(Path(__file__).parents[3], environment)
    loaded = load(project, use_cache=False)
    assert loaded.problems == ()
    assert check(loaded.definitions, project) == ()
