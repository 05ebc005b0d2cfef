"""Estates as teams bring them: what they wrote compiles to what they meant, or each mistake is one clear sentence,
and what is made of it is the same on every machine and changes only where they change something.

The outlines were read by a person. After a wanted change write them anew with PROVISION_WRITE_GOLDEN=1.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from provision.client.session import Credentials, Endpoint
from provision.model import Verb, decode
from provision.schemas import schema
from provision.ship.target import grafana
from provision.tools import amtool, promtool
from support import servers
from support.estates import ESTATES, Estate, dashboards, empty, estate, outline, push
from support.grafana_standin import standin

NAMES = ("grafanalib", "sdk", "rules", "alertmanager")
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

every_estate = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def taken_over(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Estate]:
    """Each estate, compiled by the first test that needs it and by no other."""
    base = tmp_path_factory.mktemp("estates")
    return {name: estate(name, base / name) for name in NAMES}


@pytest.fixture
def project(tmp_path: Path) -> Estate:
    return empty(tmp_path / "project")


# ── what comes out ───────────────────────────────────────────────────────────


@every_estate
def test_an_estate_is_taken_over_whole(taken_over: dict[str, Estate], name: str) -> None:
    made = outline(taken_over[name].definitions())
    file = ESTATES / f"{name}.txt"
    if os.environ.get("PROVISION_WRITE_GOLDEN"):
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8")


@every_estate
def test_a_second_build_changes_nothing(taken_over: dict[str, Estate], name: str) -> None:
    _, outcomes = taken_over[name].build()
    assert {outcome.status for outcome in outcomes} <= {"done"}
    plan, outcomes = taken_over[name].build()
    assert outcomes == ()
    assert {action.verb for action in plan.actions} == {Verb.KEEP}


@pytest.mark.parametrize("name", ["grafanalib", "sdk"])
def test_every_dashboard_is_one_of_a_modern_grafana(taken_over: dict[str, Estate], name: str) -> None:
    validator = jsonschema_rs.validator_for(schema("dashboard"))
    raw = {"answered", "exported", "json_dashboards-small"}  # JSON is taken over as it is
    found = dashboards(taken_over[name].definitions())
    for uid in found.keys() - raw:
        assert [error.message for error in validator.iter_errors(found[uid])] == [], uid


@pytest.mark.server
def test_promtool_accepts_the_rules(taken_over: dict[str, Estate]) -> None:
    tool = servers.require("promtool")
    taken_over["rules"].build()
    files = {
        file.name: file.read_bytes() for file in taken_over["rules"].root.glob("build/prometheus/rules/*")
    }
    assert sorted(files) == ["kubernetes-configmap.yml", "kubernetes-operator.yml", "node.yml"]
    assert promtool.check_rules(tool, files) == ()


def test_anchors_numbers_and_words_come_out_as_what_they_stand_for(taken_over: dict[str, Estate]) -> None:
    (group,) = [
        decode(found.body)["group"]
        for found in taken_over["rules"].definitions()
        if found.key == "node.yml/node"
    ]
    _, busy, disk = group["rules"]
    assert busy["for"] == "1d"
    assert busy["labels"] == {"severity": "page", "team": "infra"}
    assert disk["labels"] == {"severity": "2", "team": "infra", "on": "call"}
    assert disk["annotations"]["description"] == "The disk of {{ $labels.instance }} is nearly full."
    assert disk["expr"].endswith("< 0.1   # a tenth\n")


@pytest.mark.server
def test_amtool_accepts_the_routing(taken_over: dict[str, Estate]) -> None:
    tool = servers.require("amtool")
    taken_over["alertmanager"].build()
    text = (taken_over["alertmanager"].root / "build/alertmanager/alertmanager.yml").read_bytes()
    assert amtool.check_config(tool, text) == ()
    assert amtool.routes_test(tool, text, {"severity": "page", "team": "db"}) == ("pager",)
    assert amtool.routes_test(tool, text, {"alertname": "Watchdog"}) == ("null",)
    assert amtool.routes_test(tool, text, {"severity": "info"}) == ("slack-platform",)


# ── to a Grafana and back ────────────────────────────────────────────────────


def _push_twice(definitions: Any, target: Any, owner: str) -> None:
    try:
        plan, outcomes = push(definitions, target, owner)
        assert {(outcome.status, outcome.message) for outcome in outcomes} == {("done", "")}
        assert {action.verb for action in plan.actions} <= {Verb.CREATE, Verb.KEEP}
        plan, outcomes = push(definitions, target, owner)
        assert {action.verb for action in plan.actions} == {Verb.KEEP}
        assert outcomes == ()
    finally:
        push((), target, owner, prune=True)
        target.close()


@pytest.mark.parametrize("flavour", ["12.4.0", "9.0"])
@pytest.mark.parametrize("name", ["grafanalib", "sdk"])
def test_a_second_push_changes_nothing(taken_over: dict[str, Estate], name: str, flavour: str) -> None:
    definitions = taken_over[name].definitions()
    if name == "sdk":
        definitions += taken_over[
            "grafanalib"
        ].definitions()  # which has the data source that an export wants
    if flavour == "9.0":  # which wants a title once in a folder
        definitions = tuple(found for found in definitions if found.key != "twin-right")
    with standin(flavour) as state:
        endpoint = Endpoint(state.url, Credentials(user="admin", password="admin"))
        _push_twice(definitions, grafana.connect(endpoint), "estate")


@pytest.mark.server
@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"{CORPUS} is absent")
@pytest.mark.parametrize("where", ["stand-in", "real"])
def test_everybodys_dashboards_together(project: Estate, where: str) -> None:
    files = sorted((CORPUS / "dashboards").glob("*.json"))
    for number, file in enumerate(files):
        owner, _, rest = file.name.partition("__")
        found = json.loads(file.read_bytes())
        # The corpus has some dashboards of several years, and a real Grafana may have some already.
        found.get("dashboard", found)["uid"] = f"estate-test-{number}"
        project.write(f"dashboards/estate-test/{owner.replace('_', '/', 1)}/{rest}", json.dumps(found))
    project.write(
        "provisioning/sources.py",
        "from provision.author import Datasource\n"
        'p = Datasource("Estate test", uid="estate-test", url="http://127.0.0.1:9")\n',
    )
    _, outcomes = project.build()
    assert {outcome.status for outcome in outcomes} == {"done"}
    assert {action.verb for action in project.build()[0].actions} == {Verb.KEEP}
    definitions = project.definitions()
    assert len(dashboards(definitions)) == len(files)
    if where == "stand-in":
        with standin() as state:
            endpoint = Endpoint(state.url, Credentials(user="admin", password="admin"))
            _push_twice(definitions, grafana.connect(endpoint), "estate-test")
        return
    url = os.environ.get("GRAFANA_URL")
    if not url:
        pytest.skip("GRAFANA_URL names no Grafana to run against")
    user, password = (os.environ.get(f"GRAFANA_{name}", "admin") for name in ("USER", "PASSWORD"))
    endpoint = Endpoint(url, Credentials(user=user, password=password))
    _push_twice(definitions, grafana.connect(endpoint), "estate-test")


# ── mistakes, each one sentence ──────────────────────────────────────────────

GROUP = "groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: up\n"

YAML = {
    "a Helm template": ("{{- if .Values.on }}\n" + GROUP + "{{- end }}\n", 1, "it is a Helm template; put what `helm template` prints here"),
    "a template that is YAML by accident": ("groups:\n- name: {{ .Release.Name }}\n", 2, "it is a Helm template"),
    "a template of Ansible": ("groups:\n{% for x in y %}\n- name: x\n{% endfor %}\n", 2, "it is a template of Jinja"),
    "a bare template": ("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n      a: {{ $value }} is high\n", 7, "text that begins with {{ must stand in quotes"),
    "a colon in a text": ("groups:\n- name: g\n  rules:\n  - alert: A\n    annotations:\n      a: down: {{ $value }}\n", 6, "text that holds a colon and a space must stand in quotes"),
    "tabs": ("groups:\n- name: g\n\trules: []\n", 3, "YAML is indented with spaces, not with tabs"),
    "a percent sign": ("groups:\n- name: %g\n", 2, "text that begins with % must stand in quotes"),
    "a merge conflict": ("<<<<<<< HEAD\n" + GROUP + "=======\n>>>>>>> other\n", 2, "it holds a merge conflict of git"),
    "Prometheus 1": ("ALERT Down\n  IF up == 0\n", 1, "rules in the language of Prometheus 1"),
    "not UTF-8": (GROUP.replace("a:b:c", "ä").encode("latin-1"), 4, "isn't UTF-8"),
    "a key twice": (GROUP + "    expr: down\n", 6, "the key 'expr' stands twice in one mapping"),
    "two documents": (GROUP + "---\n" + GROUP, 7, "holds more than one YAML document, and Prometheus reads only the first"),
    "a group without a name": ("groups:\n- rules: []\n", 2, "group 1 has no name"),
    "rules that are no list": ("groups:\n- name: g\n  rules: {alert: A}\n", 3, "group 'g': `rules` must be a list"),
    "a rule that is none": (GROUP + "  - up\n", 6, "group 'g': rule 2 must be a mapping with a record or an alert, not 'up'"),
    "a group that is none": ("groups:\n- g\n", 2, "group 1 must be a mapping with a name and rules, not 'g'"),
    "groups that are none": ("groups:\n  g: []\n", 1, "`groups` must be a list of groups"),
    "a list of groups": ("- name: g\n", 1, "it is a list where `groups:` is expected"),
    "no groups": ("rules: []\n", 1, "expected `groups:`"),
    "a field too many": (GROUP + "labels: {a: b}\n", 6, "a rule file has no field 'labels' beside `groups`"),
    "tests of rules": ("rule_files: [a.yml]\ntests: []\n", 2, "unit tests of rules for promtool; begin the file's name with _"),
    "prometheus.yml": ("global: {}\nscrape_configs: []\n", 1, "a configuration of Prometheus"),
    "alertmanager.yml": ("global: {}\nroute: {receiver: a}\nreceivers: []\n", 3, "a configuration of Alertmanager"),
    "Grafana's own alerts": ("apiVersion: 1\ngroups:\n- {orgId: 1, name: a, rules: []}\n", 1, "alerts of Grafana's own provisioning"),
    "another object of Kubernetes": ("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", 1, "a Service of Kubernetes"),
    "a rule in a ConfigMap": ("kind: ConfigMap\ndata:\n  a.yml: |\n    groups:\n    - name: g\n      rules: 5\n", 6, "group 'g': `rules` must be a list"),
    "YAML in a ConfigMap": ("kind: ConfigMap\ndata:\n  a.yml: |\n    groups:\n    - name: [\n", 6, "not valid YAML"),
    "a number in a ConfigMap": ("kind: ConfigMap\ndata:\n  a: 5\n", 3, "'a' in the ConfigMap must be text"),
    "a group twice": (GROUP + "- name: g\n", 6, "two rule groups would be 'a.yml/g' (rule file and group name); the other is in rules/a.yml:2; give one of them another name"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", YAML)
def test_a_rule_file_that_is_none_is_told_at_its_line(project: Estate, mistake: str) -> None:
    text, line, said = YAML[mistake]
    project.write("rules/a.yml", text)
    project.write("rules/b.yml", GROUP)
    loaded = project.load()
    (problem,) = loaded.problems
    assert (problem.path, problem.line) == ("rules/a.yml", line)
    assert said in problem.message
    assert "b.yml/g" in {found.key for found in loaded.definitions}


FINE = {
    "a byte order mark": b"\xef\xbb\xbf" + GROUP.encode(),
    "UTF-16": GROUP.encode("utf-16"),
    "Windows' line ends": GROUP.replace("\n", "\r\n").encode(),
    "a marked document": f"---\n{GROUP}...\n".encode(),
    "an empty document after it": f"{GROUP}---\n# nothing more\n".encode(),
    "mimirtool's namespace": f"namespace: team\n{GROUP}".encode(),
    "JSON": json.dumps(
        {"groups": [{"name": "g", "rules": [{"record": "a:b:c", "expr": "up"}]}]}, indent=2
    ).encode(),
    "a rule of the operator": (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  " + GROUP.replace("\n", "\n  ")
    ).encode(),
    "a list of the operator's": (
        "kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n    " + GROUP.replace("\n", "\n    ")
    ).encode(),
    "a ConfigMap in quotes": json.dumps({"kind": "ConfigMap", "data": {"a": GROUP}}).encode(),
}


@pytest.mark.parametrize("form", FINE)
def test_a_rule_file_of_any_form_gives_its_rules(project: Estate, form: str) -> None:
    project.write("rules/a.yaml", FINE[form])
    (group,) = project.definitions()
    assert decode(group.body) == {
        "file": "a.yml",
        "index": 0,
        "group": {"name": "g", "rules": [{"record": "a:b:c", "expr": "up"}]},
    }


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "---\n---\n", "groups:\n", "groups: []\n", "kind: PrometheusRule\n"]
)
def test_a_rule_file_without_rules_gives_none(project: Estate, text: str) -> None:
    project.write("rules/a.yml", text)
    assert project.definitions() == ()


def test_a_very_long_expression_stays_on_its_line(project: Estate) -> None:
    expr = " + ".join(f'sum(rate(requests_total{{path="/{n}"}}[5m]))' for n in range(2000))
    project.write(
        "rules/a.yml", f"groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: >-\n      {expr}\n"
    )
    project.build()
    assert f"expr: {expr}\n" in (project.root / "build/prometheus/rules/a.yml").read_text()


_PANELS = '{"title": "T", "panels": []}'

JSON = {
    "a file that sources read": ('[{"name": "web"}]', 1, "not a dashboard: expected a JSON object; begin the file's name with _"),
    "a package": ('{"name": "x", "version": "1"}', 1, "not a dashboard: it has neither a title nor panels; begin the file's name with _"),
    "a single panel": ('{"type": "stat", "title": "A", "targets": []}', 1, "not a dashboard: a single panel (stat)"),
    "no title": ('{"panels": []}', 1, "a dashboard needs a title"),
    "an empty title": ('{"title": " ", "panels": []}', 1, "a dashboard needs a title"),
    "a comma too many": ('{"title": "T",\n "panels": [],\n}', 2, "not valid JSON: trailing comma"),
    "not UTF-8": (b'{"title":\n "\xe4"}', 2, "isn't UTF-8"),
    "not UTF-16": (b"\xff\xfe{", 1, "isn't UTF-16"),
    "Git LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", 1, "Git LFS's pointer"),
    "a login page": ("<!DOCTYPE html><html></html>", 1, "it is a web page"),
    "Jsonnet": ("local a = 1;\n{title: 'T'}", 1, "it is Jsonnet"),
    "a merge conflict": ('{\n<<<<<<< HEAD\n"title": "a"\n>>>>>>> b\n}', 2, "a merge conflict"),
    "a uid with a space": ('{"title": "T", "uid": "a b", "panels": []}', 1, "uid 'a b' isn't 1 to 40 characters"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", JSON)
def test_a_json_file_that_is_no_dashboard_is_told_at_its_line(project: Estate, mistake: str) -> None:
    text, line, said = JSON[mistake]
    project.write("dashboards/a.json", text)
    project.write("dashboards/b.json", _PANELS)
    loaded = project.load()
    (problem,) = loaded.problems
    assert (problem.path, problem.line) == ("dashboards/a.json", line)
    assert said in problem.message
    assert "b" in {found.key for found in loaded.definitions}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + _PANELS.encode(),
        _PANELS.encode("utf-16"),
        _PANELS.replace(" ", "\r\n").encode(),
        b'{"meta": {"slug": "t"}, "dashboard": ' + _PANELS.encode() + b"}",
    ],
)
def test_a_json_file_of_any_form_gives_its_dashboard(project: Estate, content: bytes) -> None:
    project.write("dashboards/a.json", content)
    assert dashboards(project.definitions())["a"] == {"title": "T", "panels": [], "uid": "a"}


PYTHON = {
    "a script": (
        "from grafanalib.core import Dashboard\n\ndef make_dashboard():\n    return Dashboard(title='T')\n\n"
        "if __name__ == '__main__':\n    print(make_dashboard())\n",
        [
            "dashboards/a.py:6: what it makes stands under this condition or in a function, so that it defines nothing; "
        ],
    ),
    "alerts of grafanalib": (
        "from grafanalib.core import AlertGroup, Dashboard\nalerts = AlertGroup(name='a', rules=[])\n"
        "dashboard = Dashboard(title='T', panels=[])\n",
        [
            "dashboards/a.py:2: alerts: grafanalib's AlertGroup isn't compiled; write such rules with Group, Record and Alert "
        ],
    ),
    "alerts of the SDK": (
        "from grafana_foundation_sdk.builders import alerting\nrules = alerting.RuleGroup('a')\n"
        "point = alerting.ContactPoint().name('b')\n",
        [
            "dashboards/a.py:2: rules: alert rules of grafana-foundation-sdk isn't compiled; ",
            "dashboards/a.py:3: point: a contact point of grafana-foundation-sdk isn't compiled; ",
        ],
    ),
    "alerts on panels": (
        "from grafanalib.core import Alert, Dashboard, Graph, Svg\n\ndashboard = Dashboard(\n    title='T',\n    panels=[\n"
        "        Graph(title='A', alert=Alert(name='a', message='', alertConditions=[])),\n"
        "        Graph(title='B'),\n        Svg(title='C'),\n    ],\n)\n",
        [
            "dashboards/a.py:3: dashboard: panel 'A' (graph): it has an alert of its own, which Grafana 11 removed; ",
            "dashboards/a.py:3: dashboard: panel 'C' (marcuscalidus-svg-panel): its plug-in is built on AngularJS",
        ],
    ),
    "titles twice": (
        "from grafanalib.core import Dashboard\nboards = [Dashboard(title='T'), Dashboard(title='T', tags=['x'])]\n",
        [
            "dashboards/a.py:2: two dashboards have the uid '",
            "both are made here; give one of them a uid of its own",
        ],
    ),
    "a module that isn't there": (
        "from nowhere.panels import cpu\n",
        [
            "dashboards/a.py:1: there is no module 'nowhere'; install it beside provision, or put it into the project"
        ],
    ),
    "an upload": (
        "from grafanalib.core import Dashboard\ndashboard = Dashboard(title='T')\nprint(dashboard.title)\n",
        ["dashboards/a.py:3: prints; a source only defines things, so take the output away"],
    ),
}


@pytest.mark.parametrize("mistake", PYTHON)
def test_a_source_that_is_more_or_less_than_one_is_told_at_its_line(project: Estate, mistake: str) -> None:
    text, said = PYTHON[mistake]
    project.write("dashboards/a.py", text)
    problems = "\n".join(project.problems())
    for one in said:
        assert one in problems
    assert problems.count("dashboards/a.py:") == sum(one.startswith("dashboards/") for one in said)


ROUTING = {
    "Route('a', matchers='team=db')": "matchers must be a list of texts, not a text; put it into [ ]",
    "Route('a', group_by='alertname')": "group_by must be a list of texts, not a text",
    "Route('a', routes=[{'receiver': 'a'}])": "routes must be a list of Route, not of a mapping",
    "Route('a', group_by=[1])": "group_by must be a list of texts, not of a number",
    "Inhibit('a=b', ['c=d'])": "source must be a list of texts, not a text",
    "Receiver(5)": "a receiver's name must be a text that isn't empty, not 5",
    "Receiver('a', webhooks=[{'url': 'http://hunter2'}])": "webhooks must be a list of Webhook, not of a mapping",
    "Receiver('a', webhooks=Webhook('http://x'))": "webhooks must be a list of Webhook, not a Webhook",
    "Receiver('a', configs={'slack': [{}]})": "Alertmanager's integrations end in _configs, such as slack_configs, unlike 'slack'",
    "Receiver('a', configs={'slack_configs': {'api_url': 'http://hunter2'}})": "slack_configs must be a list of mappings",
    "Receiver('a', configs={'x_configs': [{'a': {1}}]})": "configs.x_configs[0].a: a set can't be written; give a text, a number, a list or a mapping",
    "Receiver('a', configs={'x_configs': [{'a': Secret.env('A')}]})": "configs.x_configs[0].a: a Secret is only for data sources",
    "Receiver('a', configs=[])": "configs must be a mapping, not a list",
    "Receiver('a', configs={'x_configs': [{(1, 2): 3}]})": "configs.x_configs[0]: the key (1, 2) must be a text",
    "ScrapeConfig('a', targets='localhost:9090')": "targets must be a list of texts, not a text",
    "PrometheusGlobal(alertmanagers='localhost:9093')": "alertmanagers must be a list of texts, not a text",
    "Group('g', [Alert('A', 'up', labels={'team': ['a']})])": "alert 'A': labels: team must be a text, not a list",
    "Datasource('a', uid='a', url='http://x', secure={'token': 'hunter2'})": "secure: token must be a Secret",
}  # fmt: skip


@pytest.mark.parametrize("written", ROUTING)
def test_a_value_of_the_wrong_form_is_told_by_its_field(project: Estate, written: str) -> None:
    project.write("provisioning/a.py", f"from provision.author import *\n\nit = (\n    {written}\n)\n")
    (problem,) = project.load().problems
    assert (problem.path, problem.line) == ("provisioning/a.py", 4)
    assert ROUTING[written] in problem.message
    assert "hunter2" not in problem.message


def test_paths_and_enumerations_are_what_they_stand_for(project: Estate) -> None:
    project.write(
        "provisioning/a.py",
        "from enum import Enum\nfrom pathlib import Path\nfrom provision.author import Receiver, Route\n\n"
        "class Level(Enum):\n    HIGH = 'P1'\n\n"
        "root = Route('a')\n"
        "it = Receiver('a', configs={'opsgenie_configs': ({'priority': Level.HIGH, 'api_key_file': Path('/etc/key'), "
        "'details': {1: 2.5}},)})\n",
    )
    (receiver,) = [found for found in project.definitions() if found.kind == "receiver"]
    assert decode(receiver.body)["opsgenie_configs"] == [
        {"priority": "P1", "api_key_file": "/etc/key", "details": {"1": 2.5}}
    ]


# ── what must not change ─────────────────────────────────────────────────────


def _ids(spec: dict[str, Any]) -> dict[int, str]:
    return {panel["id"]: panel.get("title", "") for panel in spec["panels"]}


def test_a_panel_put_first_changes_no_other(tmp_path: Path) -> None:
    one = estate("grafanalib", tmp_path / "one")
    before = dashboards(one.definitions())
    one.change(
        "dashboards/modern/rows.py",
        'Text(content="Above all rows"),',
        'Text(content="New", title="News"), Text(content="Above all rows"),',
    )
    one.change(
        "dashboards/classic/frontend.dashboard.py",
        '            title="Now",\n',
        '            title="At once",\n',
    )
    after = dashboards(one.definitions())
    assert {uid for uid in before if after[uid] != before[uid]} == {"modern-rows", "classic-frontend"}
    old, new = _ids(before["modern-rows"]), _ids(after["modern-rows"])
    assert old.items() <= new.items()
    assert [title for id_, title in new.items() if id_ not in old] == ["News"]
    assert {queries["id"] for queries in before["classic-frontend"]["panels"][1:]} <= set(
        _ids(after["classic-frontend"])
    )


def test_a_dashboard_more_changes_no_other(tmp_path: Path) -> None:
    one = estate("grafanalib", tmp_path / "one")
    before = {found.key: found.body for found in one.definitions()}
    one.change("dashboards/loops/regions.py", 'REGIONS = ["eu-west"', 'REGIONS = ["af-south", "eu-west"')
    one.change(
        "dashboards/loops/by_name.py", 'shop=("cart", "checkout")', 'shop=("basket", "cart", "checkout")'
    )
    after = {found.key: found.body for found in one.definitions()}
    assert before.items() <= after.items()
    assert {dashboards(one.definitions())[key]["title"] for key in after.keys() - before.keys()} == {
        "Region af-south",
        "shop: basket",
    }


def test_a_file_that_is_renamed_takes_only_its_own_along(tmp_path: Path) -> None:
    one = estate("grafanalib", tmp_path / "one")
    before = dashboards(one.definitions())
    (one.root / "dashboards/modern/rows.py").rename(one.root / "dashboards/modern/lines.py")
    (one.root / "dashboards/classic/fleet.dashboard.py").rename(one.root / "dashboards/classic/ships.py")
    after = dashboards(one.definitions())
    assert before.keys() - after.keys() == {"modern-rows"}
    assert after.keys() - before.keys() == {"modern-lines"}
    assert {**after.pop("modern-lines"), "uid": ""} == {**before.pop("modern-rows"), "uid": ""}
    assert after == before


def test_a_builder_and_what_it_built_are_one_dashboard(project: Estate) -> None:
    project.write(
        "dashboards/a.py",
        "from grafana_foundation_sdk.builders.dashboard import Dashboard\n"
        "builder = Dashboard('T')\nbuilt = builder.build()\n",
    )
    project.write(
        "dashboards/b.py",
        "from grafanalib.core import Dashboard, Stat\n"
        "raw = Dashboard(title='T', panels=[Stat(title='A')])\ndashboard = raw.auto_panel_ids()\n",
    )
    project.write(
        "dashboards/c.py",
        "from provision.author import JsonDashboard\n"
        "one = JsonDashboard(title='T', panels=[], uid='c')\ntwo = JsonDashboard(title='T', panels=[], uid='c')\n"
        "other = JsonDashboard(title='T', panels=[], uid='d')\n",
    )
    assert sorted(dashboards(project.definitions())) == ["a-builder", "b", "c", "d"]


ELSEWHERE = """
import hashlib, sys
from pathlib import Path
from provision.compile.load import load
from provision.project import open_project
loaded = load(open_project(Path(sys.argv[1])), workers=int(sys.argv[2]), use_cache=False)
assert loaded.problems == ()
for found in loaded.definitions:
    print(found.kind, found.key, hashlib.sha256(found.body).hexdigest(), found.place, found.parts)
"""


@every_estate
def test_every_machine_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    def made(folder: str, workers: int, **environment: str) -> str:
        root = tmp_path / folder
        shutil.copytree(ESTATES / name, root)
        source = Path(sys.modules["provision"].__file__ or "").parents[1]
        ran = subprocess.run(
            [sys.executable, "-c", ELSEWHERE, str(root), str(workers)],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(source), **environment},
            check=True, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        return ran.stdout

    here = made("a", 1, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    there = made(
        "somewhere else/ünd weiter",
        3,
        PYTHONHASHSEED="77",
        TZ="Asia/Tokyo",
        LC_ALL="C.UTF-8",
        HOME="/nowhere",
    )
    assert here == there
    assert here.count("\n") > 3
