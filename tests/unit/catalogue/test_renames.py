"""What became of a metric, over all tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from provision.catalogue.renames import all_renames, renamed, renamed_from, renamed_label

ROOT = Path(__file__).parents[3]
VERSIONS = ROOT.parent / "shared" / "schemas" / "traefik" / "traefik-metric-names-by-version.json"


def test_no_table_names_a_metric_twice_and_each_name_comes_to_an_end() -> None:
    for old, rename in all_renames().items():
        assert rename.old == old != rename.new
        chain = renamed(old)
        assert len(chain) == len({each.new for each in chain}) < 5


def test_a_metric_that_was_renamed_twice_has_both_names_the_present_one_last() -> None:
    chain = renamed("traefik_backend_open_connections")
    assert [(each.new, each.version, each.labels) for each in chain] == [
        ("traefik_service_open_connections", "2.0", (("backend", "service"),)),
        ("traefik_open_connections", "3.0", (("backend", ""), ("method", ""))),
    ]
    assert not chain[-1].same


def test_the_series_of_a_histogram_are_found() -> None:
    (rename,) = renamed("traefik_backend_request_duration_seconds_bucket")
    assert (rename.old, rename.new) == (
        "traefik_backend_request_duration_seconds_bucket",
        "traefik_service_request_duration_seconds_bucket",
    )
    assert renamed("traefik_backend_requests_total_bucket") == ()


def test_what_is_not_an_old_name_became_nothing() -> None:
    assert renamed("traefik_service_requests_total") == ()
    assert renamed("") == ()


def test_the_names_that_a_metric_had_before() -> None:
    assert [each.old for each in renamed_from("traefik_service_requests_total")] == [
        "traefik_backend_requests_total"
    ]
    assert [each.old for each in renamed_from("traefik_service_request_duration_seconds_sum")] == [
        "traefik_backend_request_duration_seconds_sum"
    ]


def test_a_label_that_was_renamed_with_its_metric() -> None:
    (rename,) = renamed_label("traefik_service_requests_total", "backend")
    assert rename.labels == (("backend", "service"),)
    assert renamed_label("traefik_service_requests_total", "code") == ()


@pytest.mark.parametrize(
    ("old", "new", "version"),
    [
        ("node_cpu", "node_cpu_seconds_total", "0.16"),
        ("node_memory_MemAvailable", "node_memory_MemAvailable_bytes", "0.16"),
        ("node_network_receive_errs", "node_network_receive_errs_total", "0.16"),
        ("kube_pod_container_resource_limits_cpu_cores", "kube_pod_container_resource_limits", "2.0"),
        ("kube_pod_container_requested_cpu_cores", "kube_pod_container_resource_requests", "2.0"),
        ("apiserver_request_latencies_bucket", "apiserver_request_duration_seconds_bucket", "1.14"),
        ("kubelet_running_pod_count", "kubelet_running_pods", "1.19"),
        ("coredns_dns_request_count_total", "coredns_dns_requests_total", "1.7"),
        ("wmi_cpu_time_total", "windows_cpu_time_total", "0.13"),
        ("wmi_cs_physical_memory_bytes", "windows_memory_physical_total_bytes", "0.31"),
        ("jvm_memory_bytes_used", "jvm_memory_used_bytes", "1.0"),
    ],
)
def test_what_became_of_metrics_that_many_dashboards_have(old: str, new: str, version: str) -> None:
    last = renamed(old)[-1]
    assert (last.new, last.version) == (new, version)


def test_what_else_changes_with_a_name() -> None:
    assert renamed("node_disk_io_time_ms")[-1].factor == 1000
    assert renamed("node_cpu")[-1].values == (("cpu", r"cpu(\d+)", r"\1"),)
    assert renamed("kube_node_status_capacity_pods")[-1].matchers == (
        ("resource", "pods"),
        ("unit", "integer"),
    )
    assert renamed("apiserver_request_latencies_bucket")[-1].bounds == 1e6
    assert renamed("apiserver_request_latencies_count")[-1].factor == 1
    assert not renamed("kubelet_pleg_relist_latency_microseconds")[-1].same
    assert renamed("kubelet_pleg_relist_latency_microseconds_sum")[-1].same
    assert renamed("node_cpu")[-1].retired
    assert not renamed("jvm_memory_bytes_used")[-1].retired


def test_a_label_that_was_renamed_while_its_metric_kept_its_name() -> None:
    (rename,) = renamed_label("container_memory_rss", "pod_name")
    assert (dict(rename.labels)["pod_name"], rename.product, rename.version) == ("pod", "Kubernetes", "1.16")
    assert renamed_label("container_memory_rss", "name") == ()
    assert dict(renamed_label("node_network_up", "interface")[0].labels) == {"interface": "device"}


@pytest.mark.skipif(not VERSIONS.is_file(), reason=f"needs the names of each Traefik in {VERSIONS}")
def test_every_old_name_of_traefik_leads_to_a_present_one_or_is_gone() -> None:
    names = json.loads(VERSIONS.read_bytes())
    present = set(names.pop("HEAD"))
    old = {name for listed in names.values() for name in listed} - present
    assert old == {name for name, each in all_renames().items() if each.product == "Traefik"}
    assert {renamed(name)[-1].new for name in old} <= present | {""}


def test_the_page_on_traefik_says_what_the_catalogue_knows() -> None:
    page = (ROOT / "docs" / "traefik-metrics.md").read_text()
    rows = re.findall(r"^\| (`traefik_.*?`) \| [\d., x]+ \| (.*) \|$", page, re.MULTILINE)
    assert len(rows) > 8
    for old, now in rows:
        for name in re.findall(r"`(\w+)", old):
            last = renamed(name)[-1]
            assert f"`{last.new}" in now if last.new else now.startswith("gone"), name
