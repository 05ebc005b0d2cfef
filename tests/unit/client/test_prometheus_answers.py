"""What is read of a Prometheus' answers."""

from __future__ import annotations

import math

import pytest

from provision.client.prometheus import (
    LoadedRule,
    Refusal,
    Sample,
    ScrapeTarget,
    Series,
    Statistics,
)
from provision.errors import ServerRefused, Unreachable
from support.prometheus_asked import failed, prometheus


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
