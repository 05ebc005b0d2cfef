from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from provision.commands import push
from provision.errors import ProvisionError, Unreachable
from provision.model import Action, Outcome, Verb
from provision.ship.target.grafana import Grafana
from support.commands import DASHBOARD, ROUTES, environment, spawned, write
from support.grafana_asked import make_source
from support.grafana_standin import VIEWER, Fault, standin
from support.prometheus_standin import AlertmanagerState, PrometheusState, serving


@pytest.fixture
def grafana(provision, monkeypatch):
    with standin("12.4.0") as state:
        monkeypatch.setenv("GRAFANA_USER", "admin")
        monkeypatch.setenv("GRAFANA_PASSWORD", "admin")
        yield state


@pytest.fixture
def terminal(monkeypatch):
    """A terminal as standard input; what is typed is written to the descriptor that this is."""
    typed, seen = pty.openpty()
    with os.fdopen(seen, encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield typed
    os.close(typed)


def more_dashboards(shop, *names: str) -> None:
    write(shop, {f"dashboards/sales/{name}.json": DASHBOARD % (name.title(), "up") for name in names})


def test_a_push_prints_the_plan_and_what_came_of_it(provision, shop, grafana):
    ran = provision("push", "--grafana", grafana.url)
    assert (ran.code, ran.err) == (0, "")
    plan, _, report = ran.out.partition("Plan: 2 to create, 0 unchanged\n")
    assert '  + dashboard "Orders" in folder "Sales"' in plan
    assert report.startswith(f'grafana {grafana.url}\n  ✓ created folder "Sales"')
    assert f"\n      {grafana.url}/d/sales-orders/orders\n" in report
    assert report.endswith("Done: 2 created, 0 unchanged\n")
    assert set(grafana.dashboards) >= {"sales-orders"}


def test_a_second_push_sends_no_write(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    grafana.requests.clear()
    ran = provision("push", "--grafana", grafana.url, "--yes")
    assert (ran.code, ran.out) == (0, f"grafana {grafana.url}\nPlan: nothing to do, 2 unchanged\n")
    assert grafana.requests
    assert grafana.writes == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_dry_run_sends_gets_only(provision, shop, grafana, form):
    ran = provision("push", "--grafana", grafana.url, "--dry-run", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert grafana.requests
    assert grafana.writes == []
    if form == "json":
        assert json.loads(ran.out)["format"] == "provision.plan/1"
    else:
        assert ran.out.endswith("Plan: 2 to create, 0 unchanged\n")


def test_a_push_as_json(provision, shop, grafana):
    ran = provision("push", "--grafana", grafana.url, "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["format"]) == (0, "provision.report/1")
    assert document["reports"][0]["summary"] == {"done": 2, "failed": 0, "skipped": 0, "undone": 0, "kept": 0}


def test_a_quiet_push_says_nothing_when_all_is_well(provision, shop, grafana):
    ran = provision("push", "--grafana", grafana.url, "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "sales-orders" in grafana.dashboards


def test_several_grafanas(provision, shop, grafana):
    with standin("9.0") as other:
        ran = provision(
            "push", "--grafana", grafana.url, "--grafana", other.url, "--grafana", f"{other.url}/"
        )
        assert ran.code == 0, ran
        assert ran.out.count("Done: 2 created, 0 unchanged\n") == 2
        assert provision("push", "--grafana", other.url).out.endswith("Plan: nothing to do, 2 unchanged\n")


def test_nothing_is_written_anywhere_when_one_server_does_not_answer(provision, shop, grafana):
    ran = provision("push", "--grafana", grafana.url, "--grafana", "http://127.0.0.1:1")
    assert ran.code == 1
    assert ran.sentence.startswith("http://127.0.0.1:1: nothing listens there")
    assert grafana.writes == []


# ── what stops it ────────────────────────────────────────────────────────────


def test_a_conflict_is_left_alone_unless_overwritten(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    grafana.dashboards["sales-orders"]["spec"]["title"] = "Mine now"
    more_dashboards(shop, "orders")
    (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Orders!", "up"))
    grafana.requests.clear()
    for arguments in ((), ("--dry-run",), ("--yes",)):
        ran = provision("push", "--grafana", grafana.url, *arguments)
        assert ran.code == 1, arguments
        assert "it was changed on the server since the last push" in ran.out
    assert grafana.writes == []
    ran = provision("push", "--grafana", grafana.url, "-q")
    assert (ran.code, ran.out) == (1, "")
    assert "it was changed on the server since the last push" in ran.err
    assert provision("push", "--grafana", grafana.url, "--overwrite").code == 0
    assert grafana.dashboards["sales-orders"]["spec"]["title"] == "Orders!"


def test_a_conflict_shows_what_both_sides_have_done(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    grafana.dashboards["sales-orders"]["history"].append(dict(grafana.dashboards["sales-orders"]))
    grafana.dashboards["sales-orders"]["spec"] = {
        **grafana.dashboards["sales-orders"]["spec"],
        "refresh": "5s",
    }
    (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Orders!", "up"))
    lines = [line.strip() for line in provision("plan", "--grafana", grafana.url).out.splitlines()]
    server, sources = (
        lines.index("on the server, since the last push"),
        lines.index("in the sources, since the last push"),
    )
    assert "refresh: 5s" in lines[server + 1]
    assert "Orders!" in lines[sources + 1]
    assert sources == server + 2
    (action,) = json.loads(provision("plan", "--grafana", grafana.url, "--format", "json").out)["plans"][0][
        "actions"
    ]
    assert action["applied"]["spec"]["title"] == "Orders"
    assert [edit["path"] for edit in action["edits"]] == ["refresh"]
    assert "provision pull sales-orders" in action["remedy"]


def test_a_conflict_is_taken_over_as_it_is(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    grafana.dashboards["sales-orders"]["spec"]["title"] = "Mine now"
    ran = provision("push", "--grafana", grafana.url, "--adopt")
    assert (ran.code, ran.err) == (0, "")
    assert "✓ taken over" in ran.out
    assert grafana.dashboards["sales-orders"]["spec"]["title"] == "Mine now"
    assert "1 to update" in provision("plan", "--grafana", grafana.url).out
    for command in ("plan", "push"):
        ran = provision(command, "--grafana", grafana.url, "--adopt", "--overwrite")
        assert ran.code == 2
        assert "--overwrite and --adopt contradict each other" in ran.sentence


def test_too_much_at_once_is_refused_unless_it_is_forced(provision, shop, grafana):
    more_dashboards(shop, *(f"d{n}" for n in range(11)))
    provision("push", "--grafana", grafana.url)
    for n in range(4):
        (shop / f"dashboards/sales/d{n}.json").unlink()
    assert provision("plan", "--grafana", grafana.url).code == 0
    grafana.requests.clear()
    said = "it would delete 4 of the 13 resources that 'shop' owns there, more than 30 %"
    ran = provision("plan", "--grafana", grafana.url, "--prune")
    assert (ran.code, ran.err) == (1, "")
    assert f"Too much at once: {said}; --force carries it out all the same\n" in ran.out
    ran = provision("push", "--grafana", grafana.url, "--prune")
    assert ran.code == 1
    assert ran.sentence == (
        f"grafana {grafana.url}: {said}, so nothing was written; "
        f"look at it with provision plan, and add --force if it is meant"
    )
    assert grafana.writes == []
    assert provision("push", "--grafana", grafana.url, "--prune", "--force").code == 0
    assert len(grafana.dashboards) == 8 + 1


def test_when_nothing_is_defined_any_more_all_of_it_goes_only_when_forced(provision, shop, grafana):
    provision("push", "--grafana", grafana.url)
    (shop / "dashboards/sales/orders.json").unlink()
    (shop / "rules/shop.yml").unlink()
    assert "there is nothing to compile" in provision("push", "--grafana", grafana.url).sentence
    ran = provision("push", "--grafana", grafana.url, "--prune")
    assert ran.code == 1
    assert "the sources define nothing for it, and 'shop' owns 2 resources there" in ran.sentence
    ran = provision("push", "--grafana", grafana.url, "--prune", "--force")
    (kept,) = (shop / ".provision/backup").glob("*.json")
    assert (ran.code, ran.err) == (0, f"What is deleted is kept in {kept}\n")
    paths = [source["path"] for source in json.loads(kept.read_text())["targets"][0]["sources"]]
    assert paths == ["dashboards/Sales/Orders.json", "provisioning/grafana/folder/Sales.json"]
    assert ran.out.endswith("Done: 2 deleted, 0 unchanged\n")
    assert set(grafana.dashboards) == {"provisioned-one"}
    assert grafana.folders == {}


def test_what_is_not_ours_is_left_alone_and_the_rest_is_written(provision, shop, grafana):
    with_uid = (DASHBOARD % ("Orders", "up")).replace("{", '{"uid": "sales-orders", ', 1)
    (shop / "pyproject.toml").write_text('[tool.provision]\nname = "somebody else"\n')
    (shop / "dashboards/sales/orders.json").write_text(with_uid)
    provision("push", "--grafana", grafana.url)
    (shop / "pyproject.toml").write_text('[tool.provision]\nname = "shop"\n')
    (shop / "dashboards/sales/orders.json").write_text(with_uid.replace("Orders", "Ours"))
    more_dashboards(shop, "new")
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 4
    assert "it belongs to 'somebody else'" in ran.out
    assert '✓ created dashboard "New"' in ran.out
    assert grafana.dashboards["sales-orders"]["spec"]["title"] == "Orders"


def test_what_failed_is_told_and_the_rest_is_written(provision, shop, grafana):
    more_dashboards(shop, "new")
    grafana.faults.append(Fault("POST", r"/dashboards", status=500, body={"message": "the disk is on fire"}))
    ran = provision("push", "--grafana", grafana.url, "-q")
    assert (ran.code, ran.out) == (4, "")
    assert "the disk is on fire" in ran.err
    assert "1 failed" in ran.err
    ran = provision("push", "--grafana", grafana.url)
    assert (ran.code, ran.out.count("✓ created")) == (0, 1)


def test_when_everything_failed_nothing_was_written(provision, shop, grafana):
    grafana.faults.append(Fault("POST", "/folders", status=400, body={"message": "not today"}))
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 1
    assert "not today" in ran.out
    assert 'it needs folder "Sales", which was not written' in ran.out


def test_missing_permissions_are_listed_before_the_first_write(provision, shop, grafana, monkeypatch):
    grafana.grant("glsa_viewer", VIEWER)
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_viewer")
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 3
    assert ran.sentence == (
        f"grafana {grafana.url}: the credentials lack permissions, so nothing was written:\n"
        '  folder "Sales": needs folders:create\n'
        '  dashboard "Orders": needs dashboards:create\n'
        "What to do: use a service account that has them: the role Editor does, for data sources Admin"
    )
    assert grafana.writes == []


def test_a_target_that_gives_up_in_the_middle_does_not_lose_the_report(provision, shop, grafana, monkeypatch):
    real = Grafana.write
    failing = iter((False, True))

    def begin(self, plan):
        pass

    def write(self, batch, owner):
        if next(failing):
            raise ProvisionError("the ledger is full", where="grafana", remedy="make room")
        yield from real(self, batch, owner)

    monkeypatch.setattr(Grafana, "write", write)
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 4
    assert '✓ created folder "Sales"' in ran.out
    assert ran.sentence == "grafana: the ledger is full; make room"
    failing = iter((True,))
    more_dashboards(shop, "new")
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 1


def test_what_check_finds_in_what_is_written_is_said_and_stops_nothing(provision, shop, grafana):
    more_dashboards(shop, "new")
    provision("push", "--grafana", grafana.url)
    broken = DASHBOARD % ("Orders", "sum(")
    (shop / "dashboards/sales/orders.json").write_text(broken)
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 0
    assert "dashboards/sales/orders.json" in ran.err
    assert ran.err.endswith("Warning: check finds 1 error in what is to be written.\n")
    assert provision("push", "--grafana", grafana.url).err == ""
    (shop / "dashboards/sales/orders.json").write_text(broken.replace("Rate", "Rates"))
    (shop / "dashboards/sales/new.json").write_text(DASHBOARD % ("New", "sum("))
    ran = provision("push", "--grafana", grafana.url, "-q")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Warning: check finds 2 errors in what is to be written.\n"


# ── asking ───────────────────────────────────────────────────────────────────


def test_a_person_is_asked_and_says_yes(provision, shop, grafana, terminal):
    os.write(terminal, b"y\n")
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 0
    assert "Apply 2 changes? [y/N]: " in ran.err
    assert "sales-orders" in grafana.dashboards


def test_a_person_says_no(provision, shop, grafana, terminal):
    os.write(terminal, b"\n")
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 1
    assert ran.err.endswith("Nothing was written.\n")
    assert grafana.writes == []


def test_a_person_has_gone(provision, shop, grafana, terminal):
    os.write(terminal, b"\x04")
    ran = provision("push", "--grafana", grafana.url)
    assert (ran.code, grafana.writes) == (130, [])
    assert ran.err.endswith("Interrupted.\n")


@pytest.mark.parametrize("arguments", [("--format", "json"), ("-q",)])
def test_nobody_is_asked_about_what_they_have_not_seen(provision, shop, grafana, terminal, arguments):
    os.write(terminal, b"n\n")
    ran = provision("push", "--grafana", grafana.url, *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert '+ dashboard "Orders"' in ran.err.partition("Apply 2 changes?")[0]


@pytest.mark.parametrize("arguments", [("--yes",), ("--dry-run",)])
def test_nobody_is_asked(provision, shop, grafana, terminal, arguments):
    ran = provision("push", "--grafana", grafana.url, *arguments)
    assert (ran.code, ran.err) == (0, "")


def test_nobody_is_asked_when_there_is_nothing_to_do(provision, shop, grafana, terminal):
    provision("push", "--grafana", grafana.url, "--yes")
    ran = provision("push", "--grafana", grafana.url)
    assert (ran.code, ran.err) == (0, "")


def test_one_change_is_one_change(provision, shop, grafana, terminal):
    provision("push", "--grafana", grafana.url, "--yes")
    (shop / "dashboards/sales/orders.json").write_text(DASHBOARD % ("Orders!", "up"))
    os.write(terminal, b"y\n")
    assert "Apply 1 change? " in provision("push", "--grafana", grafana.url).err


def test_ctrl_c_at_the_question_on_a_real_terminal(shop, grafana):
    ours, theirs = pty.openpty()
    process = spawned(
        "push", "--grafana", grafana.url, cwd=shop, text=False, stdin=theirs, stdout=theirs, stderr=theirs,
        env=environment(GRAFANA_USER="admin", GRAFANA_PASSWORD="admin", TERM="xterm"), preexec_fn=os.setsid,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 4096)
    while b"Interrupted" not in said:
        process.send_signal(signal.SIGINT)  # one that comes just before the read begins is seen with the next
        while select.select([ours], [], [], 1.0)[0] and b"Interrupted" not in said:
            said += os.read(ours, 4096)
    assert process.wait(60) == 130
    os.close(ours)
    assert b"Traceback" not in said
    assert grafana.writes == []


# ── interrupted ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_finishes_what_is_in_flight_and_reports_the_rest(provision, shop, grafana, number):
    grafana.faults.append(Fault("POST", "/folders", then=lambda: os.kill(os.getpid(), number)))
    before = signal.getsignal(number)
    said = provision("push", "--grafana", grafana.url)
    assert said.code == 130
    assert said.err == "Interrupted: finishing what is in flight.\n"
    assert '✓ created folder "Sales"' in said.out
    assert 'skipped dashboard "Orders" in folder "Sales": interrupted before it was begun' in said.out
    assert "sales" in grafana.folders
    assert "sales-orders" not in grafana.dashboards
    assert signal.getsignal(number) == before
    assert provision("push", "--grafana", grafana.url).code == 0


def test_a_signal_puts_everything_back_when_it_was_to_be_all_or_nothing(provision, shop, grafana):
    grafana.faults.append(Fault("POST", "/folders", then=lambda: os.kill(os.getpid(), signal.SIGINT)))
    said = provision("push", "--grafana", grafana.url, "--atomic")
    assert said.code == 130
    assert 'undone folder "Sales": put back, as not all could be done' in said.out
    assert 'skipped dashboard "Orders" in folder "Sales": interrupted before it was begun' in said.out
    assert "sales" not in grafana.folders
    assert provision("push", "--grafana", grafana.url, "--atomic").code == 0


def test_a_second_signal_is_the_ordinary_one_and_the_report_is_still_printed(provision, shop, grafana):
    more_dashboards(shop, "new")

    def twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)

    grafana.faults.append(Fault("POST", "/dashboards", then=twice))
    said = provision("push", "--grafana", grafana.url)
    assert said.code == 130
    assert said.err == "Interrupted: finishing what is in flight.\n\nInterrupted.\n"
    assert '✓ created folder "Sales"' in said.out
    assert provision("push", "--grafana", grafana.url).code == 0


def test_an_ignored_signal_stays_ignored(provision, shop, grafana):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        grafana.faults.append(Fault("POST", "/folders", then=lambda: os.kill(os.getpid(), signal.SIGHUP)))
        assert provision("push", "--grafana", grafana.url).code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_next_server_is_not_begun_after_a_signal(provision, shop, grafana):
    with standin("12.4.0") as other:
        grafana.faults.append(Fault("POST", "/folders", then=lambda: os.kill(os.getpid(), signal.SIGINT)))
        ran = provision("push", "--grafana", grafana.url, "--grafana", other.url, "--canary", grafana.url)
        assert ran.code == 130
        assert ran.out.count("interrupted before it was begun") == 3
        assert other.writes == []


def test_a_signal_reaches_all_servers(provision, shop, grafana):
    arrived, interrupted = threading.Event(), threading.Event()

    def interrupt() -> None:
        arrived.wait(60)
        listening = signal.getsignal(signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        while signal.getsignal(signal.SIGINT) == listening:  # until the main thread has heard of it
            time.sleep(0.001)
        interrupted.set()

    def wait() -> None:
        arrived.set()
        interrupted.wait(60)

    with standin("12.4.0") as other:
        grafana.faults.append(Fault("POST", "/folders", then=interrupt))
        other.faults.append(Fault("POST", "/folders", then=wait))
        ran = provision("push", "--grafana", grafana.url, "--grafana", other.url)
        assert ran.code == 130
        assert (list(grafana.folders), list(other.folders)) == (["sales"], ["sales"])
        assert "sales-orders" not in (*grafana.dashboards, *other.dashboards)
        assert ran.out.count('skipped dashboard "Orders" in folder "Sales": interrupted before') == 2
        assert ran.out.endswith(
            f"Total on 2 servers: 2 created, 2 skipped, 0 unchanged; not all was done on "
            f"grafana {grafana.url}, grafana {other.url}\n"
        )


def test_signals_are_left_alone_outside_the_main_thread(provision, shop):
    codes = []
    thread = threading.Thread(target=lambda: codes.append(provision("build").code))
    thread.start()
    thread.join()
    assert codes == [0]


# ── files and a reload ───────────────────────────────────────────────────────


def test_rules_and_routes_are_pushed(provision, shop, tmp_path):
    write(shop, {"provisioning/routes.py": ROUTES})
    rules = tmp_path / "rules"
    rules.mkdir()
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with serving(PrometheusState(tmp_path)) as prometheus, serving(AlertmanagerState(config)) as alertmanager:
        arguments = ("--prometheus", prometheus, "--rules-dir", rules,
                     "--alertmanager", alertmanager, "--config-file", config)  # fmt: skip
        ran = provision("push", *arguments)
        assert ran.code == 4
        assert (rules / "shop.yml").exists()
        assert "it exists already and carries no mark of this project" in ran.out
        ran = provision("push", *arguments, "--overwrite")
        assert ran.code == 0, ran
        assert "on-call" in config.read_text()
        ran = provision("push", *arguments, "--format", "json")
        assert [report["summary"]["kept"] for report in json.loads(ran.out)["reports"]] == [1, 1]


def test_a_rules_folder_that_cannot_be_written(provision, shop, tmp_path, monkeypatch):
    rules = tmp_path / "rules"
    rules.mkdir()
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    with serving(PrometheusState(tmp_path)) as url:
        ran = provision("push", "--prometheus", url, "--rules-dir", rules)
    assert ran.code == 3
    assert "this user may not write into the folder" in ran.err
    assert list(rules.iterdir()) == []


def test_what_an_exit_code_says():
    assert push.exit_code([]) == 0
    action = Action(Verb.CREATE, "rule-file", "a.yml", None, None)
    done, failed = (Outcome(action, status) for status in ("done", "failed"))
    assert push.exit_code([done]) == 0
    assert push.exit_code([failed]) == 1
    assert push.exit_code([done, failed]) == 4
    assert push.exit_code([replace(failed, left_behind=True)]) == 4
    refused, skipped = replace(failed, not_allowed=True), Outcome(action, "skipped")
    assert push.exit_code([refused, skipped]) == 3
    assert push.exit_code([refused, failed]) == 1
    assert push.exit_code([refused, done]) == 4
    assert push.exit_code([skipped]) == 1


SOURCE_WITH_SECRET = """\
from provision.author import Datasource, Secret

prometheus = Datasource(
    "Prometheus", "prometheus", "http://p:9090", secure={"httpHeaderValue1": Secret.env("TENANT")}
)
"""


def test_secrets_are_written_again_when_asked(provision, shop, grafana, monkeypatch):
    monkeypatch.setenv("TENANT", "hunter2-first")
    write(shop, {"provisioning/grafana.py": SOURCE_WITH_SECRET})
    assert provision("push", "--grafana", grafana.url).code == 0
    monkeypatch.setenv("TENANT", "hunter2-second")
    assert "nothing to do" in provision("plan", "--grafana", grafana.url).out
    ran = provision("push", "--grafana", grafana.url, "--rotate-secrets")
    assert ran.code == 0
    assert '~ data source "Prometheus": its secrets are written again' in ran.out
    assert "hunter2" not in ran.out + ran.err
    assert grafana.datasources["prometheus"]["secrets"] == {"httpHeaderValue1": "hunter2-second"}


def test_all_or_nothing(provision, shop, grafana):
    write(shop, {"dashboards/sales/zz.json": DASHBOARD % ("Last", "up")})
    grafana.faults.append(Fault("POST", "dashboards$", times=9, status=400, body={"message": "told to fail"}))
    ran = provision("push", "--grafana", grafana.url, "--atomic")
    assert ran.code == 1
    assert 'undone folder "Sales": put back, as not all could be done' in ran.out
    assert grafana.folders == {}
    assert provision("push", "--grafana", grafana.url).code == 4
    grafana.faults.clear()
    assert provision("push", "--grafana", grafana.url, "--atomic").code == 0
    ran = provision("push", "--grafana", grafana.url, "--atomic", "--format", "json")
    assert json.loads(ran.out)["reports"][0]["summary"]["kept"] == 3


def test_what_could_not_be_put_back_is_told_before_the_first_write(provision, shop, grafana, monkeypatch):
    monkeypatch.setenv("TENANT", "hunter2")
    write(shop, {"provisioning/grafana.py": SOURCE_WITH_SECRET})
    assert provision("push", "--grafana", grafana.url, "--atomic").code == 0
    writes = len(grafana.writes)
    ran = provision("push", "--grafana", grafana.url, "--atomic", "--rotate-secrets")
    assert ran.code == 1
    assert 'data source "Prometheus": it has secrets, which nobody can read' in ran.sentence
    assert "mend these, or push without --atomic" in ran.sentence
    assert len(grafana.writes) == writes


def test_what_could_not_be_put_back_ends_with_4(provision, shop, grafana):
    grafana.faults.append(Fault("POST", "dashboards$", status=400, body={"message": "told to fail"}))
    grafana.faults.append(Fault("DELETE", "folders", status=400, body={"message": "told to stay"}))
    ran = provision("push", "--grafana", grafana.url, "--atomic")
    assert ran.code == 4
    assert 'failed folder "Sales": it was written, and could not be put back' in ran.out
    assert "told to stay" in ran.out


def test_an_annotation_is_left_where_something_was_written(provision, shop, grafana):
    subprocess.run(["git", "init", "-q"], cwd=shop, check=True)
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@e.org", "commit", "-q", "--allow-empty", "-m", "x"],
        cwd=shop,
        check=True,
    )
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=shop, check=True, capture_output=True, text=True
    ).stdout
    assert provision("push", "--grafana", grafana.url, "--annotate").code == 0
    (found,) = grafana.alerting["annotations"]
    assert found == {"text": f"provision: shop at {commit[:12]}: 2 created", "tags": ["provision", "shop"]}
    assert provision("push", "--grafana", grafana.url, "--annotate").code == 0
    assert len(grafana.alerting["annotations"]) == 1


def test_an_annotation_that_can_not_be_left_is_a_warning(provision, shop, grafana):
    grafana.faults.append(Fault("POST", "annotations", status=403, body={"message": "no"}))
    ran = provision("push", "--grafana", grafana.url, "--annotate")
    assert ran.code == 0
    assert ran.err.startswith("Warning: the annotation could not be left: ")


def test_a_backup_without_anything_to_delete_is_wrong_usage(provision, shop, grafana):
    ran = provision("push", "--grafana", grafana.url, "--backup", "gone.json")
    assert (ran.code, grafana.writes) == (2, [])
    assert ran.err == "Error: --backup belongs to --prune: nothing else deletes anything\n"


def test_who_gave_up_before_the_first_write_has_a_report_of_all_that_was_not_done(
    provision, shop, grafana, monkeypatch
):
    def begin(self, plan):
        raise Unreachable("the ledger can't be written")

    monkeypatch.setattr("provision.ship.target.grafana.Grafana.begin", begin)
    ran = provision("push", "--grafana", grafana.url)
    assert (ran.code, grafana.writes) == (1, [])
    assert ran.err == "Error: the ledger can't be written\n"
    assert ran.out.count("skipped") == 3  # the folder, the dashboard, and their sum
    assert "nothing to do" not in ran.out


def test_a_data_source_that_is_bound_is_not_missed(provision, shop, grafana):
    make_source(grafana.url, "p", default=True)
    named = (DASHBOARD % ("Orders", "up")).replace('"targets"', '"datasource": "Prometheus", "targets"')
    write(shop, {"dashboards/sales/orders.json": named})
    dry = provision("push", "--grafana", grafana.url, "--datasource", "p")
    assert (dry.code, dry.err) == (0, "")
    write(shop, {"dashboards/sales/orders.json": named.replace("Rate", "Rates")})
    assert "no source defines the data source 'Prometheus'" in provision("push", "--grafana", grafana.url).err


def test_of_many_errors_the_first_ten_are_told_and_the_others_counted(provision, shop, grafana):
    for number in range(12):
        (shop / f"dashboards/sales/n{number:02}.json").write_text(DASHBOARD % (f"N{number}", "sum("))
    ran = provision("push", "--grafana", grafana.url)
    assert ran.code == 0
    assert [f"n{number:02}.json:" in ran.err for number in range(12)] == [True] * 10 + [False] * 2
    assert ran.err.endswith(
        "… and 2 more; provision check shows all of them\n"
        "Warning: check finds 12 errors in what is to be written.\n"
    )
