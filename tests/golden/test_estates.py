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
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from provision.client.session import Credentials, Endpoint
from provision.compile.dialect import alertmanager as alertmanager_dialect
from provision.compile.dialect import prometheus as prometheus_dialect
from provision.model import Verb, decode
from provision.schemas import schema
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import alertmanager, grafana, prometheus
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


@pytest.mark.server
def test_an_alertmanager_runs_the_routing(taken_over: dict[str, Estate], tmp_path: Path) -> None:
    servers.require("alertmanager")
    resource = alertmanager_dialect.shape(taken_over["alertmanager"].definitions())
    assert resource is not None
    with servers.alertmanager(tmp_path) as url:
        target = alertmanager.connect(Endpoint(url), tmp_path / "alertmanager.yml")
        plan = make_plan((resource,), target, "estate", overwrite=True)
        assert [(outcome.status, outcome.message) for outcome in apply(plan, target)] == [("done", "")]
        plan = make_plan((resource,), target, "estate")
        assert [action.verb for action in plan.actions] == [Verb.KEEP]


@pytest.mark.server
def test_a_prometheus_runs_the_rules(taken_over: dict[str, Estate], tmp_path: Path) -> None:
    servers.require("prometheus")
    resources = prometheus_dialect.shape_rules(
        taken_over["rules"].definitions(), prometheus_dialect.PrometheusDialect()
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "prometheus.yml").write_text("global: {evaluation_interval: 1s}\nrule_files: [rules/*.yml]\n")
    with servers.prometheus(tmp_path) as url:
        # A group of a minute is tried by queries rather than waited for.
        target = replace(prometheus.connect(Endpoint(url), tmp_path / "rules"), patience_seconds=5.0)
        plan = make_plan(resources, target, "estate")
        assert {outcome.status for outcome in apply(plan, target)} == {"done"}
        plan = make_plan(resources, target, "estate")
        assert {action.verb for action in plan.actions} == {Verb.KEEP}


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


def test_a_very_long_expression_stays_on_its_line(project: Estate) -> None:
    expr = " + ".join(f'sum(rate(requests_total{{path="/{n}"}}[5m]))' for n in range(2000))
    project.write(
        "rules/a.yml", f"groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: >-\n      {expr}\n"
    )
    project.build()
    assert f"expr: {expr}\n" in (project.root / "build/prometheus/rules/a.yml").read_text()


def test_one_bad_file_hides_neither_the_others_nor_their_mistakes(project: Estate) -> None:
    project.write("dashboards/a.json", "{")
    project.write("dashboards/b.json", '{"title": "B", "panels": []}')
    project.write("dashboards/c.py", "from grafanalib.core import Dashboard\ndashboard = Dashboard()\n")
    project.write("rules/a.yml", "groups: [\n")
    project.write("rules/b.yml", "groups: [{name: b, rules: [{record: 'a:b:c', expr: up}]}]\n")
    loaded = project.load()
    assert [(problem.path, problem.line) for problem in loaded.problems] == [
        ("dashboards/a.json", 1),
        ("dashboards/c.py", 2),
        ("rules/a.yml", 2),
    ]
    assert [found.key for found in loaded.definitions] == ["b", "b.yml/b"]


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
