"""What becomes of rule files whose batch fails: faults of the machine, and servers that refuse or die."""

from __future__ import annotations

import pytest

from provision.client.prometheus import Prometheus
from provision.compile.dialect.prometheus import rule_file_bytes
from provision.errors import ProvisionError
from provision.ship.target import rules_rollout, swap
from provision.ship.target.rules_proof import look
from support.rule_files import connected, file, names, push


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
    monkeypatch.setattr(Prometheus, "reload", lambda _: (_ for _ in ()).throw(ProvisionError("gone")))
    (outcome,) = push(server, file("a.yml"))
    assert outcome.message == "gone; the old files are back, but whether it runs them is not known: gone"


def test_old_files_that_cannot_be_put_back_are_said(server, monkeypatch):
    def refuse(_):
        raise ProvisionError("can't be put back: disk full", where="a.yml")

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

    monkeypatch.setattr(rules_rollout, "prove", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(server, file("a.yml", "vector(2)"))
    assert (server.base / "rules" / "a.yml").read_bytes() == text
    assert names(server) == ["a.yml"]


def test_a_file_that_cannot_be_swapped_leaves_nothing_behind(server, monkeypatch):
    def refuse(*_, **__):
        raise ProvisionError("can't be written: odd")

    monkeypatch.setattr(swap, "swap", refuse)
    push(server, file("a.yml"))
    assert names(server) == []
    (server.base / "rules" / "b.yml").write_bytes(rule_file_bytes(file("b.yml"), "p"))
    outcomes = push(server, target=connected(server), prune=True)
    assert [(outcome.status, outcome.message) for outcome in outcomes] == [
        ("failed", "can't be written: odd")
    ]
    assert names(server) == ["b.yml"]


def test_what_is_in_force_is_told_when_the_server_fails_in_the_midst_of_parts(server, monkeypatch):
    """Of three files one is refused and another one suspected; the last can't be tried any more."""
    looked = []

    def asked(client):
        looked.append(client)
        if len(looked) > 1:
            raise ProvisionError("it is gone")
        return look(client)

    monkeypatch.setattr(rules_rollout, "look", asked)
    monkeypatch.setattr(rules_rollout, "explained", lambda *_: {"c.yml": "it looks odd"})
    found = push(server, file("a.yml"), file("b.yml", "sum("), file("c.yml"))
    assert [(one.action.key, one.status) for one in found] == [
        ("a.yml", "done"),
        ("b.yml", "failed"),
        ("c.yml", "failed"),
    ]
    assert found[2].message == "it was not written: it is gone"
    assert names(server) == ["a.yml"]


def test_a_server_that_is_gone_once_files_are_swapped_is_told_with_what_became_of_them(server, monkeypatch):
    push(server, file("a.yml"))
    text = (server.base / "rules" / "a.yml").read_bytes()

    def gone(*_):
        raise ProvisionError("it is gone")

    monkeypatch.setattr(rules_rollout, "prove", gone)
    found = push(server, file("a.yml", "vector(2)"), file("b.yml"))
    assert [(one.status, one.message) for one in found] == [
        ("failed", "it is gone; the old files are back and in force")
    ] * 2
    assert (server.base / "rules" / "a.yml").read_bytes() == text
    assert names(server) == ["a.yml"]
