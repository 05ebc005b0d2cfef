"""Scrape targets behind which each scrape may meet another process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.model import Definition
from support.checking import found, other


def job(*targets: Any, name: str = "shop", **fields: Any) -> Definition:
    return other("scrape-config", name, job_name=name, static_configs=[{"targets": list(targets)}], **fields)


def said(*definitions: Definition, root: Path = Path("/nowhere")) -> list[tuple[str, str]]:
    findings = found(*definitions, ids={"virtual-address"}, root=root)
    return [(each.severity, each.message.partition(":")[0]) for each in findings]


def test_a_service_that_runs_more_than_once(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {shop: {scale: 3}, till: {}}")
    assert said(job("shop:80"), root=tmp_path) == [("warning", "shop is a service (3 replicas)")]
    assert said(job("http://shop:80/x", "other:80"), root=tmp_path) == [
        ("warning", "shop is a service (3 replicas)")
    ]
    assert said(job("till:80"), root=tmp_path) == []


def test_tasks_are_discovered() -> None:
    assert [severity for severity, _ in said(job("tasks.shop:80"))] == ["warning"]


@pytest.mark.parametrize("name", ["shop.default.svc", "shop.default.svc.cluster.local"])
def test_services_of_kubernetes(name: str) -> None:
    assert said(job(f"{name}:80")) == [("info", f"{name} is a service of Kubernetes")]


def test_a_name_that_may_be_a_service() -> None:
    assert said(job("shop:80")) == [("info", "if shop is a service with several replicas, each scrape meets another of them, and counters seem to fall and rise")]  # fmt: skip
    (finding,) = found(job("shop:80"), ids={"virtual-address"})
    assert finding.remedy.startswith('scrape each: dns_names=["shop"]')


def test_on_a_swarm_the_remedy_is_of_a_swarm() -> None:
    tills = other("scrape-config", "tills", job_name="tills", dns_sd_configs=[{"names": ["tasks.tills"]}])
    (finding,) = found(job("shop:80"), tills, ids={"virtual-address"})
    assert finding.remedy.startswith('scrape each: dns_names=["tasks.shop"]')


@pytest.mark.parametrize(
    "targets",
    [
        ["localhost:9090"],
        ["10.0.0.1:80"],
        ["shop.example.org:80"],
        ["node1:9100"],
        ["a:80", "b:80"],
        ["[::1]:80"],
        [],
        [5],
    ],
)
def test_quiet(targets: list[Any]) -> None:
    assert said(job(*targets)) == []


def test_jobs_that_ask_another_than_the_target_are_left_alone() -> None:
    assert said(job("blackbox:9115", metrics_path="/probe")) == []
    assert said(job("shop:80", relabel_configs=[{"target_label": "__address__", "replacement": "x"}])) == []


def test_jobs_among_the_global_settings() -> None:
    settings = other(
        "prometheus",
        "global",
        scrape_configs=[{"job_name": "a", "static_configs": [{"targets": ["shop:80"]}]}],
    )
    assert [severity for severity, _ in said(settings)] == ["info"]


def test_odd_jobs() -> None:
    odd = other(
        "scrape-config",
        "a",
        job_name=5,
        static_configs=[{"targets": "shop:80"}, 5],
        dns_sd_configs=[{"names": 5}],
    )
    assert said(odd) == []
