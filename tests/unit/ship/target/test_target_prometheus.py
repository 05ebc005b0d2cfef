"""What the contract's scenarios don't reach: what the target says it is and may do, and servers that say less."""

from __future__ import annotations

import os
import tempfile

import pytest

from provision.compile.dialect.prometheus import LATEST
from provision.errors import ServerRefused
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import prometheus as module
from provision.ship.target.prometheus import PrometheusTarget
from support.rule_files import connected, file, push


@pytest.mark.parametrize(("said", "version"), [("2.42.0+ds", (2, 42, 0)), ("", None)])
def test_the_dialect_is_the_servers_version(server, said, version):
    server.version = said
    target = connected(server)
    assert target.version == version
    assert target.dialect.version == (version or LATEST)
    assert target.name == f"prometheus {server.url}"
    assert target.order == ("rule-file",)
    assert target.marks == {"rule-file"}


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


def test_permissions_are_those_of_the_files_too(server, monkeypatch):
    push(server, file("a.yml"))
    target = connected(server)
    plan = make_plan([file("a.yml", "vector(2)"), file("sub/b.yml")], target, "p")
    assert target.missing_permissions(plan.writes) == ()
    assert target.missing_permissions(()) == ()
    monkeypatch.setattr(os, "geteuid", lambda: 12345678)
    (fault,) = target.missing_permissions(plan.writes)
    assert fault.startswith(f"{target.folder / 'a.yml'}: it belongs to user")


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
