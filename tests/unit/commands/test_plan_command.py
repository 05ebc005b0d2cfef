from __future__ import annotations

import json

import pytest

from support.commands import DASHBOARD, ROUTES, write
from support.grafana_standin import standin
from support.prometheus_standin import AlertmanagerState, PrometheusState, serving


@pytest.fixture
def grafana(provision, monkeypatch):
    with standin("12.4.0") as state:
        monkeypatch.setenv("GRAFANA_USER", "admin")
        monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
        yield state


def test_a_plan_shows_what_a_push_would_do_and_sends_gets_only(provision, shop, grafana):
    ran = provision("plan", "--grafana", grafana.url)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"grafana {grafana.url}\n"
        '  + folder "Sales"  dashboards/sales\n'
        '  + dashboard "Orders" in folder "Sales"  dashboards/sales/orders.json:1\n'
        "Plan: 2 to create, 0 unchanged\n"
    )
    assert grafana.requests
    assert grafana.writes == []


def test_an_exit_code_for_changes(provision, shop, grafana):
    assert provision("plan", "--grafana", grafana.url, "--exit-code").code == 5
    assert provision("push", "--grafana", grafana.url).code == 0
    ran = provision("plan", "--grafana", grafana.url, "--exit-code")
    assert (ran.code, ran.out) == (0, f"grafana {grafana.url}\nPlan: nothing to do, 2 unchanged\n")


def test_a_plan_as_json(provision, shop, grafana):
    ran = provision("plan", "--grafana", grafana.url, "--format", "json", "-q")
    document = json.loads(ran.out)
    assert (ran.code, ran.err, document["format"]) == (0, "", "provision.plan/1")
    (plan,) = document["plans"]
    assert (plan["target"], plan["owner"]) == (f"grafana {grafana.url}", "shop")
    assert [(action["verb"], action["kind"], action["key"]) for action in plan["actions"]] == [
        ("create", "folder", "sales"),
        ("create", "dashboard", "sales-orders"),
    ]


def change_on_the_server(state) -> None:
    """What somebody does on Grafana's page."""
    state.dashboards["sales-orders"]["spec"]["title"] = "Mine now"


def test_a_conflict_is_shown_and_exits_with_1(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Orders!", "up"))
    assert provision("plan", "--grafana", grafana.url, "--exit-code").code == 5
    change_on_the_server(grafana)
    ran = provision("plan", "--grafana", grafana.url, "--exit-code")
    assert ran.code == 1
    assert "it was changed on the server since the last push" in ran.out
    assert "write over it with --overwrite" in ran.out
    ran = provision("plan", "--grafana", grafana.url, "--overwrite", "--exit-code")
    assert ran.code == 5
    assert "1 to update" in ran.out


def test_a_quiet_plan_says_only_what_stops(provision, shop, grafana):
    ran = provision("plan", "--grafana", grafana.url, "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    provision("push", "--grafana", grafana.url)
    (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Orders!", "up"))
    (shop / "dashboards/sales/other.json").write_text(DASHBOARD % ("Other", "up"))
    change_on_the_server(grafana)
    ran = provision("plan", "--grafana", grafana.url, "-q")
    assert (ran.code, ran.out) == (1, "")
    assert "it was changed on the server since the last push" in ran.err
    assert "Other" not in ran.err
    assert "Plan: 1 to create, 1 in conflict, 1 unchanged" in ran.err


def test_a_quiet_plan_says_that_it_is_too_much_at_once(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    (shop / "dashboards/sales/orders.json").unlink()
    for command in (("plan",), ("push", "--dry-run")):
        ran = provision(*command, "--grafana", grafana.url, "-q", "--prune")
        assert (ran.code, ran.out) == (1, "")
        assert "Too much at once: the sources define nothing for it" in ran.err


def test_three_servers_in_one_plan(provision, shop, grafana, tmp_path):
    write(shop, {"provisioning/routes.py": ROUTES})
    rules = tmp_path / "rules"
    rules.mkdir()
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with serving(PrometheusState(tmp_path)) as prometheus, serving(AlertmanagerState(config)) as alertmanager:
        ran = provision(
            "plan", "--grafana", grafana.url, "--prometheus", prometheus, "--rules-dir", rules,
            "--alertmanager", alertmanager, "--config-file", config, "--format", "json",
        )  # fmt: skip
    plans = json.loads(ran.out)["plans"]
    assert [plan["target"].split()[0] for plan in plans] == ["grafana", "prometheus", "alertmanager"]
    assert [action["verb"] for action in plans[1]["actions"]] == ["create"]
    assert [action["verb"] for action in plans[2]["actions"]] == ["foreign"]
    assert ran.code == 1


def test_dashboards_are_bound_to_a_data_source_that_is_there(provision, shop, grafana):
    with standin("12.4.0") as other:
        ran = provision("plan", "--grafana", other.url, "--datasource", "Prom")
        assert ran.code == 1
        assert ran.sentence == f"grafana {other.url}: there is no data source 'Prom'; it has: none"
    grafana.datasources["p1"] = {
        "id": 1, "uid": "p1", "orgId": 1, "name": "Prom", "type": "prometheus", "access": "proxy", "url": "http://p",
        "user": "", "database": "", "basicAuth": False, "basicAuthUser": "", "isDefault": True, "jsonData": {},
        "withCredentials": False, "version": 1, "secrets": {},
    }  # fmt: skip
    text = (DASHBOARD % ("Orders", "up")).replace(
        '"targets"', '"datasource": {"type": "prometheus"}, "targets"'
    )
    (shop / "dashboards/sales/orders.json").write_text(text)
    assert provision("push", "--grafana", grafana.url, "--datasource", "Prom").code == 0
    (panel,) = grafana.dashboards["sales-orders"]["spec"]["panels"]
    assert panel["datasource"]["uid"] == "p1"
    (shop / "pyproject.toml").write_text('[tool.provision]\nname = "shop"\ndatasource = "p1"\n')
    assert provision("plan", "--grafana", grafana.url, "--exit-code").code == 0
