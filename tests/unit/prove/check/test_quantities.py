from __future__ import annotations

import pytest

from provision.promql.facts import facts
from provision.prove.check.measures import UNITS, Measure, of_metric
from provision.prove.check.quantities import quantity
from provision.prove.check.units import UNITS as IDS

SECONDS, BYTES, THINGS, SHARE = Measure(1, 0, 0), Measure(0, 1, 0), Measure(0, 0, 1), Measure(0, 0, 0)
BYTES_A_SECOND, THINGS_A_SECOND = Measure(-1, 1, 0), Measure(-1, 0, 1)


@pytest.mark.parametrize(
    ("expr", "measure"),
    [
        ("a_seconds", SECONDS),
        ("time() - process_start_time_seconds", SECONDS),
        ("a_milliseconds", SECONDS._replace(factor=1000)),
        ("a_seconds * 1000", SECONDS._replace(factor=1000)),
        ("1e3 * a_seconds", SECONDS._replace(factor=1000)),
        ("max by (b) (a_bytes)", BYTES),
        ("a_bytes / (1024 * 1024)", BYTES._replace(factor=1 / 1024**2)),
        ("a_bytes / 1024 ^ 2", BYTES._replace(factor=1 / 1024**2)),
        ("sum(rate(a_bytes_total[5m])) * 8", BYTES_A_SECOND._replace(factor=8)),
        ("increase(a_bytes_total[1h])", BYTES),
        ("rate(requests_total[5m])", THINGS_A_SECOND),
        ("count(up)", THINGS),
        ("changes(a[1h])", THINGS),
        ("rate(a_seconds_count[5m])", THINGS_A_SECOND),
        ("rate(errors_total[5m]) / rate(requests_total[5m])", SHARE),
        ("100 * (1 - a_bytes / b_bytes)", SHARE._replace(factor=100)),
        ("a_ratio > 0.5", SHARE),
        ("rate(cpu_seconds_total[5m])", SHARE),
        ("histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))", SECONDS),
        ("histogram_quantile(0.9, (rate(a_seconds_bucket[5m]) / 2))", SECONDS),
        ("quantile_over_time(0.9, a_bytes[1h])", BYTES),
        ("max_over_time(a_bytes[1h:5m])", BYTES),
        ("-a_bytes", BYTES),
        ("a_bytes or vector(0)", BYTES),
        ("a_bytes unless b", BYTES),
        ("a_bytes * on (b) group_left (c) d_info", BYTES),
        ("a_bytes + b_bytes", BYTES),
        ("a_bytes - 5", BYTES),
    ],
)
def test_what_is_certain(expr: str, measure: Measure) -> None:
    found = facts(expr)
    assert found
    measured = quantity(found.root)
    assert measured
    assert measured._replace(factor=1) == measure._replace(factor=1)
    assert measured.factor == pytest.approx(measure.factor)


@pytest.mark.parametrize(
    "expr",
    ["a", "a_bytes * b_bytes", "a_bytes + b_seconds", "a_bytes ^ 2", "job:a_bytes:sum", "a_bytes == bool 5", "5", "absent(a)",
     "a_bytes or b_seconds", "{job='a'}", "a_bytes * 0", "a_bytes / 0", "stdvar(a_bytes)", "pi()", "rate(cpu_usage_total[5m])",
     "bytes_in_total", "goroutines_count", "histogram_quantile(0.9, 5)", "a_seconds * 2 ^ 99", '"x"'],
)  # fmt: skip
def test_of_what_is_not_certain_nothing_is_said(expr: str) -> None:
    found = facts(expr)
    assert found is None or quantity(found.root) is None


def test_a_very_deep_expression_is_given_up() -> None:
    found = facts(f"{'abs(' * 70}a_bytes{')' * 70}")
    assert found is None or quantity(found.root) is None


def test_things_leave_the_measure_of_something_else() -> None:
    assert Measure(0, 1, -1).base == (0, 1, 0)
    assert Measure(1, 0, -1).base == (1, 0, 0)
    assert Measure(-1, 0, 1).base == (-1, 0, 1)


def test_all_measured_units_are_units_of_grafana() -> None:
    assert UNITS.keys() <= IDS


def test_of_metric_takes_plain_plurals_only() -> None:
    assert of_metric("packets_total") == THINGS
    assert of_metric("http_traffic_total") is None
    assert of_metric("a_celsius") is None
