"""A plan in a file: `plan -o` and `push --plan`."""

from __future__ import annotations

import json

import pytest

from support.commands import DASHBOARD, RULES, write
from support.grafana_standin import standin
from support.prometheus_standin import AlertmanagerState, PrometheusState, serving

DATASOURCE = """\
from provision.author import Datasource, Secret

prometheus = Datasource("Prometheus", uid="prom", url="http://p:9090", secure={"httpHeaderValue1": Secret.env("TOKEN")})
"""
ROUTES = """\
from provision.author import Receiver, Route, Webhook

receiver = Receiver("on-call", webhooks=[Webhook("https://hooks.example.org/s3cret-path")])
root = Route(receiver="on-call")
"""


@pytest.fixture
def grafana(provision, monkeypatch):
    with standin("12.4.0") as state:
        monkeypatch.setenv("GRAFANA_URL", state.url)
        monkeypatch.setenv("GRAFANA_USER", "admin")
        monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
        yield state


def test_what_is_carried_out_is_what_the_file_shows(provision, shop, grafana, monkeypatch):
    write(shop, {"provisioning/grafana.py": DATASOURCE})
    monkeypatch.setenv("TOKEN", "hush-hush")
    ran = provision("plan", "-o", "plan.json")
    assert (ran.code, ran.err, grafana.writes) == (0, "", [])
    text = (shop / "plan.json").read_text()
    assert "hush-hush" not in text
    assert json.loads(text) == json.loads(provision("plan", "--format", "json").out)
    (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Changed since", "up"))
    ran = provision("push", "--plan", "plan.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("Done: 3 created, 0 unchanged\n")
    assert grafana.dashboards["sales-orders"]["spec"]["title"] == "Orders"
    assert grafana.datasources["prom"]["secrets"] == {"httpHeaderValue1": "hush-hush"}
    assert "1 to update, 2 unchanged" in provision("plan").out


def test_the_same_plan_gives_the_same_bytes(provision, shop, grafana):
    provision("push")
    grafana.dashboards["sales-orders"]["spec"]["title"] = "Mine"
    for name in ("a.json", "b.json"):
        assert provision("plan", "-o", name).code == 1
    assert (shop / "a.json").read_bytes() == (shop / "b.json").read_bytes()


@pytest.mark.parametrize("what", ["changed", "gone", "there", "marked"])
def test_what_moved_is_named_and_nothing_is_written(provision, shop, grafana, what):
    if what != "there":
        provision("push")
        (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("New", "up"))
    provision("plan", "-o", "plan.json")
    if what == "changed":
        grafana.folders["sales"]["spec"]["title"] = "Theirs"  # one that is kept
        said = 'folder "Theirs": it was changed since'
    elif what == "gone":
        del grafana.dashboards["sales-orders"]
        said = 'dashboard "New": it is no longer there'
    elif what == "there":
        (shop / "pyproject.toml").write_text('[tool.provision]\nname = "others"\n')
        provision("push")
        (shop / "pyproject.toml").write_text('[tool.provision]\nname = "shop"\n')
        said = 'folder "Sales": it is there now'
    else:
        grafana.dashboards["sales-orders"]["own"]["grafana.app/managerId"] = "others"
        said = 'dashboard "New": it was marked by somebody since'
    grafana.requests.clear()
    ran = provision("push", "--plan", "plan.json")
    assert (ran.code, ran.out, grafana.writes) == (1, "", [])
    assert ran.sentence.startswith(
        "plan.json: since this plan was made something has moved, so nothing was written:\n"
    )
    assert f"  grafana {grafana.url}: {said}" in ran.sentence
    assert ran.sentence.endswith("\nWhat to do: make it again with provision plan -o plan.json")


def test_a_plan_for_something_else_is_refused(provision, shop, grafana):
    provision("plan", "-o", "plan.json")
    with standin("12.4.0") as other:
        ran = provision("push", "--plan", "plan.json", "--grafana", other.url)
        assert ran.code == 1
        assert ran.sentence == (
            f"plan.json: is a plan for grafana {grafana.url}, and this push is for grafana {other.url}; "
            "name the servers that it was made for"
        )
    (shop / "pyproject.toml").write_text('[tool.provision]\nname = "other"\n')
    ran = provision("push", "--plan", "plan.json")
    assert (ran.code, ran.sentence) == (
        1,
        "plan.json: is a plan of the project 'shop', and this one is 'other'",
    )
    assert grafana.writes == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no JSON", "isn't JSON"),
        ("[]", "isn't a plan of the format provision.plan/1;"),
        (
            '{"format": "provision.plan/9"}',
            "isn't a plan of the format provision.plan/1 but 'provision.plan/9'",
        ),
        ('{"format": "provision.plan/1", "plans": [{"actions": 1}]}', "isn't a whole plan (TypeError"),
        ('{"format": "provision.plan/1"}', "isn't a whole plan (KeyError: 'plans')"),
    ],
)
def test_what_is_no_plan(provision, shop, grafana, text, said):
    (shop / "plan.json").write_text(text)
    ran = provision("push", "--plan", "plan.json")
    assert ran.code == 1
    assert f"{shop}/plan.json: {said}" in ran.sentence


def test_a_plan_that_was_edited_is_refused(provision, shop, grafana):
    provision("plan", "-o", "plan.json")
    edited = (shop / "plan.json").read_text().replace('"title": "Orders"', '"title": "Mine"')
    (shop / "plan.json").write_text(edited)
    ran = provision("push", "--plan", "plan.json")
    assert ran.code == 1
    assert "dashboard sales-orders: what is to be sent was changed in the file" in ran.sentence
    assert provision("push", "--plan", "none.json").code == 1


@pytest.mark.parametrize("option", ["--overwrite", "--adopt", "--prune", "--force", "--rotate-secrets"])
def test_what_a_plan_is_made_with_is_not_said_again(provision, shop, grafana, option):
    ran = provision("push", "--plan", "plan.json", option)
    assert ran.code == 2
    assert ran.sentence.startswith(f"{option} can't be combined with --plan")


def test_a_plan_remembers_what_was_asked(provision, shop, grafana):
    provision("push")
    grafana.dashboards["sales-orders"]["spec"]["title"] = "Mine"
    provision("plan", "-o", "plan.json", "--overwrite")
    assert json.loads((shop / "plan.json").read_text())["plans"][0]["asked"] == ["overwrite"]
    assert provision("push", "--plan", "plan.json").code == 0
    assert grafana.dashboards["sales-orders"]["spec"]["title"] == "Orders"


def test_a_body_with_a_secret_is_taken_from_the_sources_again(provision, shop, tmp_path):
    write(shop, {"provisioning/routes.py": ROUTES, "rules/shop.yml": RULES})
    (tmp_path / "rules").mkdir()
    config = tmp_path / "alertmanager.yml"
    config.write_text(
        "route: {receiver: x}\nreceivers: [{name: x, webhook_configs: [{url: 'https://h.example.org/0ld-s3cret'}]}]\n"
    )
    prometheus, alertmanager = PrometheusState(tmp_path), AlertmanagerState(config)
    with serving(prometheus) as p, serving(alertmanager) as a:
        servers = (
            "--prometheus",
            p,
            "--rules-dir",
            tmp_path / "rules",
            "--alertmanager",
            a,
            "--config-file",
            config,
        )
        ran = provision("plan", *servers, "-o", "plan.json", "--overwrite")
        assert (ran.code, ran.err) == (0, "")
        text = (shop / "plan.json").read_text()
        assert "s3cret" not in text
        assert [plan["target"].split()[0] for plan in json.loads(text)["plans"]] == [
            "prometheus",
            "alertmanager",
        ]
        (shop / "provisioning/routes.py").write_text(ROUTES.replace("s3cret-path", "other"))
        ran = provision("push", "--plan", "plan.json", *servers)
        assert ran.code == 1
        assert "Alertmanager configuration: the sources no longer give what was planned" in ran.sentence
        (shop / "provisioning/routes.py").write_text(ROUTES)
        ran = provision("push", "--plan", "plan.json", *servers)
        assert (ran.code, ran.err) == (0, "")
    assert "s3cret-path" in config.read_text()
    assert list((tmp_path / "rules").glob("*.yml")) != []


def test_a_plan_with_the_root_policy_is_carried_out_with_it(provision, shop, grafana):
    policy = {"kind": "policy", "spec": {"root": {"receiver": "Pager"}, "routes": []}}
    pager = {"name": "Pager", "integrations": [{"type": "webhook", "settings": {"url": "http://p:9"}}]}
    write(
        shop,
        {
            "provisioning/policy.json": json.dumps(policy),
            "provisioning/pager.json": json.dumps({"kind": "contact-point", "spec": pager}),
        },
    )
    ran = provision("plan", "--own-policy-tree", "-o", "plan.json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads((shop / "plan.json").read_text())["plans"][0]["asked"] == ["own_policy_tree"]
    ran = provision("push", "--own-policy-tree", "--plan", "plan.json")
    assert (ran.code, grafana.writes) == (2, [])
    assert "--own-policy-tree can't be combined with --plan" in ran.err
    ran = provision("push", "--plan", "plan.json")
    assert (ran.code, ran.err) == (0, "")
    assert "nothing to do" in provision("plan", "--own-policy-tree").out
