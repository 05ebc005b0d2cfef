"""What is said of an expression, by what the server knows."""

from __future__ import annotations

import pytest

from provision.client.prometheus import Refusal
from provision.errors import Late, NotAllowed, ServerRefused, TooLarge, Unreachable
from provision.model import Part, Place
from provision.prove.verify.classify import judged
from provision.prove.verify.verdicts import Asked, Verdict
from support.series_standin import KnownSeries, knowledge

WEB = {"__name__": "requests_total", "job": "web", "code": "200"}
API = {"__name__": "requests_total", "job": "api", "code": "500"}
UP = {"__name__": "up", "job": "web"}
BUCKETS = ({"__name__": f"latency{part}", "job": "web"} for part in ("_bucket", "_count", "_sum"))
OLD = {"__name__": "requests_total", "job": "old", "code": "200"}

PART = Part("dashboard", "shop", "/spec", "a.json")
SERIES = (WEB, API, UP, *BUCKETS)


def verdict(
    expr: str, client: KnownSeries | None = None, window: float | None = None, **settings: object
) -> Verdict:
    asked = Asked('dashboard "Shop"', "panel", Place("a.json", 1), PART, expr, expr, window)
    client = client or KnownSeries(*SERIES, past=[OLD])
    known = knowledge(client, **settings)
    return judged(asked, known, most_series=10)


def blamed(expr: str, found: Verdict) -> str:
    assert found.culprit is not None
    return expr[found.culprit.start : found.culprit.end]


@pytest.mark.parametrize(
    "expr",
    ["up", "sum(rate(requests_total[5m]))", "up == 0", 'absent(up{job="web"})', "up unless requests_total", "1", "time()",
     'requests_total{nothing=""}', 'requests_total{job!="x"}', "ALERTS", 'ALERTS{alertstate="firing"} > 0'],
)  # fmt: skip
def test_what_is_fine(expr):
    found = verdict(expr)
    assert (found.status, found.fine) == ("data", True)


def test_alerts_have_the_labels_of_those_that_fire():
    client = KnownSeries(*SERIES, {"__name__": "ALERTS", "alertname": "Watchdog", "alertstate": "firing"})
    found = verdict('max by (alertname) (ALERTS{alertstate="firing", job="web"}) or vector(0)', client)
    assert (found.status, found.fine) == ("data", True)
    found = verdict('count(ALERTS{alertname="Down"})', client)
    assert (found.status, found.message) == (
        "data",
        "ALERTS has series only while an alert is pending or fires",
    )


def test_one_question_is_enough_for_what_is_fine():
    client = KnownSeries(*SERIES)
    assert verdict("sum(rate(requests_total[5m])) > 0", client).series == 1
    assert client.asked == ["count(sum(rate(requests_total[5m])) > bool 0\n)"]


@pytest.mark.parametrize(
    ("expr", "status", "blame", "message", "remedy"),
    [
        ("rate(request_total[5m])", "unknown-metric", "request_total", "the server has never had a metric request_total",
         'did you mean "requests_total"?'),
        ('sum(rate(requests_total{jab="web"}[5m]))', "unknown-label", 'jab="web"',
         "no series of requests_total has a label jab", "its labels are code, job"),
        ('requests_total{cluster=~"eu.+"}', "unknown-label", 'cluster=~"eu.+"',
         "no series of requests_total has a label cluster", "its labels are code, job"),
        ('requests_total{job="wep"}', "unknown-value", 'job="wep"', 'no series of requests_total has had job="wep"',
         "there are api, old, web"),
        ('requests_total{job="(api|web)"}', "unknown-value", 'job="(api|web)"',
         'no series of requests_total has had job="(api|web)"', "several values need =~: job=~"),
        ('sum(latency_count{code="200"})', "unknown-label", 'code="200"',
         "no series of latency_count has a label code", "its labels are job"),
        ('requests_total{code=~"4.."}', "unknown-value", 'code=~"4.."', "no code of requests_total has matched '4..'",
         "there are 200, 500"),
        ('requests_total{code!~"200|500"}', "unknown-value", 'code!~"200|500"',
         "every series of requests_total has a label code that this leaves out", "there are 200, 500"),
        ('requests_total{job="web", code="500"}', "empty", 'requests_total{job="web", code="500"}',
         "no series of requests_total has all of these labels at once; each of them alone has some", ""),
        ('rate(requests_total{job="old"}[5m])', "empty", 'requests_total{job="old"}',
         'requests_total{job="old"} has had data, and has none now', "look whether what exposes it is still scraped"),
        ('{__name__=~"shop_.*"}', "unknown-metric", '__name__=~"shop_.*"',
         'no metric that the server has matches __name__=~"shop_.*"', ""),
        ("histogram_quantile(0.9, rate(latency[5m]))", "type-misuse", "latency",
         "latency is a histogram, and there are no series of that name",
         "its series are latency_bucket, latency_count and latency_sum"),
        ('absent(up{job="db"})', "unknown-value", 'job="db"', 'no series of up has had job="db"', "there are web"),
    ],
)  # fmt: skip
def test_what_finds_nothing(expr, status, blame, message, remedy):
    found = verdict(expr)
    assert (found.status, blamed(expr, found), found.message, found.remedy, found.grave) == (
        status,
        blame,
        message,
        remedy,
        True,
    )


def test_a_record_that_the_server_does_not_make_yet():
    found = verdict("job:up:sum / 2", expected={"job:up:sum": "rules/a.yml:3"})
    assert found.status == "unknown-metric"
    assert found.message == "the server has no metric job:up:sum yet: rules/a.yml:3 records it"
    assert found.remedy == (
        "push the rules and wait for their evaluation, or name the environment they were pushed for with --env NAME (a lab's scrapes are those of --env lab)"
    )


@pytest.mark.parametrize(
    ("expr", "grave", "blame"),
    [
        ("sum(rate(request_total[5m])) or vector(0)", True, "request_total"),
        ('sum(rate(requests_total{jab="x"}[5m])) or vector(0)', True, 'jab="x"'),
        ("up or request_total", False, "request_total"),
        ('absent(absent(up)) or absent(up{jab="x"})', False, 'jab="x"'),
    ],
)
def test_what_is_hidden_by_another_part(expr, grave, blame):
    client = KnownSeries(*SERIES, answers={})
    client._count = lambda _: 1  # type: ignore[method-assign]
    found = verdict(expr, client)
    assert (found.grave, blamed(expr, found), found.series) == (grave, blame, 1)


def test_a_pattern_that_is_taken_for_a_text():
    expr = r'up{instance="10\\.0\\.0\\.1:80"}'
    client = KnownSeries({"__name__": "up", "instance": "10.0.0.1:80"}, answers={expr: 0})
    found = verdict(expr, client)
    assert (found.status, found.remedy, found.renames) == (
        "unknown-value",
        "a pattern needs =~: instance=~",
        (),
    )


def test_an_offset_that_reaches_back_to_before_there_was_data():
    client = KnownSeries(UP, answers={"up offset 1w": 0})
    found = verdict("up offset 1w", client, window=3600.0)
    assert (found.status, found.message) == (
        "empty",
        "up has data, and has none at the time that up offset 1w reaches back to",
    )


def test_what_has_no_data_now_but_within_the_time_range():
    client = KnownSeries(*SERIES, past=[OLD])
    client.within.add('requests_total{job="old"}')
    found = verdict('requests_total{job="old"}', client, window=3600.0)
    assert (found.status, found.series) == ("data", 0)
    assert found.message == "it has data within its time range, and none just now"
    found = verdict('requests_total{job="old", code="200"}', client, window=3600.0)
    assert (
        found.message == 'requests_total{job="old", code="200"} has had data, and has none within the last 1h'
    )


def test_two_sides_without_a_partner():
    expr = "requests_total / up"
    found = verdict(expr, KnownSeries(*SERIES, answers={expr: 0}))
    assert found.status == "empty"
    assert found.message == (
        'no series on the left of \'/\' has a partner on the right: one on the left is {code="200", job="web"}, one on '
        'the right is {job="web"}; without on(…) all labels must be the same'
    )


@pytest.mark.parametrize(
    ("expr", "inner", "said"),
    [
        ("sum(rate(requests_total[5s]))", "rate(requests_total[5s])", "less than two samples of any series in its range"),
        ("histogram_quantile(0.9, up)", "histogram_quantile(0.9, up)", "no series with a label le"),
        ("sort(up)", "sort(up)", "sort() returns nothing, although what it gets has data"),
        ("topk(0, up)", "topk(0, up)", "it returns nothing, although everything that it reads has data"),
    ],
)  # fmt: skip
def test_what_makes_nothing_of_data(expr, inner, said):
    found = verdict(expr, KnownSeries(*SERIES, answers={expr: 0, inner: 0}))
    assert (found.status, said in found.message) == ("empty", True), found


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refusal("wrong", "1:4: parse error"), "error"),
        (Refusal("slow", "query timed out"), "too-slow"),
        (Refusal("large", "too many samples"), "too-many-series"),
    ],
)
def test_a_query_that_is_refused(refusal, status):
    found = verdict("up", KnownSeries(*SERIES, answers={"up": refusal}))
    assert (found.status, found.message) == (status, refusal.message)


def test_more_series_than_anyone_reads():
    client = KnownSeries(*SERIES, answers={"up > bool 0": 5000, "up > 0": 3, "up": 11})
    assert verdict("up > 0", client).status == "data"
    found = verdict("up", client)
    assert (found.status, found.series, found.grave) == ("too-many-series", 11, False)


def test_a_variable_that_offers_nothing():
    asked = Asked("o", "w", Place("a", 1), PART, "up", "up", complaint="no value comes of it")
    found = judged(asked, knowledge(KnownSeries(UP)), most_series=1)
    assert (found.status, found.message, found.series) == ("empty", "no value comes of it", 1)


def test_what_is_empty_for_a_variable_that_offers_nothing():
    expr = 'up{job=~"()"}'
    asked = Asked("o", "w", Place("a", 1), PART, 'up{job=~"$job"}', expr, hollow=("job",))
    found = judged(asked, knowledge(KnownSeries(UP)), most_series=1)
    assert (found.status, found.message) == ("empty", "$job offers no value: no job of up has matched '()'")


@pytest.mark.parametrize(
    ("text", "expr", "message"),
    [
        ("rate(a_${part}_total[5m])", "rate(a_.*_total[5m])", "$part offers no value: 1:8: parse error"),
        (
            '{__name__="a_${part}_total"}',
            '{__name__="a_.*_total"}',
            "$part offers no value: the server has never had a metric a_.*_total",
        ),
    ],
)
def test_a_name_with_a_variable_that_offers_nothing(text, expr, message):
    asked = Asked("o", "w", Place("a", 1), PART, text, expr, hollow=("part",))
    refusals = {"rate(a_.*_total[5m])": Refusal("wrong", "1:8: parse error")}
    found = judged(asked, knowledge(KnownSeries(UP, answers=refusals)), most_series=1)
    assert (found.status, found.message) == ("empty", message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('rate(up{job=~"$job"})', "expected type range vector"),
        ('histogram_avg(up{job=~"$job"})', 'unknown function with name "histogram_avg"'),
        ('up{job=~"$job"} / on (instance) up', "many-to-many matching not allowed"),
    ],
)
def test_what_would_be_wrong_with_any_value_stays_so(text, message):
    expr = text.replace("$job", ".*")
    asked = Asked("o", "w", Place("a", 1), PART, text, expr, hollow=("job",))
    client = KnownSeries(UP, answers={expr: Refusal("wrong", message)})
    found = judged(asked, knowledge(client), most_series=1)
    assert (found.status, found.message) == ("error", message)


def test_what_is_to_be_called_otherwise():
    names = (
        {"__name__": f"traefik_service_{what}", "service": "web@file"}
        for what in ("requests_total", "server_up")
    )
    expr = (
        "sum by (backend) (rate(traefik_backend_requests_total[5m])) / on (backend) traefik_backend_server_up"
    )
    found = verdict(expr, KnownSeries(*names))
    assert found.remedy == 'did you mean "traefik_service_requests_total" (renamed in Traefik 2.0)?'
    assert [rename.new for rename in found.renames] == [
        "traefik_service_requests_total",
        "traefik_service_server_up",
    ]


def test_a_metric_that_is_used_as_what_it_is_not():
    types = {"requests": "counter", "up": "gauge", "latency": "histogram"}
    client = KnownSeries(*SERIES, types=types)
    found = verdict("rate(up[5m])", client)
    assert (found.status, blamed("rate(up[5m])", found), found.grave) == ("type-misuse", "up", True)
    found = verdict("sum(requests_total)", client)
    assert (found.status, blamed("sum(requests_total)", found), found.grave) == (
        "type-misuse",
        "requests_total",
        False,
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Late("no answer within 30 s"), "too-slow"),
        (TooLarge("an answer has more than 64 MiB"), "too-many-series"),
        (ServerRefused("answered with 422: too many", status=422), "error"),
    ],
)
def test_a_server_that_cannot_look_something_up(error, status):
    class Unwilling(KnownSeries):
        def label_names(self, matchers=(), start=None, end=None):
            raise error

    found = verdict('up{a="b"}', Unwilling(UP))
    assert (found.status, found.message) == (status, error.what)


@pytest.mark.parametrize("error", [NotAllowed("no", status=403), Unreachable("gone")])
def test_a_server_that_cannot_be_asked_any_more(error):
    class Gone(KnownSeries):
        def attempt(self, expr, *, at=None, timeout_seconds):
            raise error

    with pytest.raises(type(error)):
        verdict("up", Gone(UP))


def test_a_query_that_is_refused_for_a_name_that_is_not_there():
    expr = "rate(request_total[5m]) + on (job) x"
    found = verdict(expr, KnownSeries(*SERIES, answers={expr: Refusal("wrong", "many-to-many")}))
    assert (found.status, blamed(expr, found)) == ("unknown-metric", "request_total")
