"""What a refused query was refused for."""

from __future__ import annotations

import pytest

from provision.client.prometheus import Refusal
from provision.errors import ServerRefused
from support.prometheus_asked import failed, prometheus


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


def test_the_request_that_was_refused_is_named():
    with (
        prometheus(query_range=(500, "panic")) as (client, _),
        pytest.raises(ServerRefused, match="/api/v1/query_range"),
    ):
        client.attempt_range("up", 0, 60, 15, timeout_seconds=1)
