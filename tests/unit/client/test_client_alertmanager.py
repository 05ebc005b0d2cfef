from __future__ import annotations

from contextlib import contextmanager

import pytest

from provision.client.alertmanager import Alertmanager, HeldAlert, hash_of
from provision.client.session import Endpoint, open_session
from provision.errors import NotAllowed, ServerRefused, Unreachable
from support.prometheus_standin import Canned, serving

STATUS = {"cluster": {}, "versionInfo": {"version": "0.25.0"}, "config": {"original": "route: {}\n"}}


@contextmanager
def alertmanager(**answers):
    paths = {"reload": "/-/reload", "ready": "/-/ready", "metrics": "/metrics"}
    canned = Canned(
        {
            paths.get(name, f"/api/v2/{name}"): said if isinstance(said, tuple) else (200, said)
            for name, said in answers.items()
        }
    )
    with serving(canned) as url, open_session(Endpoint(url)) as session:
        yield Alertmanager(session), canned


def test_the_status_is_version_and_configuration():
    with alertmanager(status=STATUS) as (client, _):
        status = client.status()
        assert (status.version, status.config) == ("0.25.0", "route: {}\n")


def test_another_server_is_not_an_alertmanager():
    with (
        alertmanager(status={"hello": 1}) as (client, _),
        pytest.raises(Unreachable, match="isn't an Alertmanager"),
    ):
        client.status()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (404, False)])
def test_ready(status, ready):
    with alertmanager(ready=(status, "")) as (client, _):
        assert client.ready() is ready


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((200, "# HELP x\nalertmanager_config_hash 2.71737237659594e+14\n"), 271737237659594.0),
        ((200, 'alertmanager_config_hash{a="b"} 5\n'), 5.0),
        ((200, "other 1\n"), None),
        ((403, "alertmanager_config_hash 5\n"), None),
    ],
)
def test_the_hash_is_of_the_bytes_in_force(said, expected):
    with alertmanager(metrics=said) as (client, _):
        assert client.config_hash() == expected


def test_the_hash_of_bytes_is_the_beginning_of_their_md5():
    # MD5 of nothing is d41d8cd98f00 b204…; Alertmanager takes the first six bytes, little-endian.
    assert hash_of(b"") == float(0x008FD98C1DD4)


def test_alerts():
    held = [{"labels": {"alertname": "A"}, "annotations": {"summary": "s"}, "status": {"state": "active"},
             "receivers": [{"name": "a"}, {"name": "b"}], "startsAt": "2026-01-01T00:00:00Z",
             "endsAt": "2026-01-01T01:00:00Z"}]  # fmt: skip
    with alertmanager(alerts=held) as (client, canned):
        assert client.alerts(['severity="page"']) == (
            HeldAlert(
                {"alertname": "A"},
                {"summary": "s"},
                "active",
                ("a", "b"),
                "2026-01-01T00:00:00Z",
                "2026-01-01T01:00:00Z",
            ),
        )
        client.alerts()
        assert canned.queries == [{"filter": ['severity="page"']}, {}]


def test_a_reload_that_works_is_silent():
    with alertmanager(reload=(200, "")) as (client, canned):
        client.reload()
        assert canned.requests == [("POST", "/-/reload")]


@pytest.mark.parametrize(
    ("status", "said", "kind", "message"),
    [
        (
            500,
            "failed to reload config: undefined receiver",
            ServerRefused,
            "it could not reload: undefined receiver",
        ),
        (
            500,
            'failed to reload config: parse "https://h/secret%zz": bad',
            ServerRefused,
            r'it could not reload: parse "\*\*\*": bad',
        ),
        (403, "no", NotAllowed, "allow it in the proxy before it"),
        (405, "no", NotAllowed, "allow it in the proxy before it"),
    ],
)
def test_a_reload_that_fails_says_why(status, said, kind, message):
    with alertmanager(reload=(status, said)) as (client, _), pytest.raises(kind, match=message):
        client.reload()
