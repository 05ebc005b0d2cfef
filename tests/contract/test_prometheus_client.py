"""The client's questions, asked of a real Prometheus that scrapes itself."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ServerRefused, Unreachable
from support import servers

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    servers.require("prometheus")
    base = tmp_path_factory.mktemp("prometheus")
    with servers.prometheus(base) as url:
        address = url.removeprefix("http://")
        (base / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
            "rule_files: [rules.yml]\n"
            f"scrape_configs: [{{job_name: itself, static_configs: [{{targets: ['{address}', '127.0.0.1:1']}}]}}]\n"
        )
        (base / "rules.yml").write_text(
            "groups: [{name: g, rules: [{record: 'a:b:c', expr: 'vector(7)', labels: {x: y}},"
            " {alert: Always, expr: 'a:b:c  >  1', for: 1h, labels: {severity: page}}]}]\n"
        )
        with open_session(Endpoint(url)) as session:
            client = Prometheus(session)
            client.reload()
            limit = time.monotonic() + 60
            while not (client.query("a:b:c") and client.query("up == 1") and client.query("up == 0")):
                assert time.monotonic() < limit
                time.sleep(0.1)
            yield client


def test_it_says_what_it_is(client):
    assert isinstance(client.version(), str)
    assert client.ready() is True
    assert "a:b:c" not in client.config()
    assert "rule_files" in client.config()
    assert client.flags()["web.enable-lifecycle"] == "true"


def test_queries(client):
    (sample,) = client.query('a:b:c{x="y"}')
    assert (sample.labels["__name__"], sample.value) == ("a:b:c", 7.0)
    assert [found.value for found in client.query("1 + 1")] == [2.0]
    assert client.query("nothing_of_that_name") == ()
    assert client.query("up == 1", at=1.0) == ()
    long = " or ".join(['up{instance="nobody"}'] * 400 + ["vector(3)"])
    assert [found.value for found in client.query(long)] == [3.0]
    assert client.query("a:b:c[1m]")[0].value == 7.0
    with pytest.raises(ServerRefused, match="parse error"):
        client.query("up{")
    with pytest.raises(ServerRefused, match="is text"):
        client.query('"text"')


def test_ranges(client):
    now = time.time()
    (series,) = client.query_range("vector(1)", now - 10, now, 5)
    assert [value for _, value in series.points] == [1.0, 1.0, 1.0]
    assert all(after - before == pytest.approx(5) for (before, _), (after, _) in pairwise(series.points))


def test_names(client):
    assert {found["job"] for found in client.series(["up"])} == {"itself"}
    assert "up" in client.label_values("__name__")
    assert client.label_values("x", ["a:b:c"]) == ("y",)
    assert client.metadata("prometheus_build_info")["prometheus_build_info"][0].type == "gauge"
    assert len(client.metadata()) > 50


def test_what_it_runs_and_scrapes(client):
    (group,) = client.rules()
    assert (group.name, group.interval_seconds) == ("g", 1.0)
    record, alert = group.rules
    assert (record.kind, record.name, record.expr, record.labels) == (
        "record",
        "a:b:c",
        "vector(7)",
        {"x": "y"},
    )
    assert (alert.kind, alert.name, alert.expr, alert.for_seconds) == ("alert", "Always", "a:b:c > 1", 3600.0)
    health = {found.url: (found.job, found.health) for found in client.targets()}
    assert health[f"{client.url}/metrics"] == ("itself", "up")
    assert health["http://127.0.0.1:1/metrics"] == ("itself", "down")


def test_how_it_writes_an_expression(client):
    assert client.formatted("sum(up)by(job)") == "sum by (job) (up)"
    with pytest.raises(ServerRefused, match="parse error"):
        client.formatted("sum(")


def test_a_prometheus_is_no_alertmanager(client):
    from provision.client.alertmanager import Alertmanager

    with pytest.raises(Unreachable, match="a Prometheus answers there, not an Alertmanager"):
        Alertmanager(client.session).status()
