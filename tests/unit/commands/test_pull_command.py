"""`provision pull UID`: an edit in Grafana's page taken into the sources."""

from __future__ import annotations

import json

import pytest

from support.commands import DASHBOARD, write
from support.grafana_standin import standin

SOURCE = """\
from provision.author import JsonDashboard

LEVELS = [1, 2]
orders = JsonDashboard({
    "uid": "orders", "title": "Orders", "schemaVersion": 42,
    "panels": [
        {"id": n, "type": "timeseries", "title": f"Level {n}", "gridPos": {"x": 0, "y": 8 * n, "w": 12, "h": 8},
         "datasource": "Prometheus", "targets": [{"refId": "A", "expr": f"level{{n='{n}'}}"}]}
        for n in LEVELS
    ],
})
other = JsonDashboard({"uid": "other", "title": "Other", "panels": []})
"""
PROMETHEUS = """\
from provision.author import Datasource

prometheus = Datasource("Prometheus", uid="prom", url="http://p:9090", default=True)
"""


@pytest.fixture
def grafana(provision, monkeypatch):
    with standin("12.4.0") as state:
        monkeypatch.setenv("GRAFANA_URL", state.url)
        monkeypatch.setenv("GRAFANA_USER", "admin")
        monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
        yield state


@pytest.fixture
def pushed(provision, shop, grafana):
    """A project with Python sources, and what it pushed."""
    write(shop, {"dashboards/shop/orders.py": SOURCE, "provisioning/grafana.py": PROMETHEUS})
    assert provision("push").code == 0
    return shop


def spec_of(grafana, uid):
    return grafana.dashboards[uid]["spec"]


def marks_alone(provision, grafana, *more):
    """The next push changes nothing but the mark, and the one after that writes nothing."""
    before = json.dumps({uid: stored["spec"] for uid, stored in grafana.dashboards.items()}, sort_keys=True)
    ran = provision("push", *more)
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert "conflict" not in ran.out
    assert "updated" not in ran.out
    assert (
        json.dumps({uid: stored["spec"] for uid, stored in grafana.dashboards.items()}, sort_keys=True)
        == before
    )
    grafana.requests.clear()
    assert provision("push", *more).code == 0
    assert grafana.writes == []


def test_an_edit_becomes_a_patch_beside_the_source(provision, pushed, grafana):
    spec = spec_of(grafana, "orders")
    spec["panels"][1]["targets"][0]["expr"] = "sum(level)"
    spec["panels"][0]["gridPos"]["w"] = 24
    spec["description"] = "Said in the page"
    assert provision("plan").code == 1
    ran = provision("pull", "orders")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith('dashboard "Orders": dashboards/shop/_orders.patch.json\n')
    assert "sum(level)" in ran.out
    document = json.loads((pushed / "dashboards/shop/_orders.patch.json").read_text())
    assert (document["format"], document["kind"], document["key"]) == (
        "provision.patch/1",
        "dashboard",
        "orders",
    )
    assert document["patch"] == [
        {"op": "add", "path": "/spec/description", "value": "Said in the page"},
        {"op": "test", "path": "/spec/panels/0/gridPos/w", "value": 12},
        {"op": "replace", "path": "/spec/panels/0/gridPos/w", "value": 24},
        {"op": "test", "path": "/spec/panels/1/targets/0/expr", "value": "level{n='2'}"},
        {"op": "replace", "path": "/spec/panels/1/targets/0/expr", "value": "sum(level)"},
    ]
    marks_alone(provision, grafana)
    assert provision("check").code == 0
    assert provision("build").code == 0
    built = json.loads((pushed / "build/grafana/dashboards/shop/orders.json").read_text())
    assert built["description"] == "Said in the page"


def test_pulled_once_more_and_taken_back(provision, pushed, grafana):
    spec_of(grafana, "orders")["title"] = "One"
    provision("pull", "orders")
    spec_of(grafana, "orders")["title"] = "Two"
    provision("pull", "orders")
    patch = json.loads((pushed / "dashboards/shop/_orders.patch.json").read_text())["patch"]
    assert patch[-1]["value"] == "Two"
    marks_alone(provision, grafana)
    spec_of(grafana, "orders")["title"] = "Orders"
    ran = provision("pull", "orders")
    assert ran.out.startswith(
        'dashboard "Orders": as its source says it\n  removed dashboards/shop/_orders.patch.json'
    )
    assert list((pushed / "dashboards/shop").glob("_*")) == []
    marks_alone(provision, grafana)


def test_panels_that_were_added_moved_and_removed(provision, pushed, grafana):
    spec = spec_of(grafana, "orders")
    first, second = spec["panels"]
    new = {"id": 9, "type": "text", "title": "New", "gridPos": {"x": 0, "y": 0, "w": 1, "h": 1}}
    spec["panels"] = [new, {**second, "title": "Second"}]
    provision("pull", "orders")
    marks_alone(provision, grafana)
    spec_of(grafana, "orders")["panels"] = [first, new, second]
    provision("pull", "orders")
    marks_alone(provision, grafana)


def test_a_binding_is_undone(provision, shop, grafana):
    write(shop, {"dashboards/shop/orders.py": SOURCE, "provisioning/grafana.py": PROMETHEUS})
    grafana.datasources["theirs"] = {
        "id": 7, "uid": "theirs", "orgId": 1, "name": "Theirs", "type": "prometheus", "typeName": "Prometheus", "access": "proxy",
        "url": "http://t", "user": "", "database": "", "basicAuth": False, "basicAuthUser": "", "isDefault": False,
        "jsonData": {}, "secrets": {}, "version": 1, "withCredentials": False,
    }  # fmt: skip
    assert provision("push", "--datasource", "Theirs").code == 0
    spec = spec_of(grafana, "orders")
    bound = {"type": "prometheus", "uid": "theirs"}
    assert spec["panels"][0]["datasource"] == bound
    spec["panels"][0]["title"] = "Edited"
    spec["panels"].append({"id": 9, "type": "timeseries", "title": "New", "datasource": bound, "targets": [{"refId": "A", "datasource": bound}]})  # fmt: skip
    ran = provision("pull", "orders", "--datasource", "Theirs")
    assert (ran.code, ran.err) == (0, "")
    text = (shop / "dashboards/shop/_orders.patch.json").read_text()
    assert "theirs" not in text
    assert '"uid": "prom"' in text
    marks_alone(provision, grafana, "--datasource", "Theirs")


def test_a_json_source_is_written_itself(provision, shop, grafana):
    file = shop / "dashboards/sales/orders.json"
    plain = json.loads(DASHBOARD % ("Orders", "up"))
    file.write_text(json.dumps({"meta": {"x": 1}, "dashboard": {"schemaVersion": 39, **plain}}))
    provision("push")
    grafana.dashboards["sales-orders"]["spec"]["panels"][0]["title"] = "Edited"
    ran = provision("pull", "sales-orders")
    assert ran.out.startswith('dashboard "Orders": dashboards/sales/orders.json\n')
    written = json.loads(file.read_text())
    assert list(written) == ["meta", "dashboard"]
    assert list(written["dashboard"])[:2] == ["schemaVersion", "title"]
    assert written["dashboard"]["panels"][0]["title"] == "Edited"
    assert list(file.parent.glob("_*")) == []
    marks_alone(provision, grafana)


def test_a_dashboard_that_was_moved(provision, pushed, grafana):
    for uid, folder in (("orders", "sales"), ("sales-orders", "shop"), ("other", "")):
        grafana.dashboards[uid]["own"]["grafana.app/folder"] = folder
    ran = provision("pull", "orders", "sales-orders", "other")
    assert (ran.code, ran.err) == (0, "")
    assert "  removed dashboards/sales/orders.json\n" in ran.out
    assert (pushed / "dashboards/shop/orders.json").is_file()
    assert (
        json.loads((pushed / "dashboards/shop/_orders.patch.json").read_text())["patch"][-1]["value"]
        == "sales"
    )
    marks_alone(provision, grafana)
    grafana.folders["elsewhere"] = {**grafana.folders["sales"], "name": "elsewhere"}
    grafana.dashboards["orders"]["own"]["grafana.app/folder"] = "elsewhere"
    ran = provision("pull", "orders")
    assert (ran.code, "moved to the folder 'elsewhere', which is none of this project" in ran.sentence) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "no source defines a dashboard 'nothing', and the server has none"),
        (
            "provisioned-one",
            "no source defines the dashboard 'provisioned-one'; provision pull --all writes it",
        ),
        (
            "prom",
            "'prom' is a datasource, and single dashboards alone are pulled; write what provision plan shows into",
        ),
    ],
)
def test_what_cannot_be_pulled(provision, pushed, grafana, name, said):
    ran = provision("pull", name)
    assert ran.code == 1
    assert said in ran.sentence


def test_what_is_not_on_the_server(provision, pushed, grafana):
    del grafana.dashboards["orders"]
    assert "there is no dashboard 'orders' on the server; push it" in provision("pull", "orders").sentence


def test_a_patch_that_no_longer_fits(provision, pushed, grafana):
    spec_of(grafana, "orders")["panels"][0]["title"] = "Edited"
    provision("pull", "orders")
    (pushed / "dashboards/shop/orders.py").write_text(SOURCE.replace("Level {n}", "Step {n}"))
    ran = provision("build")
    assert ran.code == 1
    assert ran.err.startswith(
        "Error: dashboards/shop/_orders.patch.json: it no longer fits the source, which has changed since "
        "(test at '/spec/panels/0/title'); "
    )
    assert (
        "take it over into dashboards/shop/orders.py by hand and remove the file, or pull again: provision pull orders"
        in ran.err
    )
    assert provision("pull", "orders").code == 0
    assert provision("build").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no JSON", "not valid JSON"),
        ("{}", "isn't a patch of the format provision.patch/1"),
        ('{"format": "provision.patch/1", "kind": "folder", "key": "x"}', "must name the dashboard that it changes"),
        ('{"format": "provision.patch/1", "kind": "dashboard", "key": "orders", "patch": 1}', "patch must be a list"),
        ('{"format": "provision.patch/1", "kind": "dashboard", "key": "gone", "patch": []}', "no source defines the dashboard 'gone'; remove the file"),
        ('{"format": "provision.patch/1", "kind": "dashboard", "key": "orders", "patch": [{"op": "jump"}]}', "it no longer fits the source"),
        ('{"format": "provision.patch/1", "kind": "dashboard", "key": "orders", "patch": [{"op": "remove", "path": "/spec"}]}', "what it makes is no dashboard of the uid 'orders' any more"),
    ],
)  # fmt: skip
def test_patches_that_are_none(provision, pushed, grafana, text, said):
    write(pushed, {"dashboards/_x.patch.json": text})
    ran = provision("build")
    assert ran.code == 1
    assert "dashboards/_x.patch.json:" in ran.err
    assert said in ran.err


def test_no_grafana_is_named(provision, shop, monkeypatch):
    for name in ("GRAFANA_URL", "GRAFANA_SERVER"):
        monkeypatch.delenv(name, raising=False)
    for arguments in (("orders",), ("--all",)):
        ran = provision("pull", *arguments)
        assert (ran.code, ran.sentence) == (2, "no Grafana is named; name it with --grafana URL")


def test_the_grafana_is_reached_as_the_options_say(provision, shop, grafana, tmp_path):
    ran = provision("pull", "--all", "--org", "7", tmp_path / "pulled")
    assert (ran.code, "organisation 7" in ran.err) == (3, True)
    ran = provision("pull", "--all", "--header", "X-Key: $NOBODY_SET", tmp_path / "pulled")
    assert (ran.code, ran.sentence) == (2, "--header X-Key: the variable NOBODY_SET isn't set")
    ran = provision("pull", "--all", "--header", "X-Key: a", tmp_path / "pulled")
    assert ran.code == 0, ran.err
    assert ran.out.endswith("To make it this project's, in that folder: provision push --adopt\n")


def test_only_the_grafana_is_asked(provision, pushed, grafana, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_URL", "http://127.0.0.1:1")
    ran = provision("pull", "orders")
    assert (ran.code, ran.err) == (0, "")
