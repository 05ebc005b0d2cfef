"""Several Grafanas as one push: each with its own plan, a canary first, one report."""

from __future__ import annotations

import json
import threading

import pytest

from support.commands import DASHBOARD, Shell, alone, project, write
from support.grafana_standin import Fault, standin

NAMES = ("eu", "us", "old")


@pytest.fixture
def provision(capfd, monkeypatch, tmp_path):
    with alone(monkeypatch, tmp_path / "logs"):
        yield Shell(capfd)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    root = project(tmp_path / "shop")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def fleet(shop, monkeypatch):
    """Three instances with a token each; the last is a Grafana 9.0."""
    with standin("12.4.0") as eu, standin("12.4.0") as us, standin("9.0") as old:
        states = dict(zip(NAMES, (eu, us, old), strict=True))
        lines = []
        for name, state in states.items():
            state.tokens[f"glsa_{name}"] = state.admin
            monkeypatch.setenv(f"TOKEN_{name.upper()}", f"glsa_{name}")
            lines += [f"[tool.provision.grafana.{name}]", f'url = "{state.url}"']
            lines += [f'token_env = "TOKEN_{name.upper()}"']
        write(shop, {"pyproject.toml": '[tool.provision]\nname = "shop"\n' + "\n".join(lines) + "\n"})
        yield states


def down(state):
    state.faults.append(Fault("*", "", times=99, status=500, body={"message": "out of order"}))


def writes(fleet):
    return {name: len(state.writes) for name, state in fleet.items()}


def reports(ran):
    return {each["instance"]: each for each in json.loads(ran.out)["reports"]}


def test_each_gets_its_plan_and_the_second_push_writes_nothing(provision, shop, fleet):
    ran = provision("push")
    assert (ran.code, ran.err) == (0, "")
    headings = [f"{name}: grafana {state.url}\n" for name, state in fleet.items()]
    for heading in headings:
        assert ran.out.count(heading) == 2
    assert [ran.out.rindex(heading) for heading in headings] == sorted(map(ran.out.rindex, headings))
    assert ran.out.endswith("Total on 3 servers: 6 created, 0 unchanged\n")
    for state in fleet.values():
        state.requests.clear()
    ran = provision("push", "--format", "json")
    assert ran.code == 0
    assert {name: each["summary"]["kept"] for name, each in reports(ran).items()} == dict.fromkeys(NAMES, 2)
    assert writes(fleet) == dict.fromkeys(NAMES, 0)


def test_one_instance_by_its_name(provision, shop, fleet):
    assert provision("push", "--grafana", "us").code == 0
    assert [name for name, count in writes(fleet).items() if count] == ["us"]
    ran = provision("push", "--grafana", "asia")
    assert (ran.code, ran.sentence) == (
        2,
        "there is no instance 'asia'; give a URL or one of: eu, old, us",
    )


def test_one_that_does_not_answer_does_not_hide_the_others(provision, shop, fleet):
    down(fleet["us"])
    fleet["old"].tokens.clear()
    for command in (("plan",), ("push",), ("push", "--dry-run")):
        ran = provision(*command)
        assert ran.code == 1
        assert f"eu: grafana {fleet['eu'].url}\n" in ran.out
        assert "Plan: 2 to create" in ran.out
        assert f"us: {fleet['us'].url}: " in ran.err
        assert f"old: {fleet['old'].url}: " in ran.err
    document = json.loads(provision("plan", "--format", "json").out)
    assert [each["instance"] for each in document["plans"]] == ["eu"]
    assert [each["instance"] for each in document["failures"]] == ["us", "old"]
    assert writes(fleet) == dict.fromkeys(NAMES, 0)


def test_when_all_refuse_the_credentials_the_code_says_so(provision, shop, fleet):
    for state in fleet.values():
        state.tokens.clear()
    ran = provision("plan")
    assert (ran.code, ran.out) == (3, "")


def test_a_permission_that_one_lacks_keeps_all_from_being_written(provision, shop, fleet):
    fleet["us"].grant("glsa_us", {"folders:read", "dashboards:read"})
    ran = provision("push")
    assert ran.code == 3
    assert ran.err.count("us: grafana ") == 1
    assert "needs folders:create" in ran.err
    assert writes(fleet) == dict.fromkeys(NAMES, 0)


# ── written ──────────────────────────────────────────────────────────────────


def test_one_that_fails_and_one_that_is_slow(provision, shop, fleet):
    begun, go_on = threading.Event(), threading.Event()

    def wait():
        begun.set()
        go_on.wait(60)

    def fail():
        begun.wait(60)  # both at the same time
        go_on.set()

    fleet["old"].faults.append(Fault("POST", "/folders", then=wait))
    fleet["us"].faults.append(Fault("POST", "/folders", then=fail))
    fleet["us"].faults.append(Fault("POST", "/dashboards", status=400, body={"message": "not today"}))
    ran = provision("push", "--format", "json")
    assert ran.code == 4
    assert list(reports(ran)) == list(NAMES)
    done = {name: [each["status"] for each in one["outcomes"]] for name, one in reports(ran).items()}
    assert done == {"eu": ["done"] * 2, "us": ["done", "failed"], "old": ["done"] * 2}
    ran = provision("push")
    assert ran.code == 0
    assert ran.out.endswith("Total on 3 servers: 1 created, 5 unchanged\n")


def test_the_canary_goes_first_and_the_others_follow(provision, shop, fleet):
    seen = []
    fleet["us"].faults.append(Fault("POST", "/dashboards", then=lambda: seen.append(writes(fleet))))
    ran = provision("push", "--canary", "us")
    assert ran.code == 0, ran
    assert [(each["eu"], each["old"]) for each in seen] == [(0, 0)]
    assert all(writes(fleet).values())


@pytest.mark.parametrize("trouble", ["fails", "conflicts", "atomic"])
def test_a_canary_that_fails_keeps_the_others_from_being_written(provision, shop, fleet, trouble):
    arguments = ("push", "--canary", "us", "--format", "json")
    if trouble == "conflicts":
        assert provision("push").code == 0
        fleet["us"].dashboards["sales-orders"]["spec"]["title"] = "Mine"
        (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Orders!", "up"))
        arguments += ("--force",)
    else:
        fleet["us"].faults.append(Fault("POST", "/dashboards", status=400, body={"message": "not today"}))
    for state in fleet.values():
        state.requests.clear()
    ran = provision(*arguments, *(["--atomic"] if trouble == "atomic" else []))
    assert ran.code == (4 if trouble == "fails" else 1), ran
    found = reports(ran)
    for name in ("eu", "old"):
        assert {each["message"] for each in found[name]["outcomes"]} == {"the canary failed (us)"}
        assert {each["status"] for each in found[name]["outcomes"]} == {"skipped"}
        assert fleet[name].writes == []
    if trouble == "atomic":
        assert "sales" not in fleet["us"].folders
    assert provision("plan", "--canary", "us").code == 2, "a plan has no canary"


def test_a_canary_that_is_not_there(provision, shop, fleet):
    ran = provision("push", "--canary", "asia")
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence == "--canary asia: no such instance is pushed to; name one of: eu, us, old"
    assert all(state.requests == [] for state in fleet.values())


def test_a_plan_in_a_file_for_all_of_them(provision, shop, fleet, tmp_path):
    file = tmp_path / "plan.json"
    assert provision("plan", "-o", file).code == 0
    down(fleet["us"])
    ran = provision("push", "--plan", file)
    assert ran.code == 1
    assert ran.err.startswith(f"Error: us: {fleet['us'].url}: ")
    assert writes(fleet) == dict.fromkeys(NAMES, 0)
    assert provision("plan", "-o", file).code == 1


def test_a_plan_in_a_file_is_carried_out_the_canary_first(provision, shop, fleet, tmp_path):
    file = tmp_path / "plan.json"
    assert provision("plan", "-o", file).code == 0
    ran = provision("push", "--plan", file, "--canary", "old")
    assert ran.code == 0, ran
    assert ran.out.endswith("Total on 3 servers: 6 created, 0 unchanged\n")


# ── environments ─────────────────────────────────────────────────────────────

SOURCE = """\
from pathlib import Path
from provision.author import JsonDashboard, env

dashboard = JsonDashboard(title=f"Region {env['region']}", uid="region", panels=[])
"""


def environments(shop, fleet, *more: str):
    lines = ['[tool.provision]\nname = "shop"']
    for name, state in fleet.items():
        lines += [f"[tool.provision.env.{name}.grafana]", f'url = "{state.url}"', 'user = "admin"']
        lines += ['password_env = "PASSWORD"', f"[tool.provision.env.{name}.variables]"]
        lines += [f'region = "{"old" if name == "old" else "new"}"']
    write(shop, {"pyproject.toml": "\n".join([*lines, *more]) + "\n", "dashboards/region.py": SOURCE})


def test_several_environments_compile_once_for_each_set_of_variables(provision, shop, fleet, monkeypatch):
    from provision.commands import sources

    compiled = []
    real = sources.loaded
    monkeypatch.setattr(
        sources, "loaded", lambda project: compiled.append(project.environment) or real(project)
    )
    monkeypatch.setenv("PASSWORD", "admin")
    environments(shop, fleet)
    ran = provision("push", "--env", "eu", "--env", "us", "--env", "old", "--canary", "eu")
    assert ran.code == 0, ran
    assert compiled == ["eu", "old"]
    titles = [fleet[name].dashboards["region"]["spec"]["title"] for name in ("eu", "us")]
    assert titles == ["Region new", "Region new"]
    assert fleet["old"].dashboards["region"]["spec"]["title"] == "Region old"
    assert f"us: grafana {fleet['us'].url}\n" in ran.out


def test_a_server_from_outside_is_not_that_of_several_environments(provision, shop, fleet, monkeypatch):
    monkeypatch.setenv("PASSWORD", "admin")
    environments(shop, fleet)
    two = ("--env", "eu", "--env", "us")
    ran = provision("plan", *two, "--grafana", "http://127.0.0.1:1")
    assert ran.code == 2
    assert "a server on the command line belongs to one environment" in ran.sentence
    monkeypatch.setenv("GRAFANA_URL", "http://127.0.0.1:1")
    ran = provision("plan", *two)
    assert (ran.code, ran.sentence) == (
        2,
        "GRAFANA_URL names one server, and there are several environments; unset GRAFANA_URL",
    )
    monkeypatch.delenv("GRAFANA_URL")
    assert provision("plan", "--env", "eu", "--env", "nowhere").code == 2


def test_one_server_under_two_names(provision, shop, fleet, monkeypatch):
    monkeypatch.setenv("PASSWORD", "admin")
    environments(shop, {"eu": fleet["eu"], "us": fleet["eu"]})
    ran = provision("push", "--env", "eu", "--env", "us")
    assert ran.code == 2
    assert ran.sentence == (
        f"grafana {fleet['eu'].url}: it is named twice, as eu and us; "
        "leave one of them out, or give each an organisation"
    )
    assert writes(fleet) == dict.fromkeys(NAMES, 0)
