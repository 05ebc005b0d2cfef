from __future__ import annotations

import json
from typing import Any

import pytest

from provision.errors import UsageError
from support.checking import dashboard, found, group, other, panel

IDS = {"renamed-metric"}


def said(expr: str, *more: Any, **settings: Any) -> list[tuple[str, str]]:
    checks = {"renamed-metric": settings} if settings else {}
    definitions = (dashboard(panel(expr)), *more)
    return [(each.message, each.remedy) for each in found(*definitions, ids=IDS, checks=checks)]


@pytest.mark.parametrize(
    ("expr", "message", "remedy"),
    [
        (
            'sum by (backend) (rate(traefik_backend_requests_total{backend=~"$backend"}[$__rate_interval]))',
            "traefik_backend_requests_total is called traefik_service_requests_total since Traefik 2.0",
            'write sum by (service) (rate(traefik_service_requests_total{service=~"$backend"}[$__rate_interval]))',
        ),
        (
            "node_memory_MemFree / node_memory_MemTotal",
            "node_memory_MemFree is called node_memory_MemFree_bytes since node_exporter 0.16; "
            "node_memory_MemTotal is called node_memory_MemTotal_bytes since node_exporter 0.16",
            "write node_memory_MemFree_bytes / node_memory_MemTotal_bytes",
        ),
        (
            "traefik_service_open_connections",
            "traefik_service_open_connections is called traefik_open_connections since Traefik 3.0",
            "write traefik_open_connections; It counts at the entry points, and knows no service.",
        ),
        (
            "traefik_config_last_reload_failure",
            "traefik_config_last_reload_failure is gone since Traefik 3.0",
            "Traefik 3 tells the last reload that succeeded only.",
        ),
        (
            'sum(container_memory_rss{pod_name="a"})',
            "the label pod_name of container_memory_rss is called pod since Kubernetes 1.16",
            'write sum(container_memory_rss{pod="a"})',
        ),
        (
            "sum by (pod_name) (container_memory_rss)",
            "the label pod_name of container_memory_rss is called pod since Kubernetes 1.16",
            "write sum by (pod) (container_memory_rss)",
        ),
        (
            "wmi_cpu_time_total\n+ 1",
            "wmi_cpu_time_total is called windows_cpu_time_total since windows_exporter 0.13",
            "",
        ),
    ],
)
def test_old_names_are_told_with_the_new_ones(expr: str, message: str, remedy: str) -> None:
    assert said(expr) == [(message, remedy)]


@pytest.mark.parametrize(
    "expr",
    [
        "node_memory_MemFree_bytes",
        'up{job="node_cpu"}',
        "sum by (pod) (container_memory_rss)",
        "sum by (pod_name) (kube_pod_info)",
        'sum by (pod_name) (label_replace(container_memory_rss, "pod_name", "$1", "pod", "(.*)"))',
        "jvm_memory_bytes_used",
        "my_node_cpu",
        "node_cpu:rate5m",
        "node_cpu(",
        "$node_cpu",
    ],
)
def test_what_is_not_known_as_old_is_not_told(expr: str) -> None:
    assert said(expr) == []


def test_a_name_that_the_project_records_or_makes_by_relabelling_is_not_told() -> None:
    assert said("node_cpu", group({"record": "node_cpu", "expr": "node_cpu_seconds_total"})) == []
    relabelled = other(
        "scrape-config",
        "node",
        job_name="node",
        metric_relabel_configs=[{"target_label": "__name__", "replacement": "node_cpu"}],
    )
    assert said("node_cpu", relabelled) == []


def test_the_versions_that_run_decide() -> None:
    assert said("traefik_entrypoint_open_connections", versions={"Traefik": "2.11"}) == []
    ((message, _),) = said("traefik_backend_open_connections", versions={"Traefik": "v2.11.3"})
    assert (
        message
        == "traefik_backend_open_connections is called traefik_service_open_connections since Traefik 2.0"
    )
    assert said("container_memory_rss{pod_name='a'}", versions={"Kubernetes": "1.15"}) == []
    assert len(said("traefik_entrypoint_open_connections", versions={"Traefik": "3"})) == 1


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        ({"traefik": "2"}, "versions: no product 'traefik' is known; did you mean \"Traefik\"?"),
        ({"zzz": "2"}, "versions: no product 'zzz' is known; there are CoreDNS, HAProxy, "),
        ({"Traefik": "two"}, "versions.Traefik must be a version such as 2.11, not 'two'"),
    ],
)
def test_versions_that_are_none_are_refused(versions: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        said("up", versions=versions)
    assert message in str(error.value)


def test_it_warns_of_guests_too() -> None:
    guest = dashboard(panel("node_cpu"), path="/elsewhere/node.json")
    (finding,) = found(guest, ids=IDS, guests=["/elsewhere/node.json"])
    assert (finding.severity, json.dumps(finding.subject)[1:10]) == ("warning", "dashboard")
