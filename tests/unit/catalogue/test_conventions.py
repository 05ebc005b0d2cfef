"""Type and unit by name."""

from __future__ import annotations

import pytest

from provision.catalogue.conventions import kind_of, unit_of


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
        ("up", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_name_says(name: str, kind: str, unit: str) -> None:
    assert (kind_of(name), unit_of(name)) == (kind, unit)
