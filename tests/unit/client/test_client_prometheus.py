from __future__ import annotations

import math

import pytest

from provision.client.prometheus import (
    Metadata,
    Refusal,
    Sample,
    Series,
)
from provision.errors import NotAllowed, ServerRefused, Unreachable
from support.prometheus_asked import failed, prometheus


def test_the_version_is_what_it_says():
    with prometheus(buildinfo={"version": "2.42.0+ds"}) as (client, _):
        assert client.version() == "2.42.0+ds"
    with prometheus(buildinfo={"version": ""}) as (client, _):
        assert client.version() == ""


@pytest.mark.parametrize("said", [(200, "hello"), (404, "not here"), (200, {"database": "ok"})])
def test_another_server_is_not_a_prometheus(said):
    with prometheus(buildinfo=said) as (client, _), pytest.raises(Unreachable):
        client.version()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
def test_ready(status, ready):
    with prometheus(ready=(status, "")) as (client, _):
        client.session._sleep = lambda _: None
        assert client.ready() is ready


def test_what_it_refuses_is_told():
    said = (400, {"status": "error", "errorType": "bad_data", "error": "1:4: parse error: unexpected end"})
    with (
        prometheus(query=said) as (client, _),
        pytest.raises(ServerRefused, match="parse error: unexpected end"),
    ):
        client.query("up{")


def test_series_and_label_values_and_metadata():
    with prometheus(
        series=[{"__name__": "up", "job": "a"}],
        metadata={"up": [{"type": "gauge", "help": "h", "unit": ""}, {"type": "counter", "help": "i"}]},
        **{"label/job/values": ["a", "b"]},
    ) as (client, canned):
        assert client.series(["up", "down"]) == ({"__name__": "up", "job": "a"},)
        assert client.label_values("job") == ("a", "b")
        assert client.label_values("job", ["up"]) == ("a", "b")
        assert client.metadata() == {"up": (Metadata("gauge", "h", ""), Metadata("counter", "i", ""))}
        client.metadata("up")
        assert canned.queries == [
            {"match[]": ["up", "down"]},
            {},
            {"match[]": ["up"]},
            {},
            {"metric": ["up"]},
        ]


def test_config_flags_and_format():
    with prometheus(config={"yaml": "global: {}"}, flags={"a": "b"}, format_query="up == 0") as (client, _):
        assert client.config() == "global: {}"
        assert client.flags() == {"a": "b"}
        assert client.formatted("up==0") == "up == 0"
    with prometheus() as (client, _):
        assert client.flags() == {}
        assert client.formatted("up==0") is None


def test_a_reload_that_works_is_silent():
    with prometheus(reload=(200, "")) as (client, canned):
        client.reload()
        assert canned.requests == [("POST", "/-/reload")]


@pytest.mark.parametrize(
    ("status", "said", "kind", "message"),
    [
        (
            500,
            "failed to reload config: one or more errors",
            ServerRefused,
            "could not reload: failed to reload config",
        ),
        (403, "Lifecycle API is not enabled.", NotAllowed, "start Prometheus with --web.enable-lifecycle"),
        (404, "404 page not found", NotAllowed, "start Prometheus with --web.enable-lifecycle"),
        (403, "no", NotAllowed, "POST /-/reload isn't allowed; allow it to the account"),
        (401, "who are you", NotAllowed, "it wants credentials"),
    ],
)
def test_a_reload_that_fails_says_why(status, said, kind, message):
    with prometheus(reload=(status, said)) as (client, _), pytest.raises(kind, match=message):
        client.reload()


def test_an_attempt_that_has_an_answer():
    vector = {"resultType": "vector", "result": [{"metric": {"a": "b"}, "value": [12, "3"]}]}
    with prometheus(query=vector) as (client, _):
        assert client.attempt("up", timeout_seconds=1) == (Sample({"a": "b"}, 3.0, 12.0),)
        assert client.attempt("up or " * 2000 + "up", timeout_seconds=1) == (Sample({"a": "b"}, 3.0, 12.0),)
    with prometheus(query={"resultType": "scalar", "result": [1, "2"]}) as (client, _):
        assert client.attempt("2", timeout_seconds=1) == (Sample({}, 2.0, 1.0),)
    with prometheus(query={"resultType": "string", "result": [1, "a"]}) as (client, _):
        (found,) = client.attempt('"a"', timeout_seconds=1)
        assert math.isnan(found.value)


def test_an_attempt_over_time():
    matrix = {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": [[1, "2"], [2, "3"]]}]}
    with prometheus(query_range=matrix) as (client, canned):
        found = client.attempt_range("x", 1, 2, 1, timeout_seconds=2)
        assert found == (Series({"a": "b"}, ((1.0, 2.0), (2.0, 3.0))),)
        assert canned.queries == [
            {"query": ["x"], "start": ["1"], "end": ["2"], "step": ["1"], "timeout": ["2"]}
        ]
    with prometheus(query_range=(503, failed("timeout", "query timed out"))) as (client, _):
        assert client.attempt_range("x", 1, 2, 1, timeout_seconds=2) == Refusal("slow", "query timed out")


@pytest.mark.parametrize("said", [None, 7, [7], {}, "x"])
@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("config", lambda client: client.config()),
        ("flags", lambda client: client.flags()),
        ("series", lambda client: client.series(["up"])),
    ],
)
def test_an_answer_of_another_form_is_not_a_prometheus(path, ask, said):
    if (path, said) in (("flags", {}), ("series", {})):
        pytest.skip("it is one of that form")
    with prometheus(**{path: said}) as (client, _), pytest.raises(Unreachable, match="isn't a Prometheus"):
        ask(client)
