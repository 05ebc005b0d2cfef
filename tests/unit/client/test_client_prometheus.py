from __future__ import annotations

import math
from contextlib import contextmanager

import pytest

from provision.client.prometheus import (
    LoadedRule,
    Metadata,
    Prometheus,
    Refusal,
    Sample,
    ScrapeTarget,
    Series,
    Statistics,
)
from provision.client.session import Endpoint, open_session
from provision.errors import Late, NotAllowed, ServerRefused, Unreachable
from support.prometheus_standin import Canned, serving


@contextmanager
def prometheus(**answers):
    """A server that answers with these: the last part of a path → data, or (status, whatever)."""
    canned = Canned()
    for name, said in answers.items():
        path = {"reload": "/-/reload", "ready": "/-/ready", "buildinfo": "/api/v1/status/buildinfo",
                "config": "/api/v1/status/config", "flags": "/api/v1/status/flags"}.get(name, f"/api/v1/{name}")  # fmt: skip
        canned.answers[path] = said if isinstance(said, tuple) else (200, {"status": "success", "data": said})
    with serving(canned) as url, open_session(Endpoint(url)) as session:
        yield Prometheus(session), canned


def test_the_version_is_what_it_says():
    with prometheus(buildinfo={"version": "2.42.0+ds"}) as (client, _):
        assert client.version() == "2.42.0+ds"
    with prometheus(buildinfo={"version": ""}) as (client, _):
        assert client.version() == ""


@pytest.mark.parametrize("said", [(200, "hello"), (404, "not here"), (200, {"database": "ok"})])
def test_another_server_is_not_a_prometheus(said):
    with prometheus(buildinfo=said) as (client, _), pytest.raises(Unreachable):
        client.version()


@pytest.mark.parametrize("said", [(200, []), (200, {"status": "error"}), (200, {"status": "success"})])
def test_an_answer_of_another_form_is_not_a_prometheus(said):
    with prometheus(rules=said) as (client, _), pytest.raises(Unreachable, match="isn't a Prometheus"):
        client.rules()


@pytest.mark.parametrize(
    ("answers", "ask"),
    [
        ({"query": []}, lambda client: client.query("x")),
        ({"query": {"resultType": "vector", "result": [{"metric": {}}]}}, lambda client: client.query("x")),
        ({"query": {"resultType": "vector", "result": [7]}}, lambda client: client.attempt("x", timeout_seconds=1)),
        ({"query_range": {"result": [{"metric": {}, "values": [1]}]}}, lambda client: client.query_range("x", 1, 2, 1)),
        ({"query_range": {"result": 7}}, lambda client: client.attempt_range("x", 1, 2, 1, timeout_seconds=1)),
        ({"query": 7}, lambda client: client.attempt_measured("x", timeout_seconds=1)),
        ({"label/job/values": [1]}, lambda client: client.label_values("job")),
        ({"labels": 7}, lambda client: client.label_names()),
        ({"rules": {"groups": [{}]}}, lambda client: client.rules()),
        ({"targets": []}, lambda client: client.targets()),
        ({"metadata": ["up"]}, lambda client: client.metadata()),
    ],
)  # fmt: skip
def test_data_of_another_form_is_no_answer_of_a_prometheus(answers, ask):
    with prometheus(**answers) as (client, _), pytest.raises(Unreachable, match="isn't a Prometheus"):
        ask(client)


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
def test_ready(status, ready):
    with prometheus(ready=(status, "")) as (client, _):
        client.session._sleep = lambda _: None
        assert client.ready() is ready


def test_a_query_gives_samples():
    vector = {
        "resultType": "vector",
        "result": [{"metric": {"job": "a"}, "value": [12.5, "3"]}, {"metric": {}, "value": [12.5, "NaN"]}],
    }
    with prometheus(query=vector) as (client, canned):
        one, other = client.query("up", at=12.5)
        assert one == Sample({"job": "a"}, 3.0, 12.5)
        assert math.isnan(other.value)
        assert canned.queries == [{"query": ["up"], "time": ["12.5"]}]


def test_other_kinds_of_result():
    histogram = {"count": "3", "sum": "1"}
    for said, expected in (
        ({"resultType": "scalar", "result": [1, "2"]}, (Sample({}, 2.0, 1.0),)),
        (
            {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "2"], [2, "3"]]}]},
            (Sample({}, 3.0, 2.0),),
        ),
    ):
        with prometheus(query=said) as (client, _):
            assert client.query("x") == expected
    for item in (
        {"metric": {}, "histogram": [5, histogram]},
        {"metric": {}, "histograms": [[4, {}], [5, histogram]]},
    ):
        with prometheus(query={"resultType": "vector", "result": [item]}) as (client, _):
            (sample,) = client.query("x")
            assert (sample.time, sample.histogram) == (5.0, histogram)
            assert math.isnan(sample.value)
    with (
        prometheus(query={"resultType": "string", "result": [1, "a"]}) as (client, _),
        pytest.raises(ServerRefused, match="is text, not a number"),
    ):
        client.query('"a"')


def test_a_long_query_is_posted():
    with prometheus(query={"resultType": "vector", "result": []}) as (client, canned):
        expr = " + ".join(["up"] * 2000)
        assert client.query(expr) == ()
        assert canned.requests == [("POST", "/api/v1/query")]
        assert canned.queries == [{"query": [expr]}]


def test_what_it_refuses_is_told():
    said = (400, {"status": "error", "errorType": "bad_data", "error": "1:4: parse error: unexpected end"})
    with (
        prometheus(query=said) as (client, _),
        pytest.raises(ServerRefused, match="parse error: unexpected end"),
    ):
        client.query("up{")


def test_a_range_gives_series():
    matrix = {
        "resultType": "matrix",
        "result": [
            {"metric": {"a": "b"}, "values": [[1, "2"], [2, "+Inf"]]},
            {"metric": {}, "histograms": []},
        ],
    }
    with prometheus(query_range=matrix) as (client, canned):
        assert client.query_range("x", 1, 2, 1) == (
            Series({"a": "b"}, ((1.0, 2.0), (2.0, math.inf))),
            Series({}, ()),
        )
        assert canned.queries == [{"query": ["x"], "start": ["1"], "end": ["2"], "step": ["1"]}]


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


def test_rules_are_as_the_server_runs_them():
    groups = [{"name": "g", "file": "/etc/a.yml", "interval": 15, "rules": [
        {"type": "recording", "name": "r", "query": "up", "health": "ok"},
        {"type": "alerting", "name": "A", "query": "up == 0", "duration": 60, "labels": {"s": "p"}, "health": "err",
         "lastError": "boom", "state": "firing"}]}]  # fmt: skip
    with prometheus(rules={"groups": groups}) as (client, _):
        (group,) = client.rules()
        assert (group.file, group.name, group.interval_seconds) == ("/etc/a.yml", "g", 15.0)
        assert group.rules == (
            LoadedRule("record", "r", "up", {}, 0.0, "ok"),
            LoadedRule("alert", "A", "up == 0", {"s": "p"}, 60.0, "err", "boom", "firing"),
        )
        assert group.limit is None
    groups[0]["limit"] = 5
    groups[0]["rules"][1] |= {"keepFiringFor": 90, "annotations": {"a": "x"}}
    with prometheus(rules={"groups": groups}) as (client, _):
        (group,) = client.rules()
        assert (group.limit, group.rules[1].keep_firing_for_seconds) == (5, 90.0)
        assert group.rules[1].annotations == {"a": "x"}


def test_targets():
    active = [{"scrapePool": "a", "scrapeUrl": "http://x/metrics", "labels": {"job": "a"}, "health": "down", "lastError": "refused"},
              {"scrapeUrl": "http://y/metrics", "labels": {"job": "b"}, "health": "up", "lastError": ""}]  # fmt: skip
    with prometheus(targets={"activeTargets": active}) as (client, _):
        assert client.targets() == (
            ScrapeTarget("a", "http://x/metrics", {"job": "a"}, "down", "refused"),
            ScrapeTarget("b", "http://y/metrics", {"job": "b"}, "up", ""),
        )


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


def failed(kind, error):
    return {"status": "error", "errorType": kind, "error": error}


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ((400, failed("bad_data", 'invalid parameter "query": 1:4: parse error: x')), Refusal("wrong", "1:4: parse error: x")),
        ((422, failed("execution", "found duplicate series")), Refusal("wrong", "found duplicate series")),
        ((422, failed("execution", "query processing would load too many samples into memory in query execution")),
         Refusal("large", "query processing would load too many samples into memory in query execution")),
        ((503, failed("timeout", "query timed out in expression evaluation")),
         Refusal("slow", "query timed out in expression evaluation")),
        ((503, failed("canceled", "query was canceled")), Refusal("slow", "query was canceled")),
        ((500, failed("internal", "context deadline exceeded")), Refusal("slow", "context deadline exceeded")),
        ((504, "gateway time-out"), Refusal("slow", "gateway time-out")),
        # Mimir, and VictoriaMetrics, which gives the status for a kind.
        ((422, failed("execution", "the query exceeded the maximum number of series (limit: 1000 series)")),
         Refusal("large", "the query exceeded the maximum number of series (limit: 1000 series)")),
        ((422, failed("422", "cannot select more than -search.maxSamplesPerQuery=1000 samples")),
         Refusal("large", "cannot select more than -search.maxSamplesPerQuery=1000 samples")),
        ((503, failed("503", "timeout exceeded during query execution: 10 seconds")),
         Refusal("slow", "timeout exceeded during query execution: 10 seconds")),
    ],
)  # fmt: skip
def test_a_query_that_is_refused_is_an_answer(said, refusal):
    with prometheus(query=said) as (client, canned):
        assert client.attempt("up{", timeout_seconds=2.5) == refusal
        assert len(canned.queries) == 1
        assert canned.queries[0]["timeout"] == ["2.5"]


@pytest.mark.parametrize("said", [(500, "panic"), (503, "busy"), (404, "no"), (401, "who?")])
def test_a_refusal_that_is_not_about_the_query(said):
    with prometheus(query=said) as (client, _), pytest.raises(ServerRefused):
        client.attempt("up", timeout_seconds=1)


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


@pytest.mark.parametrize(
    ("stats", "found"),
    [
        ({"samples": {"totalQueryableSamples": 900, "peakSamples": 12}}, Statistics(900, 12)),
        ({"samples": {"totalQueryableSamples": 900}}, None),
        ({"seriesFetched": "1"}, None),
        ({"samples": 7}, None),
        (None, None),
    ],
)
def test_what_a_query_costs(stats, found):
    vector = {"resultType": "vector", "result": [], "stats": stats}
    with prometheus(query=vector) as (client, canned):
        assert client.attempt_measured("up", timeout_seconds=1) == ((), found)
        assert canned.queries == [{"query": ["up"], "stats": ["true"], "timeout": ["1"]}]
    with prometheus(query=(503, failed("timeout", "query timed out"))) as (client, _):
        assert client.attempt_measured("up", timeout_seconds=1) == Refusal("slow", "query timed out")


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


def test_an_attempt_without_any_answer():
    from support.scripted_server import serving as scripted

    with scripted("hang") as script, open_session(Endpoint(script.url)) as session:
        client = Prometheus(session, slack_seconds=0.1)
        with pytest.raises(Late):
            client.attempt("up", timeout_seconds=0.1)


def test_labels_and_their_values_within_a_time():
    with prometheus(labels=["__name__", "a.b"]) as (client, canned):
        assert client.label_names(["up"], 1, 2) == ("__name__", "a.b")
        assert canned.queries[0] == {"match[]": ["up"], "start": ["1"], "end": ["2"]}
        canned.answers["/api/v1/label/U__a_2e_b__c/values"] = (200, {"status": "success", "data": ["x"]})
        assert client.label_values("a.b_c", start=0.0) == ("x",)
        canned.answers["/api/v1/label/job/values"] = (200, {"status": "success", "data": None})
        assert client.label_values("job") == ()
