"""How a Prometheus is asked."""

from __future__ import annotations

import pytest

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import Late
from support.prometheus_asked import prometheus
from support.scripted_server import serving as scripted


def test_a_long_query_is_posted():
    with prometheus(query={"resultType": "vector", "result": []}) as (client, canned):
        expr = " + ".join(["up"] * 2000)
        assert client.query(expr) == ()
        assert canned.requests == [("POST", "/api/v1/query")]
        assert canned.queries == [{"query": [expr]}]


def test_an_attempt_without_any_answer():
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
