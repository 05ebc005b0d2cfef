"""Labels that are grouped by, and that no series has."""

from __future__ import annotations

import pytest

from provision.errors import ServerRefused
from provision.model import Part, Place
from provision.prove.verify.grouping import ungrouped
from provision.prove.verify.verdicts import Asked, Verdict
from support.series_standin import KnownSeries, knowledge

SERVICE = {"__name__": "traefik_service_requests_total", "service": "web", "job": "traefik"}
NEWER = {"__name__": "traefik_service_requests_total", "service": "web", "job": "traefik", "method": "GET"}
RECORD = {"__name__": "shop_errors", "job": "web"}
INFO = {"__name__": "build_info", "job": "web", "version": "1"}
ALERT = {"__name__": "ALERTS", "alertname": "Down"}


def said(
    expr: str, text: str = "", client: KnownSeries | None = None, **settings: object
) -> tuple[Verdict | None, str]:
    asked = Asked('dashboard "Shop"', "panel", Place("a.json", 1), Part("dashboard", "shop", "/spec", "a.json"), text or expr, expr)  # fmt: skip
    known = knowledge(client or KnownSeries(SERVICE, RECORD, INFO, ALERT, past=[NEWER]), **settings)
    found = ungrouped(asked, known)
    blamed = expr[found.culprit.start : found.culprit.end] if found and found.culprit else ""
    return found, blamed


@pytest.mark.parametrize(
    ("expr", "metric", "label", "grave"),
    [
        ("sum by (backend) (rate(traefik_service_requests_total[5m]))", "traefik_service_requests_total", "backend", True),
        ("sum(sum by (job) (shop_errors)) by (foo)", "", "", True),
        ("sum(shop_errors) by (job, instance)", "shop_errors", "instance", False),
        ("avg without (job) (shop_errors) + on (foo) sum by (foo) (build_info)", "build_info", "foo", True),
        ("sum by (foo) (shop_errors or build_info)", "shop_errors or build_info", "foo", True),
        ("sum by (version) (shop_errors or build_info)", "", "", True),
        ("histogram_quantile(0.9, sum by (le, foo) (rate(shop_errors[5m])))", "shop_errors", "foo", True),
        ("sum by (le) (rate(shop_errors[5m]))", "", "", True),
        ("sum by (method) (traefik_service_requests_total)", "", "", True),
        ("shop_errors * on (job) group_left (versions) build_info", "build_info", "versions", True),
        ("build_info * on (job) group_right (foo, version) shop_errors", "build_info", "foo", False),
        ("sum by (version) (shop_errors * on (job) group_left (version) build_info)", "", "", True),
        ('sum by (x) (label_replace(shop_errors, "x", "$1", "job", "(.*)"))', "", "", True),
        ('sum by (y) (label_replace(shop_errors, "x", "$1", "job", "(.*)"))', "shop_errors", "y", True),
        ('sum by (x) (label_join(shop_errors, "x", "", "job"))', "", "", True),
        ('sum by (x) (count_values without (job) ("x", shop_errors))', "", "", True),
        ('sum by (foo) ({__name__=~"shop_.+"})', "", "", True),
        ("sum by (foo) (info(shop_errors))", "", "", True),
        ("sum by (foo) (topk(3, -shop_errors))", "shop_errors", "foo", True),
        ("sum by (foo) (max_over_time(shop_errors[5m:1m]) > 1 unless build_info)", "shop_errors", "foo", True),
        ("sum by (foo) (vector(1))", "", "", True),
        ("sum by (severity) (ALERTS)", "", "", True),
        ("sum by (foo) (never_there)", "", "", True),
        ("sum without (foo) (shop_errors)", "", "", True),
        ("sum by (foo) (", "", "", True),
    ],
)  # fmt: skip
def test_labels_that_no_series_has(expr, metric, label, grave):
    found, blamed = said(expr)
    if not metric:
        assert found is None
        return
    assert found is not None
    assert (found.status, found.message, blamed, found.grave) == (
        "unknown-label",
        f"no series of {metric} has a label {label}",
        label,
        grave,
    )


def test_what_was_meant():
    found, _ = said("sum by (backend, job) (rate(traefik_service_requests_total[5m]))")
    assert found is not None
    assert (found.remedy, found.is_sure, found.grave) == (
        'did you mean "service"?',
        True,
        True,
    )
    assert [each.labels for each in found.renames] == [(("backend", "service"),)]


def test_a_label_that_nothing_is_like():
    found, _ = said("sum by (cluster) (build_info)")
    assert found is not None
    assert (found.remedy, found.renames) == ("its labels are job, version", ())


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        ("sum by (foo) (shop_errors)", "sum by ($by) (shop_errors)"),
        ("sum by (foo) (shop_errors)", "sum by (${foo}) (shop_errors)"),
        ("sum by (foo) (shop_errors)", "sum by (foo) ([[metric]])"),
    ],
)
def test_what_a_variable_stands_for(expr, text):
    assert said(expr, text) == (None, "")


def test_an_external_label():
    class Federated(KnownSeries):
        def config(self) -> str:
            return "global: {external_labels: {cluster: eu}}"

    assert said("sum by (cluster, job) (shop_errors)", client=Federated(RECORD)) == (None, "")


def test_a_record_that_is_about_to_be_pushed():
    expected = {"shop_errors": "rules/a.yml:3"}
    assert said("sum by (foo) (shop_errors)", expected=expected, pending=True) == (None, "")
    assert said("sum by (foo) (shop_errors)", expected=expected)[1] == "foo"


def test_each_metric_is_asked_for_once():
    client = KnownSeries(RECORD, INFO)
    assert said("sum by (job) (shop_errors) + sum by (job) (shop_errors) / sum by (job, version) (build_info)", client=client) == (None, "")  # fmt: skip
    assert client.asked == ['labels of {__name__="shop_errors"}', 'labels of {__name__="build_info"}']


def test_a_server_that_does_not_tell_labels():
    class Silent(KnownSeries):
        def label_names(self, matchers=(), start=None, end=None):
            raise ServerRefused("it refuses", where="there", status=422)

    assert said("sum by (foo) (shop_errors)", client=Silent(RECORD)) == (None, "")
