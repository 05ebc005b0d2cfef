"""Settings of contact points behind references, though a Grafana shows them."""

from __future__ import annotations

import pytest

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import CONTACT_POINT
from provision.model import decode
from provision.ship.target.grafana_hidden import behind, in_plain, value_at

SERVER = {"source": "server", "name": ""}
ENV = {"source": "env", "name": "HOOK"}


def point(settings, **secure):
    integration = {"uid": "u", "type": "webhook", "settings": settings, "secure": secure}
    return canonical(CONTACT_POINT, {"name": "ops", "integrations": [integration]})


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"url": "http://h"}, set()),
        ({"url": "http://h/token"}, {"url"}),
        ({"url": "http://h", "username": "me", "title": "http://x/y"}, set()),
        ({"proxy": "http://me:hush@h"}, {"proxy"}),
        ({"http_config": {"oauth2": {"endpoint_params": {"a": "hush"}, "client_id": "c"}}}, {"http_config.oauth2.endpoint_params.a"}),
        ({"headers": {"X-Auth": "hush", "X-Team": "a"}}, {"headers.X-Auth"}),
        ({"headers": {"a.token": "hush"}}, set()),
        ({"tokens": [{"token": "hush"}]}, set()),
    ],
)  # fmt: skip
def test_what_no_source_may_hold(settings, names):
    (found,) = in_plain(point(settings)).values()
    assert set(found) == names
    assert all(reference == SERVER for reference in found.values())


def test_they_stand_behind_their_references():
    body = point({"url": "http://h/hush", "a": {"b": "hush", "c": 1}}, other=ENV)
    (found,) = decode(behind(body, {"u": {"url": ENV, "a.b": SERVER, "gone": ENV}}))["integrations"]
    assert found["settings"] == {"a": {"c": 1}}
    assert found["secure"] == {"other": ENV, "url": ENV, "a.b": SERVER}
    assert behind(body, {"another": {"url": ENV}}) == body


def test_a_value_that_grafana_shows():
    settings = {"a": {"b": "x", "c": "[REDACTED]", "d": ""}}
    assert [value_at(settings, ["a", name]) for name in "bcde"] == ["x", None, None, None]
    assert value_at(settings, ["x", "y"]) is None
