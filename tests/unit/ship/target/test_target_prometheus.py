"""What the contract's scenarios don't reach: faults of the machine, promtool, and servers that say less."""

from __future__ import annotations

import os
import tempfile

import pytest

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint
from provision.compile.dialect.prometheus import LATEST, rule_file_bytes
from provision.errors import ServerRefused
from provision.model import Place, Resource, Verb, encode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import prometheus as module
from provision.ship.target import swap
from provision.ship.target.prometheus import PrometheusTarget, connect
from support.programs import fake
from support.prometheus_standin import PrometheusState, serving


def file(key, expr="vector(1)", **fields):
    body = encode({"groups": [{"name": "g", "rules": [{"record": "a:b:c", "expr": expr}], **fields}]})
    return Resource("rule-file", key, body, (Place("rules/a.py", 3),))


@pytest.fixture
def server(tmp_path, monkeypatch):
    (tmp_path / "rules").mkdir()
    monkeypatch.setenv("PATH", "/nowhere")
    state = PrometheusState(tmp_path)
    with serving(state) as url:
        state.url = url
        yield state


def connected(server, **fields):
    return connect(Endpoint(server.url), server.base / "rules", **fields)


def push(server, *resources, target=None, **fields):
    target = target or connected(server)
    return list(apply(make_plan(resources, target, "p", **fields), target))


def names(server):
    return sorted(found.name for found in (server.base / "rules").iterdir())


@pytest.mark.parametrize(("said", "version"), [("2.42.0+ds", (2, 42, 0)), ("", None)])
def test_the_dialect_is_the_servers_version(server, said, version):
    server.version = said
    target = connected(server)
    assert target.version == version
    assert target.dialect.version == (version or LATEST)
    assert target.name == f"prometheus {server.url}"
    assert target.order == ("rule-file",)
    assert target.marks == {"rule-file"}


def test_a_field_that_the_server_does_not_know_is_refused_before_writing(server):
    (outcome,) = push(server, file("a.yml", query_offset="1m"))
    assert outcome.message == f"query_offset needs Prometheus 2.53, and {server.url} is 2.42"
    assert names(server) == []
    server.version = "3.1.0"
    assert [outcome.status for outcome in push(server, file("a.yml", query_offset="1m"))] == ["done"]


@pytest.mark.parametrize("key", ["../a.yml", "/etc/a.yml", "sub/a.yml", ".hidden.yml", "..", "a\0.yml"])
def test_a_key_that_leads_out_of_the_folder_is_refused(server, key):
    (outcome,) = push(server, file(key))
    assert outcome.status == "failed"
    assert "is not the name of a file" in outcome.message


def test_promtool_refuses_one_file_and_the_others_are_written(server, tmp_path):
    tools = tmp_path / "tools"
    said = '  FAILED:\n0.yml: 5:15: group "g", rule 1, "a:b:c": annotation is odd\n'
    fake(tools / "promtool", stderr=said, code=1, version="2.42.1")
    outcomes = push(server, file("a.yml"), file("b.yml"), target=connected(server, tools_dir=tools))
    assert [(outcome.action.key, outcome.status, outcome.message) for outcome in outcomes] == [
        ("a.yml", "failed", 'promtool refuses it: group "g": "a:b:c": annotation is odd'),
        ("b.yml", "done", ""),
    ]
    assert names(server) == ["b.yml"]


@pytest.mark.parametrize(("tool", "said"), [("2.41.0", "2.42.0"), ("", "2.42.0"), ("3.0.0", "")])
def test_a_promtool_that_is_older_or_unknown_does_not_decide(server, tmp_path, tool, said):
    server.version = said
    fake(tmp_path / "tools" / "promtool", stderr="  FAILED:\n0.yml: no\n", code=1, version=tool)
    outcomes = push(server, file("a.yml"), target=connected(server, tools_dir=tmp_path / "tools"))
    assert [outcome.status for outcome in outcomes] == ["done"]


@pytest.mark.parametrize(("said", "words"), [("0.yml: annotation is odd", "promtool refuses it: annotation is odd"), ("", "its log says why")])  # fmt: skip
def test_a_promtool_that_does_not_decide_may_still_explain(server, tmp_path, said, words):
    fake(tmp_path / "tools" / "promtool", stderr=f"  FAILED:\n{said}\n", code=1, version="2.20.0")
    odd = {"alert": "A", "expr": "vector(1)", "annotations": {"a": "{{ $nonsense }}"}}
    bad = Resource("rule-file", "a.yml", encode({"groups": [{"name": "g", "rules": [odd]}]}), ())
    outcomes = push(server, bad, file("b.yml"), target=connected(server, tools_dir=tmp_path / "tools"))
    assert [(outcome.action.key, outcome.status) for outcome in outcomes] == [
        ("a.yml", "failed"),
        ("b.yml", "done"),
    ]
    assert words in outcomes[0].message
    assert names(server) == ["b.yml"]


def test_where_the_server_would_read_the_old_file_it_is_only_remembered(server):
    server.patterns = ("rules/*",)
    push(server, file("a.yml"))
    text = (server.base / "rules" / "a.yml").read_bytes()
    outcomes = push(server, file("a.yml", "sum("))
    assert outcomes[0].message.endswith("the old files are back and in force")
    assert (server.base / "rules" / "a.yml").read_bytes() == text
    assert [outcome.status for outcome in push(server, file("a.yml", "vector(2)"))] == ["done"]
    assert names(server) == ["a.yml"]


def test_a_reload_that_is_refused_only_when_it_is_asked_for(server):
    server.knows_flags = False
    server.lifecycle = False
    (outcome,) = push(server, file("a.yml"))
    assert "start Prometheus with --web.enable-lifecycle" in outcome.message
    assert outcome.message.endswith("the old files are back, and the server never saw the new ones")
    assert names(server) == []


def test_a_server_that_cannot_load_the_old_files_either_is_said(server):
    (server.base / "rules" / "theirs.yml").write_text("groups: [{name: a, rules: [{expr: 1}]}]\n")
    (outcome,) = push(server, file("a.yml"))
    assert "the old files are back, but it doesn't load them either (it could not reload" in outcome.message
    assert not outcome.left_behind
    assert names(server) == ["theirs.yml"]


def test_a_server_that_dies_during_the_reload(server, monkeypatch):
    server.broken["/-/reload"] = 502
    (outcome,) = push(server, file("a.yml"))
    assert "502" in outcome.message
    assert outcome.left_behind  # it may have loaded them before it died
    assert names(server) == []
    monkeypatch.setattr(Prometheus, "reload", lambda _: (_ for _ in ()).throw(module.ProvisionError("gone")))
    (outcome,) = push(server, file("a.yml"))
    assert outcome.message == "gone; the old files are back, but whether it runs them is not known: gone"


def test_old_files_that_cannot_be_put_back_are_said(server, monkeypatch):
    def refuse(_):
        raise module.ProvisionError("can't be put back: disk full", where="a.yml")

    monkeypatch.setattr(swap, "put_back", refuse)
    (outcome,) = push(server, file("a.yml", "sum("))
    assert outcome.status == "failed"
    assert outcome.message.endswith(
        "and the old files could not be put back: a.yml: can't be put back: disk full"
    )
    assert outcome.left_behind
    (server.base / "rules" / "a.yml").unlink()
    bad = file("b.yml", 'label_replace(vector(1), "a", "$1", "b", "(")')
    outcomes = push(server, bad, file("c.yml"))
    assert [(found.status, found.left_behind) for found in outcomes] == [("failed", True), ("failed", True)]
    assert "it was written together with b.yml" in outcomes[1].message


def test_an_interrupt_puts_the_old_files_back(server, monkeypatch):
    push(server, file("a.yml"))
    text = (server.base / "rules" / "a.yml").read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "prove", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(server, file("a.yml", "vector(2)"))
    assert (server.base / "rules" / "a.yml").read_bytes() == text
    assert names(server) == ["a.yml"]


def test_a_folder_that_cannot_be_written_is_said(server, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    target = connected(server)
    plan = make_plan([file("a.yml")], target, "p")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert target.missing_permissions(plan.writes) == (
        f"{target.folder}: this user may not write into the folder",
    )
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    server.requests.clear()
    (outcome,) = apply(plan, target)
    assert outcome.message == f"{target.folder / 'a.yml'}: can't be written: Permission denied"
    assert ("POST", "/-/reload") not in server.requests


def test_a_file_that_cannot_be_swapped_leaves_nothing_behind(server, monkeypatch):
    def refuse(*_, **__):
        raise module.ProvisionError("can't be written: odd")

    monkeypatch.setattr(swap, "swap", refuse)
    push(server, file("a.yml"))
    assert names(server) == []
    (server.base / "rules" / "b.yml").write_bytes(rule_file_bytes(file("b.yml"), "p"))
    outcomes = push(server, target=connected(server), prune=True)
    assert [(outcome.status, outcome.message) for outcome in outcomes] == [
        ("failed", "can't be written: odd")
    ]
    assert names(server) == ["b.yml"]


def test_permissions_are_those_of_the_files_too(server, monkeypatch):
    push(server, file("a.yml"))
    target = connected(server)
    plan = make_plan([file("a.yml", "vector(2)"), file("sub/b.yml")], target, "p")
    assert target.missing_permissions(plan.writes) == ()
    assert target.missing_permissions(()) == ()
    monkeypatch.setattr(os, "geteuid", lambda: 12345678)
    (fault,) = target.missing_permissions(plan.writes)
    assert fault.startswith(f"{target.folder / 'a.yml'}: it belongs to user")


def test_what_others_left_broken_does_not_stop_a_push(server):
    (server.base / "rules" / "theirs.yml").write_text("groups: [\n")
    (server.base / "rules" / "folder.yml").mkdir()
    assert list(connected(server).read(frozenset())) == []
    (live,) = connected(server).read(frozenset({("rule-file", "theirs.yml")}))
    assert live.mark is None
    assert b"unreadable" in live.body


def test_a_deletion_that_another_project_began_is_not_ours_to_finish(server):
    backup = server.base / "rules" / ".theirs.yml.provision-old"
    backup.write_text("groups: []\n")
    (live,) = connected(server).read(frozenset())
    assert live.mark is None
    plan = make_plan([], connected(server), "p", prune=True)
    assert plan.actions == ()
    (action,) = make_plan([file("theirs.yml")], connected(server), "p").actions
    assert action.verb is Verb.FOREIGN


def test_a_server_that_says_less_is_enough(server):
    server.knows_flags = server.knows_format = False
    assert [outcome.status for outcome in push(server, file("a.yml", "sum  by(a)( up )"))] == ["done"]
    assert push(server, file("a.yml", "sum  by(a)( up )")) == []


def test_a_server_that_does_not_tell_its_rules_gets_nothing_written(server):
    target = connected(server)
    plan = make_plan([file("a.yml")], target, "p")
    server.broken["/api/v1/status/config"] = 500
    (outcome,) = apply(plan, target)
    assert outcome.message.startswith("nothing was written: ")
    server.broken["/api/v1/rules"] = 500
    with pytest.raises(ServerRefused):
        make_plan([file("a.yml")], target, "p")


def test_the_patience_can_be_chosen(server):
    target = connected(server)
    assert PrometheusTarget(target.client, target.folder).patience_seconds == module.PATIENCE_SECONDS
