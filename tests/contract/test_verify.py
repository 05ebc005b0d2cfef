"""What `verify` says of expressions, by a real Prometheus that scrapes itself."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provision.client.prometheus import Prometheus
from provision.client.prometheus_address import connected
from provision.client.session import Endpoint, Session
from provision.project import Project
from provision.prove.verify.firing import Fired
from provision.prove.verify.servers import Server
from provision.prove.verify.verdicts import Verdict
from provision.prove.verify.verifying import Limits, verify
from support import servers
from support.checking import dashboard, group, panel
from support.stores import MOST_SAMPLES, Store, store

pytestmark = pytest.mark.server

PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module", params=["prometheus", "cortex", "mimir", "thanos", "victoriametrics"])
def store_name(request: pytest.FixtureRequest) -> str:
    """What is asked: the Prometheus itself, or another server that has its data."""
    return str(request.param)


def configure(url: str, folder: Path, settings: dict[str, object]) -> None:
    """Have the Prometheus there run these settings."""
    (folder / "prometheus.yml").write_text(json.dumps(settings))
    with Session(Endpoint(url)) as session:
        Prometheus(session).reload()


@pytest.fixture(scope="module")
def client(store_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """One that allows few samples in a query, so that a query can ask for too many. `PROMETHEUS_PROGRAM` names another
    program than that of the tests; `support.stores` says how the others are named."""
    program = Path(os.environ.get("PROMETHEUS_PROGRAM") or servers.require("prometheus"))
    base = tmp_path_factory.mktemp(store_name)
    with ExitStack() as open_:
        most = f"--query.max-samples={MOST_SAMPLES}"
        url = open_.enter_context(servers.prometheus(base, most, program=program))
        targets = [{"targets": [url.removeprefix("http://"), "127.0.0.1:1"]}]
        settings = {
            "global": {"scrape_interval": "1s", "external_labels": {"cluster": "eu"}},
            "scrape_configs": [{"job_name": "itself", "static_configs": targets}],
        }
        configure(url, base, settings)
        asked = Store(Endpoint(url), {})
        if store_name != "prometheus":
            asked = open_.enter_context(store(store_name, base, url))
            configure(url, base, settings | asked.settings)
        with connected(asked.endpoint) as found:
            limit = time.monotonic() + PATIENCE_SECONDS
            while not (found.client.query("count_over_time(up[5s]) > 2") and found.client.metadata()):
                assert time.monotonic() < limit
                time.sleep(0.1)
            yield found.client


def test_what_a_query_costs(client: Prometheus, store_name: str) -> None:
    checks = {"query-cost": {"max_series": 1, "max_samples": 10, "max_peak_samples": 10}}
    report = verify(
        [dashboard(panel('{__name__=~"go_memstats_.+"}', "vector(1)"))],
        Project(root=Path("/nowhere"), name="test", settings={"checks": checks}),
        [Server(client, "itself")],
        Limits(),
    )
    costly, cheap = report.results
    assert [each.id for each in costly.remarks] == ["query-cost"]
    if store_name in ("mimir", "victoriametrics"):
        assert costly.remarks[0].message.startswith("it has ")
        assert ["it doesn't tell how many samples a query reads" in note for note in report.notes] == [True]
        return
    assert [
        words
        for words in ("it has ", "it reads ", "at once for it")
        if words not in costly.remarks[0].message
    ] == []
    assert costly.verdict.statistics is not None
    assert costly.verdict.series is not None
    assert costly.verdict.statistics.samples >= costly.verdict.series > 10
    assert cheap.remarks == ()
    assert report.notes == ()


def test_how_often_an_alert_would_have_fired(client: Prometheus) -> None:
    flapping = {"alert": "A", "expr": "vector(time()) % 20 < 10", "for": "3s", "keep_firing_for": "4s"}
    report = verify(
        [
            group(
                flapping,
                {"alert": "B", "expr": "vector(1) == 2"},
                {"alert": "C", "expr": "up == 0"},
                interval="1s",
            )
        ],
        Project(root=Path("/nowhere"), name="test"),
        [Server(client, "itself")],
        Limits(alerts_seconds=3600.0),
    )
    often, never, lately = ((each.remarks[0].message, each.remarks[0].fired) for each in report.results)
    # Of each 20 s, from the third second to four seconds after the ninth.
    assert often[1] is not None
    assert often[1].series == 1
    assert abs(often[1].times - 180) <= 1
    assert abs(often[1].seconds - 180 * 11) <= 11
    assert never == ("it would not have fired in the last 1h", Fired(0, 0, 0.0))
    assert lately[0].startswith("it would have fired once in the last 1h, for 1 series, ")
    assert report.notes == ()


def verdicts(client: Prometheus, *exprs: str, **limits: object) -> list[Verdict]:
    rules = [{"record": f"a:b:c{number}", "expr": expr} for number, expr in enumerate(exprs)]
    report = verify(
        [group(*rules)],
        Project(root=Path("/nowhere"), name="test"),
        [Server(client, "itself")],
        Limits(**limits),  # type: ignore[arg-type]
    )
    return [each.verdict for each in report.results]


OF_METRICSQL = {
    '{__name__=~"go_.*"} > 1e200': ("data", ""),
    '{__name__=~"go_.*"} > bool 1': ("too-many-series", "more than 20 are too many"),
    "up and": ("error", "error when executing query"),
    "up * on (job) prometheus_http_requests_total": ("error", "error when executing query"),
}
"""What is otherwise in the language of VictoriaMetrics, where series may be alike, or is told in its words."""


@pytest.mark.parametrize(
    ("expr", "status", "message"),
    [
        ("up", "data", ""),
        ("up == 5", "data", ""),
        ('absent(up{job="itself"})', "data", ""),
        ("sum by (handler) (rate(prometheus_http_requests_total[5s])) > 1e9", "data", ""),
        ("up # all of them", "data", ""),
        ("1", "data", ""),
        ("time() - process_start_time_seconds", "data", ""),
        ("max_over_time(up[10s:1s])", "data", ""),
        ("prometheus_http_request_total", "unknown-metric", "the server has never had a metric prometheus_http_request_total"),
        ('up{jobs="itself"}', "unknown-label", "no series of up has a label jobs"),
        ("sum by (backend) (rate(prometheus_http_requests_total[5s]))", "unknown-label",
         "no series of prometheus_http_requests_total has a label backend"),
        ("sum by (job, handler) (rate(prometheus_http_requests_total{handler=~\"/-/.*\"}[5s]))", "data", ""),
        ("up * on (job) group_left (handler) count by (job) (go_info)", "data", ""),
        ("up * on (job, instance) group_left (handler) go_info", "unknown-label", "no series of go_info has a label handler"),
        ("sum by (version) (up * on (job, instance) group_left (version) go_info)", "data", ""),
        ("sum by (cluster, job) (up)", "data", ""),
        ('up{job="other"}', "unknown-value", 'no series of up has had job="other"'),
        ('up{job=~"other|another"}', "unknown-value", "no job of up has matched 'other|another'"),
        ('{__name__=~"shop_.+"}', "unknown-metric", 'no metric that the server has matches __name__=~"shop_.+"'),
        ('{__name__=~"go_.+", jobs="itself"}', "unknown-value", 'no series of those names has had jobs="itself"'),
        ('{__name__=~"go_.+", job=~"it.*", instance!~".*"} > 1', "unknown-value", 'no series of those names has had instance!~".*"'),
        ('{__name__=~"up|go_info", version=~"go.+", instance="127.0.0.1:1"}', "empty", "has all of these labels at once"),
        ('{__name__=~"go_.*"} >= 0', "too-many-series", "more than 20 are too many"),
        ('{__name__=~"go_.*"} > 1e200', "data", "its conditions hold for none of it just now"),
        ('{__name__=~"go_.*"} > bool 1', "error", "vector cannot contain metrics with the same labelset"),
        ('go_info{job="itself", instance="127.0.0.1:1"}', "unknown-value", 'no series of go_info has had instance="127.0.0.1:1"'),
        ("histogram_quantile(0.9, rate(prometheus_http_request_duration_seconds[5s]))", "type-misuse",
         "prometheus_http_request_duration_seconds is a histogram, and there are no series of that name"),
        ("rate(go_goroutines[5s])", "type-misuse", "go_goroutines is a gauge: rate() takes each time that it falls for a restart"),
        ("up / on (job, handler) sum by (job, handler) (prometheus_http_requests_total)", "empty", "no series on the left of '/' has a partner on the right"),
        ("rate(up[1ms])", "empty", "up has data, and has none within the range that it is asked over"),
        ("up offset 1h", "empty", "up has data, and has none at the time that up offset 1h reaches back to"),
        ("up and", "error", "parse error"),
        ("up * on (job) prometheus_http_requests_total", "error", "found duplicate series for the match group"),
        ('sum_over_time(label_replace({__name__=~".+"}, "n", "$1", "__name__", "(.+)")[10s:50ms])', "too-many-series", "too many samples"),
        ('{__name__=~"go_.*"}', "too-many-series", "more than 20 are too many"),
    ],
)  # fmt: skip
def test_verdicts(client: Prometheus, store_name: str, expr: str, status: str, message: str) -> None:
    if message == "too many samples" and store_name in ("mimir", "thanos", "victoriametrics"):
        pytest.skip(f"{store_name} doesn't count the samples of a query as Prometheus does")
    if store_name == "victoriametrics":
        status, message = OF_METRICSQL.get(expr, (status, message))
    (found,) = verdicts(client, expr, most_series=20)
    assert (found.status, message in found.message) == (status, True), found


def test_the_whole_of_a_dashboard(client: Prometheus, store_name: str) -> None:
    shop = dashboard(
        panel('rate(prometheus_http_requests_total{handler=~"$handler", instance="$instance"}[$__rate_interval])'),
        templating={"list": [
            {"name": "instance", "type": "query", "query": 'query_result(up{job="$job"} == 1)', "regex": '/instance="([^"]+)"/'},
            {"name": "job", "type": "query", "query": "label_values(up, job)"},
            {"name": "handler", "type": "query", "query": "label_values(prometheus_http_requests_total, handler)",
             "regex": "/api/", "includeAll": True},
        ]},
    )  # fmt: skip
    rules = group({"alert": "A", "expr": "up == 0", "labels": {"cluster": "us"}})
    report = verify(
        [shop, rules],
        Project(root=Path("/nowhere"), name="test"),
        [Server(client, "itself")],
        Limits(),
        scrape_seconds=0.5,
    )
    assert {each.asked.what: each.verdict.message for each in report.results if each.severity} == {}
    if store_name != "prometheus":  # which alone tells of its configuration
        assert report.notes == ()
        return
    assert any(
        "its label cluster takes the place of the server's external label" in note for note in report.notes
    )
    assert any("the server scrapes every 1s" in note for note in report.notes)


def test_a_query_that_takes_too_long(client: Prometheus) -> None:
    slow = "sum(sum_over_time((sum by (le, handler) (rate(prometheus_http_request_duration_seconds_bucket[5m])))[9d:1s]))"
    (found,) = verdicts(client, slow, timeout_seconds=0.001)
    assert found.status in ("too-slow", "too-many-series"), found
