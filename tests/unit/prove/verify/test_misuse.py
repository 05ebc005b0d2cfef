"""Metrics that are used as what they aren't."""

from __future__ import annotations

import pytest

from provision.prove.verify.misuse import misused, type_of

TYPES = {
    "a_total": "counter",
    "om": "counter",
    "g": "gauge",
    "g_total": "gauge",
    "h": "histogram",
    "s": "summary",
    "u": "unknown",
}


@pytest.mark.parametrize(
    ("expr", "message", "remedy", "grave"),
    [
        ("rate(g[5m])", "g is a gauge: rate() takes each time that it falls for a restart", "use deriv(), or its value", True),
        ("sum(increase(g[5m]))", "g is a gauge: increase() takes each time", "use delta(), or its value", True),
        ("delta(a_total[5m])", "a_total is a counter: delta() goes wrong when it restarts", "use rate() or increase()", False),
        ("sum(a_total) / 2", "a_total is a counter: its value grows since the start", "use rate() or increase()", False),
        ("om_total", "om_total is a counter", "use rate() or increase()", False),
        ("h_sum / h_count", "h_sum is a counter", "use rate() or increase()", False),
        ("histogram_quantile(0.9, h_bucket)", "h_bucket is a counter", "use rate() or increase()", False),
        ("a_total > 100", "a_total is a counter", "use rate() or increase()", False),
        ("a_total or up", "a_total is a counter", "use rate() or increase()", False),
    ],
)  # fmt: skip
def test_misuse(expr, message, remedy, grave):
    found = misused(expr, TYPES)
    assert found is not None
    assert (found.status, found.message.startswith(message), found.remedy, found.grave) == (
        "type-misuse",
        True,
        remedy,
        grave,
    )


@pytest.mark.parametrize(
    "expr",
    [
        "rate(a_total[5m])", "sum(increase(om_total[5m])) > 0", "g", "deriv(g[5m])", "rate(u[5m])", "rate(other[5m])",
        "rate(g_total[5m])", "rate(h_bucket[5m])", "count(a_total)", "changes(a_total[5m])", "absent(a_total)",
        "g unless a_total", "g and on (job) a_total", "a_total == 0", "a_total > 0", "a_total unless a_total offset 5m",
        "(a_total unless a_total offset 5m) or increase(a_total[5m])", "s", "max_over_time(g[5m])", "a{",
        "topk(3, rate(a_total[5m]))", "timestamp(a_total)",
    ],
)  # fmt: skip
def test_no_misuse(expr):
    assert misused(expr, TYPES) is None


def test_without_types_nothing_is_said():
    assert misused("rate(g[5m])", {}) is None


def test_types_of_the_series_of_histograms():
    assert [type_of(name, TYPES) for name in ("h_bucket", "s_sum", "h", "x", "g_sum")] == ["counter", "counter", "histogram", "", ""]  # fmt: skip
