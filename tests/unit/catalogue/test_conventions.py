"""Type and unit by name."""

from __future__ import annotations

import pytest

from provision.catalogue.conventions import is_counter, is_gauge, is_rate, kind_of, unit_of


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("traefik_service_requests_total", "counter", ""),
        ("traefik_service_requests_bytes_total", "counter", "bytes"),
        ("node_cpu_seconds_total", "counter", "s"),
        ("http_request_duration_seconds_bucket", "buckets", ""),
        ("http_request_duration_seconds_sum", "counter", "s"),
        ("http_request_duration_seconds_count", "counter", ""),
        ("node_uname_info", "gauge", ""),
        ("http_requests_created", "gauge", ""),
        ("node_memory_MemFree_bytes", "", "bytes"),
        ("cache_hit_ratio", "gauge", "percentunit"),
        ("node_hwmon_temp_celsius", "gauge", "celsius"),
        ("hanadb_network_receive_rate_kb_per_seconds", "", ""),
        ("up", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_name_says(name: str, kind: str, unit: str) -> None:
    assert (kind_of(name), unit_of(name)) == (kind, unit)


@pytest.mark.parametrize(
    ("name", "counter", "gauge", "rate"),
    [
        ("http_requests_total", True, False, False),
        ("http_request_duration_seconds_bucket", True, False, False),
        ("http_request_duration_seconds_count", True, False, False),
        ("workers_count", False, False, False),
        ("queue_sum", False, False, False),
        ("up", False, True, False),
        ("process_start_time_seconds", False, True, False),
        ("node_boot_timestamp_seconds", False, True, False),
        ("job:http_requests:rate5m", False, False, True),
        ("job:http_errors:ratio_rate5m", False, False, True),
        ("job:http_requests_total:sum", False, False, False),
    ],
)
def test_what_a_name_says_for_certain(name: str, counter: bool, gauge: bool, rate: bool) -> None:
    assert (is_counter(name), is_gauge(name), is_rate(name)) == (counter, gauge, rate)
