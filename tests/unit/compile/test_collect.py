from __future__ import annotations

import operator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.builders import dashboardv2

from provision.author import (
    Alert,
    AlertmanagerGlobal,
    Datasource,
    Email,
    Folder,
    Group,
    Inhibit,
    JsonDashboard,
    PrometheusGlobal,
    Receiver,
    Record,
    Route,
    ScrapeConfig,
    Secret,
    TimeInterval,
    Webhook,
)
from provision.compile.collect import Collected, collect_file, collect_python
from provision.model import Place, decode
from support import second_generation


def collect(path: str, **names: Any) -> Collected:
    lines = {name: number for number, name in enumerate(names, 1)}
    return collect_python(
        path, names, lines, lambda where: Place(path, where[1]) if where[0] == __file__ else None
    )


def bodies(collected: Collected) -> dict[tuple[str, str], Any]:
    assert collected.problems == []
    return {(found.kind, found.key): decode(found.body) for found in collected.definitions}


def test_a_group_is_written_as_prometheus_writes_it() -> None:
    group = Group(
        "sla",
        [
            Record("job:requests:rate5m", "sum by (job) (rate(x[5m]))", labels={"team": "a"}),
            Alert("Slow", "y > 1", for_="1m", severity="page", summary="It is slow", runbook_url="https://e.org/r",
                  labels={"team": "a"}, annotations={"note": "n"}, keep_firing_for="5m"),
        ],
        interval="30s", limit=10, labels={"env": "x"}, query_offset="1m",
    )  # fmt: skip
    collected = collect("rules/team/traefik.py", group=group)
    assert bodies(collected) == {
        ("rule-group", "team-traefik.yml/sla"): {
            "file": "team-traefik.yml",
            "folder": "team",
            "index": 0,
            "group": {
                "name": "sla", "interval": "30s", "limit": 10, "labels": {"env": "x"}, "query_offset": "1m",
                "rules": [
                    {"record": "job:requests:rate5m", "expr": "sum by (job) (rate(x[5m]))", "labels": {"team": "a"}},
                    {"alert": "Slow", "expr": "y > 1", "for": "1m", "keep_firing_for": "5m",
                     "labels": {"severity": "page", "team": "a"},
                     "annotations": {"summary": "It is slow", "runbook_url": "https://e.org/r", "note": "n"}},
                ],
            },
        }
    }  # fmt: skip
    definition = collected.definitions[0]
    first, second = (definition.place_of(f"/group/rules/{n}").line for n in (0, 1))
    assert first is not None
    assert second is not None
    assert first < second


def test_groups_keep_the_order_of_the_source() -> None:
    groups = {name: Group(name, [Record("a:b:c", "up")]) for name in ("z", "a")}
    collected = collect("rules/x.py", **groups)
    assert [(d.key, decode(d.body)["index"]) for d in collected.definitions] == [
        ("x.yml/z", 0),
        ("x.yml/a", 1),
    ]


def test_rules_that_stand_in_no_group_get_one_and_those_that_do_are_not_taken_twice() -> None:
    inside = Record("a:b:c", "up")
    collected = collect("rules/x.py", inside=inside, group=Group("g", [inside]), alone=Alert("A", "up == 0"))
    assert {
        key: [r.get("alert") or r["record"] for r in body["group"]["rules"]]
        for (_, key), body in bodies(collected).items()
    } == {
        "x.yml/g": ["a:b:c"],
        "x.yml/x": ["A"],
    }


def test_private_names_are_not_collected_and_one_object_under_two_names_is_taken_once() -> None:
    group = Group("g", [])
    collected = collect("rules/x.py", _hidden=Group("h", []), one=group, two=group, text="x", number=3)
    assert list(bodies(collected)) == [("rule-group", "x.yml/g")]
    assert bodies(collected)["rule-group", "x.yml/g"]["group"]["rules"] == []


def test_lists_and_dictionaries_of_known_objects_are_looked_into() -> None:
    collected = collect(
        "rules/x.py", many=[Group("a", []), 3], named={"k": Group("b", []), "n": 1}, both=(Group("c", []),)
    )
    assert [key for _, key in bodies(collected)] == ["x.yml/a", "x.yml/b", "x.yml/c"]


def test_scrape_jobs_and_the_global_settings() -> None:
    collected = collect(
        "provisioning/prometheus.py",
        static=ScrapeConfig("traefik", targets=["a:1"], labels={"env": "x"}, interval="5s", timeout="4s"),
        swarm=ScrapeConfig("cadvisor", dns_names=["tasks.cadvisor"], dns_port=8080, scheme="https", metrics_path="/m",
                           extra={"honor_labels": True}),
        server=PrometheusGlobal(external_labels={"env": "x"}, alertmanagers=["am:9093"], scrape_timeout="5s",
                                extra={"storage": {"tsdb": {}}}),
    )  # fmt: skip
    found = bodies(collected)
    assert found["scrape-config", "traefik"] == {
        "job_name": "traefik",
        "scrape_interval": "5s",
        "scrape_timeout": "4s",
        "static_configs": [{"targets": ["a:1"], "labels": {"env": "x"}}],
    }
    assert found["scrape-config", "cadvisor"] == {
        "job_name": "cadvisor",
        "metrics_path": "/m",
        "scheme": "https",
        "dns_sd_configs": [{"names": ["tasks.cadvisor"], "type": "A", "port": 8080}],
        "honor_labels": True,
    }
    assert found["prometheus", "global"] == {
        "global": {"scrape_interval": "15s", "evaluation_interval": "15s", "scrape_timeout": "5s", "external_labels": {"env": "x"}},
        "rule_files": ["rules/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["am:9093"]}]}]},
        "storage": {"tsdb": {}},
    }  # fmt: skip


def test_routing_is_written_as_alertmanager_writes_it() -> None:
    collected = collect(
        "provisioning/routes.py",
        root=Route("ops", group_by=["alertname"], group_wait="10s", routes=[Route("mail", ['severity="ticket"'], continue_=True)]),
        extra=Route("mail", ['team="a"'], repeat_interval="4h", mute_time_intervals=["nights"]),
        second=Route("mail", ['team="b"'], active_time_intervals=["days"]),
        ops=Receiver("ops", webhooks=[Webhook(url="http://h/"), Webhook(url_file="/run/h", send_resolved=False)]),
        mail=Receiver("mail", emails=[Email("a@e.org", extra={"tls_config": {}})], configs={"slack_configs": [{"channel": "#a"}]}),
        quiet=Inhibit(['alertname="Down"'], ['severity="ticket"'], ["job"]),
        loud=Inhibit(["a=1"], ["b=2"]),
        nights=TimeInterval("nights", [{"times": [{"start_time": "22:00", "end_time": "24:00"}]}]),
        settings=AlertmanagerGlobal(resolve_timeout="5m", smtp_smarthost="m:25", smtp_from="a@e.org", templates=["t/*.tmpl"]),
    )  # fmt: skip
    found = bodies(collected)
    assert found["route", "root"] == {
        "receiver": "ops", "group_by": ["alertname"], "group_wait": "10s",
        "routes": [{"receiver": "mail", "matchers": ['severity="ticket"'], "continue": True}],
    }  # fmt: skip
    assert found["route", "provisioning/routes.py#1"]["mute_time_intervals"] == ["nights"]
    assert found["route", "provisioning/routes.py#2"] == {
        "receiver": "mail",
        "matchers": ['team="b"'],
        "active_time_intervals": ["days"],
    }
    assert found["receiver", "ops"]["webhook_configs"] == [
        {"url": "http://h/", "send_resolved": True},
        {"url_file": "/run/h", "send_resolved": False},
    ]
    assert found["receiver", "mail"] == {
        "name": "mail",
        "email_configs": [{"to": "a@e.org", "send_resolved": True, "tls_config": {}}],
        "slack_configs": [{"channel": "#a"}],
    }
    assert found["inhibit", "provisioning/routes.py#1"] == {
        "source_matchers": ['alertname="Down"'], "target_matchers": ['severity="ticket"'], "equal": ["job"],
    }  # fmt: skip
    assert "equal" not in found["inhibit", "provisioning/routes.py#2"]
    assert found["time-interval", "nights"]["time_intervals"][0]["times"]
    assert found["alertmanager", "global"] == {
        "global": {"resolve_timeout": "5m", "smtp_smarthost": "m:25", "smtp_from": "a@e.org"},
        "templates": ["t/*.tmpl"],
    }


def test_a_data_source_keeps_its_secrets_as_references() -> None:
    collected = collect(
        "provisioning/grafana.py",
        prometheus=Datasource("Prometheus", "prometheus", "http://p:9090", default=True, json_data={"timeInterval": "15s"},
                              secure={"httpHeaderValue1": Secret.env("TOKEN", version="2")}, basic_auth_user="u"),
    )  # fmt: skip
    assert (
        bodies(
            collect(
                "provisioning/pg.py",
                pg=Datasource("Orders", "pg", "db:5432", type="postgres", user="me", database="orders"),
            )
        )["datasource", "pg"].items()
        >= {"user": "me", "database": "orders"}.items()
    )
    assert bodies(collected)["datasource", "prometheus"] == {
        "name": "Prometheus", "uid": "prometheus", "type": "prometheus", "url": "http://p:9090", "access": "proxy",
        "isDefault": True, "jsonData": {"timeInterval": "15s"}, "basicAuth": True, "basicAuthUser": "u",
        "secure": {"httpHeaderValue1": {"source": "env", "name": "TOKEN", "version": "2"}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("provisioning/g.py", Datasource("P", "bad uid", "u"), "uid 'bad uid' isn't 1 to 40 characters"),
        ("dashboards/a.py", Folder("A"), "a Folder stands in a source of the subdirectory"),
        ("dashboards/a/b.py", Folder("A", uid="ü"), "uid 'ü' isn't 1 to 40 characters"),
        ("dashboards/a/b.py", Folder("A", uid="general"), "the uid 'general' is Grafana's own"),
        ("dashboards/a.py", JsonDashboard(title="x", uid="x" * 41), "isn't 1 to 40 characters"),
    ],
)
def test_a_mistake_is_a_problem_at_its_place_and_the_rest_is_collected(
    path: str, value: Any, message: str
) -> None:
    collected = collect(path, bad=value, good=Receiver("r"))
    assert [problem.path for problem in collected.problems] == [path]
    assert message in collected.problems[0].message
    assert [found.kind for found in collected.definitions] == ["receiver"]


def test_an_object_that_fails_in_its_library_is_a_problem_at_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("provision.compile.normalize.from_json", operator.methodcaller("nothing"))
    collected = collect("dashboards/a.py", dashboard=JsonDashboard(title="A"), good=Receiver("r"))
    assert [str(problem) for problem in collected.problems] == [
        "dashboards/a.py:1: dashboard: can't be compiled: AttributeError: 'dict' object has no attribute 'nothing'"
    ]
    assert [found.kind for found in collected.definitions] == ["receiver"]


def test_uids_come_from_the_author_or_the_path_and_never_from_the_position() -> None:
    collected = collect(
        "dashboards/shop/web.py",
        dashboard=JsonDashboard(title="Web"),
        latency=JsonDashboard(title="Latency"),
        own=JsonDashboard(title="Own", uid="mine"),
        many=[JsonDashboard(title="One"), JsonDashboard(title="Two")],
        named={"three": JsonDashboard(title="3")},
    )
    found = bodies(collected)
    assert [key for _, key in found] == [
        "shop-web", "shop-web-latency", "mine", *[k for _, k in list(found)[3:5]], "shop-web-named-three",
    ]  # fmt: skip
    swapped = collect("dashboards/shop/web.py", many=[JsonDashboard(title="Two"), JsonDashboard(title="One")])
    assert {key for _, key in bodies(swapped)} == {key for _, key in list(found)[3:5]}
    assert found["dashboard", "shop-web"]["folder"] == "shop"
    assert found["dashboard", "shop-web"]["spec"]["uid"] == "shop-web"


def test_a_folder_describes_its_directory() -> None:
    collected = collect("dashboards/shop/eu/web.py", folder=Folder("Europe", uid="eu"))
    assert bodies(collected) == {("folder", "shop/eu"): {"uid": "eu", "title": "Europe", "parent": "shop"}}


@pytest.mark.parametrize(
    ("name", "content", "message", "line"),
    [
        ("dashboards/a.json", b'{\n "a": }', "not valid JSON", 2),
        ("dashboards/a.json", b"[]", "expected a JSON object", 1),
        ("dashboards/a.json", b"\xff", "isn't UTF-8", 1),
        ("rules/a.yml", b"groups: [}\n", "not valid YAML", 1),
        ("rules/a.yml", b"groups: 3", "not a rule file", 1),
        ("rules/a.yml", b"- a", "not a rule file", 1),
        ("rules/a.yml", b"groups: [{rules: []}]", "group 1 has no name", 1),
        ("rules/a.yml", b"groups: []\ngroups: []", "groups", 2),
    ],
)
def test_broken_files_are_told_with_their_line(name: str, content: bytes, message: str, line: int) -> None:
    collected = collect_file(name, content)
    assert collected.definitions == []
    assert [(problem.path, problem.line) for problem in collected.problems] == [(name, line)]
    assert message in collected.problems[0].message


def test_a_rule_file_is_taken_over_as_it_is() -> None:
    text = b"""
groups:
- name: a
  interval: 10s
  rules:
  - {alert: X, expr: up == 0, for: 1m, labels: {severity: page}}
- name: b
  rules: []
"""
    found = bodies(collect_file("rules/old.yaml", text))
    assert list(found) == [("rule-group", "old.yml/a"), ("rule-group", "old.yml/b")]
    assert found["rule-group", "old.yml/a"]["group"] == {
        "name": "a",
        "interval": "10s",
        "rules": [{"alert": "X", "expr": "up == 0", "for": "1m", "labels": {"severity": "page"}}],
    }
    assert collect_file("rules/empty.yml", b"").definitions == []


def test_an_operators_rule_resource_is_a_rule_file_too() -> None:
    text = b"kind: PrometheusRule\nspec:\n  groups:\n  - {name: a, rules: []}\n"
    assert list(bodies(collect_file("rules/k.yml", text))) == [("rule-group", "k.yml/a")]


def test_a_json_dashboard_is_taken_over_and_gets_a_uid_from_its_path_when_it_has_none() -> None:
    found = bodies(collect_file("dashboards/old/host.json", b'{"title": "Host", "id": 7, "panels": []}'))
    assert list(found) == [("dashboard", "old-host")]
    assert "id" not in found["dashboard", "old-host"]["spec"]


def dashboards_of(collected: Collected) -> list[str]:
    assert collected.problems == []
    return [found.key for found in collected.definitions if found.kind == "dashboard"]


def test_lists_and_dictionaries_within_each_other_are_looked_into() -> None:
    boards = {
        "shop": {"web": JsonDashboard(title="W"), "all": [JsonDashboard(title="A"), JsonDashboard(title="B")]}
    }
    deep = [[[[JsonDashboard(title="too deep")]]]]
    found = collect("dashboards/x.py", boards=boards, deep=deep, data={"a": [{"b": 1}], "c": "text"})
    assert len(dashboards_of(found)) == 3
    assert dashboards_of(found)[0] == "x-boards-shop-web"
    # Told apart by their titles, never by their position.
    boards["shop"]["all"] = boards["shop"]["all"][::-1]  # type: ignore[index]  # it is a list
    assert set(dashboards_of(collect("dashboards/x.py", boards=boards))) == set(dashboards_of(found))


def test_a_dashboard_that_is_another_once_more_is_one() -> None:
    one, same, other = JsonDashboard(title="T"), JsonDashboard(title="T"), JsonDashboard(title="U")
    assert dashboards_of(collect("dashboards/x.py", first=one, second=same, third=other)) == [
        "x-first",
        "x-third",
    ]
    assert dashboards_of(collect("dashboards/x.py", first=one, dashboard=same)) == ["x"]
    assert dashboards_of(collect("dashboards/x.py", dashboard=one, second=same)) == ["x"]


def test_dashboards_with_uids_of_their_own_are_never_one() -> None:
    twins = [JsonDashboard(title="T", uid=uid) for uid in ("a", "b")]
    assert dashboards_of(collect("dashboards/x.py", twins=twins)) == ["a", "b"]


def test_a_builder_is_what_it_built() -> None:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

    builder = Dashboard("T")
    found = collect("dashboards/x.py", builder=builder, dashboard=builder.build())
    assert dashboards_of(found) == ["x"]


def test_several_things_wrong_with_one_object_are_several_problems() -> None:
    from grafanalib import core as G

    alert = G.Alert(name="a", message="", alertConditions=[])
    board = G.Dashboard(title="T", panels=[G.Graph(title=title, alert=alert) for title in "AB"])
    problems = collect("dashboards/x.py", board=board).problems
    assert [problem.message[:20] for problem in problems] == ["board: panel 'A' (gr", "board: panel 'B' (gr"]


SCRIPT = "def make_dashboard():\n    ...\n\nif __name__ == '__main__':\n    make_dashboard()\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (SCRIPT, [4]),
        (SCRIPT.replace("make_dashboard", "work"), []),  # a tool beside the dashboards
        (SCRIPT.partition("if __name__")[0], []),  # a helper
    ],
)
def test_a_source_that_only_defines_something_as_a_program_is_told(
    tmp_path: Path, text: str, lines: list[int]
) -> None:
    file = tmp_path / "x.py"
    file.write_text(text)
    found = collect_python("dashboards/x.py", {"__file__": str(file)}, {}, lambda _: None)
    assert [problem.line for problem in found.problems] == lines
    board = JsonDashboard(title="T")
    found = collect_python("dashboards/x.py", {"__file__": str(file), "d": board}, {"d": 1}, lambda _: None)
    assert found.problems == []
    file.unlink()
    assert collect_python("dashboards/x.py", {"__file__": str(file)}, {}, lambda _: None).problems == []


def test_a_dictionary_that_is_not_marked_is_told_where_there_is_nothing_else() -> None:
    plain = {"title": "T", "panels": []}
    (problem,) = collect("dashboards/x.py", board=plain, _data=plain, other={"title": "T"}).problems
    assert (
        str(problem)
        == "dashboards/x.py:1: board: a plain dictionary is no dashboard; write JsonDashboard({…})"
    )
    assert collect("dashboards/x.py", board=JsonDashboard(plain), data=plain).problems == []


def test_a_manifest_gives_the_uid_of_the_builder_beside_it() -> None:
    builder = second_generation.built()
    made = collect("dashboards/shop.py", dashboard=builder, manifest=dashboardv2.manifest("own", builder))
    assert list(bodies(made)) == [("dashboard", "own")]
    alone = collect("dashboards/shop.py", dashboard=builder, built=builder.build())
    assert list(bodies(alone)) == [("dashboard", "shop")]
    both = collect(
        "dashboards/shop.py", a=dashboardv2.manifest("a1", builder), b=dashboardv2.manifest("b1", builder)
    )
    assert list(bodies(both)) == [("dashboard", "a1"), ("dashboard", "b1")]
