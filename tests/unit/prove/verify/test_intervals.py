"""What Grafana itself puts into queries."""

from __future__ import annotations

from typing import Any

import pytest

from provision.prove.verify.intervals import built_in, range_seconds, rounded


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ({"from": "now-1h", "to": "now"}, 3600),
        ({"from": "now-7d", "to": "now"}, 604800),
        ({"from": "now-15m"}, 900),
        ({}, 3600),
        ({"from": "now/d", "to": "now/d"}, 86400),
        ({"from": "now-7d/d", "to": "now"}, 604800),
        ({"from": "now-1M", "to": "now"}, 2592000),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, 3600),
        ({"from": "whenever"}, 3600),
        ({"from": "now-2h", "to": "now-1h"}, 3600),
    ],
)
def test_how_far_a_dashboard_looks_back(time: dict[str, str], seconds: float) -> None:
    assert range_seconds({"time": time}) == seconds


@pytest.mark.parametrize(
    ("panel", "scrape", "interval", "rate_interval"),
    [
        ({}, 1, "5s", "6s"),
        ({}, 15, "15s", "60s"),
        ({"maxDataPoints": 60}, 15, "60s", "75s"),
        ({"interval": "30s"}, 15, "30s", "60s"),
        ({"interval": ">1m"}, 15, "60s", "75s"),
        ({"interval": "$step"}, 15, "15s", "60s"),
        ({"maxDataPoints": "many"}, 15, "15s", "60s"),
    ],
)
def test_what_grafana_itself_sets(
    panel: dict[str, Any], scrape: float, interval: str, rate_interval: str
) -> None:
    found = built_in({"title": "One", "time": {"from": "now-1h", "to": "now"}}, panel, scrape)
    assert (found["__interval"], found["__rate_interval"]) == (interval, rate_interval)
    assert (found["__range"], found["__range_s"], found["__range_ms"]) == ("3600s", "3600", "3600000")
    assert found["__interval_ms"] == f"{int(interval[:-1]) * 1000}"
    assert found["__dashboard"] == "One"


def test_a_part_of_a_second_is_written_in_milliseconds() -> None:
    found = built_in({"time": {"from": "now-10s"}}, {"interval": "250ms"}, 15)
    assert (found["__interval"], found["__rate_interval"]) == ("250ms", "60s")
    found = built_in({}, {"maxDataPoints": 100_000}, 0.5)
    assert (found["__interval"], found["__rate_interval"]) == ("500ms", "2s")


def test_a_query_of_its_own_step_and_a_panel_of_its_own_range() -> None:
    found = built_in({}, {"timeFrom": "1d"}, 15, {"interval": "5m", "intervalFactor": 2})
    assert (found["__range"], found["__interval"], found["__rate_interval"]) == ("86400s", "600s", "1200s")


@pytest.mark.parametrize(("length", "step"), [(0.001, 0.001), (3.6, 5), (3600, 3600), (10**9, 31_536_000)])
def test_steps_are_rounded_as_grafana_does(length: float, step: float) -> None:
    assert rounded(length) == step
