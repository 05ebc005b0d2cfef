"""A metric in another unit gives the result it gave before."""

from __future__ import annotations

import pytest

from provision.catalogue.rename import Rename
from provision.promql.renaming import corrected

HISTOGRAM = Rename("lat", "lat_seconds", "Shop", "2", factor=1e6, family=True)
RENAMES = [
    Rename("io_ms", "io_seconds_total", "Shop", "2", factor=1000),
    Rename("kb", "bytes", "Shop", "2", factor=0.001),
    *map(HISTOGRAM.of_series, ("_bucket", "_sum", "_count")),
]


@pytest.mark.parametrize(
    ("expr", "now"),
    [
        ("io_ms", "io_seconds_total * 1000"),
        ("rate(io_ms[5m])", "rate(io_seconds_total[5m]) * 1000"),
        ("rate(io_ms[5m]) / 1000", "rate(io_seconds_total[5m])"),
        ("avg(rate(io_ms[5m])) by (x) / 1000", "avg(rate(io_seconds_total[5m])) by (x)"),
        ("(rate(io_ms[5m])) * 0.001", "(rate(io_seconds_total[5m]))"),
        ("-io_ms / 1e3", "-io_seconds_total"),
        ("rate(io_ms[5m]) / 100", "rate(io_seconds_total[5m]) * 1000 / 100"),
        ("1 / irate(io_ms[5m])", "1 / (irate(io_seconds_total[5m]) * 1000)"),
        ("1 / irate(io_ms[5m]) / 1000", "1 / (irate(io_seconds_total[5m]) * 1000) / 1000"),
        ("io_ms % 60000", "(io_seconds_total * 1000) % 60000"),
        ("sum(io_ms) > 4", "sum(io_seconds_total) * 1000 > 4"),
        ("topk(3, sum by (x) (io_ms))", "topk(3, sum by (x) (io_seconds_total)) * 1000"),
        ("abs(io_ms)", "abs(io_seconds_total * 1000)"),
        ("max_over_time(rate(io_ms[1m])[1h:])", "max_over_time(rate(io_seconds_total[1m])[1h:]) * 1000"),
        (
            "max_over_time(sum(rate(io_ms[1m]))[1h:])",
            "max_over_time(sum(rate(io_seconds_total[1m]))[1h:]) * 1000",
        ),
        ("changes(io_ms[1h])", "changes(io_seconds_total[1h])"),
        ("count(sum by (x) (io_ms))", "count(sum by (x) (io_seconds_total))"),
        ("absent(io_ms)", "absent(io_seconds_total)"),
        ("kb", "bytes / 1000"),
        (
            "rate(lat_sum[5m]) / rate(lat_count[5m])",
            "rate(lat_seconds_sum[5m]) * 1000000 / rate(lat_seconds_count[5m])",
        ),
        (
            "histogram_quantile(0.9, sum by (le) (rate(lat_bucket[5m]))) / 1000000",
            "histogram_quantile(0.9, sum by (le) (rate(lat_seconds_bucket[5m])))",
        ),
        (
            "histogram_quantile(0.9, rate(lat_bucket[5m]))",
            "histogram_quantile(0.9, rate(lat_seconds_bucket[5m])) * 1000000",
        ),
    ],
)
def test_the_result_stays_as_it_was(expr: str, now: str) -> None:
    found = corrected(expr, RENAMES)
    assert found is not None
    assert found.text == now


@pytest.mark.parametrize(
    "expr",
    [
        "io_ms[5m]",
        "stdvar_over_time(io_ms[5m])",
        "rate(lat_bucket[5m])",
        'histogram_quantile(0.9, rate(lat_bucket{le="1000"}[5m]))',
        "histogram_quantile(0.9, rate(lat_bucket[5m]) + other)",
        'sum(rate(lat_bucket{le="1000"}[5m])) / sum(rate(lat_count[5m]))',
    ],
)
def test_where_a_multiplication_would_not_do_nothing_is_said(expr: str) -> None:
    assert corrected(expr, RENAMES) is None
