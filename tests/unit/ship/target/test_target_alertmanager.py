"""What the contract's scenarios don't reach: faults of the machine, amtool, and servers that say less."""

from __future__ import annotations

import os

import pytest

from provision.client.alertmanager import Alertmanager
from provision.client.session import Endpoint
from provision.compile.dialect.alertmanager import LATEST, config_bytes
from provision.errors import ProvisionError
from provision.model import Action, Resource, Verb, encode
from provision.ship.apply import apply
from provision.ship.plan import make_plan
from provision.ship.target import alertmanager as module
from provision.ship.target import swap
from provision.ship.target.alertmanager import connect
from support.programs import fake
from support.prometheus_standin import AlertmanagerState, serving


def config(*receivers, **fields):
    body = {
        "route": {"receiver": receivers[0]},
        "receivers": [{"name": name} for name in receivers],
        **fields,
    }
    return Resource("alertmanager-config", "root", encode(body))


ONE, TWO = config("one"), config("one", "two")
BAD = config("one", route={"receiver": "nobody"})


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    (tmp_path / "etc").mkdir()
    file = tmp_path / "etc" / "alertmanager.yml"
    file.write_bytes(config_bytes(ONE, "p"))
    state = AlertmanagerState(file)
    with serving(state) as url:
        state.url = url
        yield state


def connected(server, **fields):
    return connect(Endpoint(server.url), server.file, **fields)


def push(server, resource, target=None):
    target = target or connected(server)
    (outcome,) = apply(make_plan([resource], target, "p"), target)
    return outcome


@pytest.mark.parametrize(("said", "version"), [("0.25.0", (0, 25, 0)), ("", None)])
def test_the_dialect_is_the_servers_version(server, said, version):
    server.version = said
    target = connected(server)
    assert target.version == version
    assert target.dialect.version == (version or LATEST)
    assert target.name == f"alertmanager {server.url}"
    assert target.order == ("alertmanager-config",)
    assert target.marks == {"alertmanager-config"}


def test_a_field_that_the_server_does_not_know_is_refused_before_writing(server):
    hook = config("one", receivers=[{"name": "one", "webhook_configs": [{"url_file": "/f"}]}])
    text = server.file.read_bytes()
    outcome = push(server, hook)
    assert outcome.message == f"url_file needs Alertmanager 0.26, and {server.url} is 0.25"
    assert server.file.read_bytes() == text


def test_amtool_refuses_before_writing(server, tmp_path):
    fake(tmp_path / "amtool", stdout="Checking 'x'  FAILED: odd\n template\n", code=1, version="0.25.0")
    outcome = push(server, TWO, connected(server, tools_dir=tmp_path))
    assert outcome.message == "amtool refuses it: odd template"
    assert [found.name for found in server.file.parent.iterdir()] == ["alertmanager.yml"]


def test_secrets_are_in_no_words_about_them(server, tmp_path):
    secret = 't0p"secret'
    fake(tmp_path / "amtool", stdout=f'FAILED: odd {secret} and t0p\\"secret', code=1, version="0.25.0")
    asked = config("one", **{"global": {"slack_api_url": secret}})
    outcome = push(server, asked, connected(server, tools_dir=tmp_path))
    assert outcome.message == "amtool refuses it: odd (secret) and (secret)"


@pytest.mark.parametrize(("tool", "said"), [("0.24.0", "0.25.0"), ("", "0.25.0"), ("0.30.0", "")])
def test_an_amtool_that_is_older_or_unknown_does_not_decide(server, tmp_path, tool, said):
    server.version = said
    fake(tmp_path / "amtool", stdout="FAILED: odd", code=1, version=tool)
    assert push(server, TWO, connected(server, tools_dir=tmp_path)).status == "done"


def test_an_amtool_that_accepts_lets_it_pass(server, tmp_path):
    fake(tmp_path / "amtool", version="0.26.0")
    assert push(server, TWO, connected(server, tools_dir=tmp_path)).status == "done"


def test_a_configuration_is_not_deleted(server):
    target = connected(server)
    (live,) = target.read(frozenset())
    (outcome,) = target.write([Action(Verb.DELETE, live.kind, live.key, None, live)], "p")
    assert outcome.status == "failed"
    assert "can't run without a configuration" in outcome.message


def test_permissions(server, monkeypatch):
    target = connected(server)
    actions = make_plan([TWO], target, "p").writes
    assert target.missing_permissions(actions) == ()
    assert target.missing_permissions(()) == ()
    monkeypatch.setattr(os, "geteuid", lambda: 12345678)
    (fault,) = target.missing_permissions(actions)
    assert fault.startswith(f"{server.file}: it belongs to user")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert target.missing_permissions(actions) == (
        f"{server.file.parent}: this user may not write into the folder",
    )


def test_an_interrupt_puts_the_old_file_back(server, monkeypatch):
    text = server.file.read_bytes()
    reload = Alertmanager.reload
    calls = []

    def interrupted(self):
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt
        reload(self)

    monkeypatch.setattr(Alertmanager, "reload", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(server, TWO)
    assert server.file.read_bytes() == text
    assert len(calls) == 2


def test_an_old_file_that_cannot_be_put_back_is_said(server, monkeypatch):
    def refuse(_):
        raise ProvisionError("disk full")

    monkeypatch.setattr(swap, "put_back", refuse)
    outcome = push(server, BAD)
    assert outcome.message.endswith("and the old file could not be put back: disk full")
    assert (outcome.status, outcome.left_behind) == ("failed", True)


def test_a_reload_that_fails_twice_is_said(server):
    server.broken["/-/reload"] = 403
    outcome = push(server, TWO)
    assert "POST /-/reload isn't allowed" in outcome.message
    assert "the old file is back, but the reload of it failed" in outcome.message
    assert not outcome.left_behind
    assert server.file.read_bytes() == config_bytes(ONE, "p")


def test_a_server_that_stops_answering_may_run_the_new_file(server):
    server.broken["/-/reload"] = 502
    outcome = push(server, TWO)
    assert "the old file is back, but the reload of it failed" in outcome.message
    assert (outcome.status, outcome.left_behind) == ("failed", True)


def test_a_server_without_metrics_shows_its_routes_instead(server):
    server.knows_hash = False
    nested = config("one", "two", route={"receiver": "one", "routes": [{"receiver": "two", "routes": [{}]}]})
    assert push(server, nested).status == "done"
    server.file.write_bytes(config_bytes(TWO, "p"))
    (live,) = connected(server).read(frozenset())
    assert live.body == b"{}"


def test_what_cannot_be_compared_is_not_in_force(server):
    server.knows_hash = False
    target = connected(server)
    assert not target._in_force(b"a: [")


def test_a_file_that_is_new_and_not_read_by_the_server_goes_again(server, tmp_path):
    other = tmp_path / "other.yml"
    target = connect(Endpoint(server.url), other)
    outcome = push(server, TWO, target)
    assert outcome.message.endswith("the new file is gone again")
    assert not other.exists()


def test_the_message_says_where_to_look(server):
    assert push(server, TWO).url == f"{server.url}/#/status"
    assert module.CONFIG == "alertmanager-config"
