"""What Prometheus scrapes, and whom it tells.

| variable | meaning |
| --- | --- |
| `traefik_targets`, `gallery_targets`, `cadvisor_targets`, `prometheus_targets`, `alertmanager_targets` | lists of `host:port`; without one, every task of the Swarm service of that name |
| `client_targets` | the same; without one, and with `traefik_targets`, no clients are scraped |
| `scrape_interval`, `evaluation_interval` | durations |
"""

from __future__ import annotations

from typing import Any

from provision.author import PrometheusGlobal, ScrapeConfig, env
from provisioning._swarm import discovery

SWARM = {
    "traefik": ("app", 8080),
    "gallery": ("app", 8080),
    "client": ("app", 8080),
    "cadvisor": ("monitor", 8080),
    "prometheus": ("monitor", 9090),
    "alertmanager": ("monitor", 9093),
}
"""The stack and the port of each service that is scraped."""


def tasks(service: str) -> str:
    """The name under which Swarm's DNS lists every task of a service. The service's own name leads to a
    virtual address, behind which each request meets another task: counters would seem to fall and rise.
    """
    return f"tasks.{service}"


def job(name: str) -> ScrapeConfig:
    targets = env.get(f"{name}_targets")
    if targets:
        return ScrapeConfig(job=name, targets=targets)
    stack, port = SWARM[name]
    return ScrapeConfig(job=name, extra=discovery(stack, name, port))


def alertmanagers() -> dict[str, Any]:
    """Every Alertmanager is told of every alert. The stack runs one, which is in no cluster; of several each would pass
    it on, until they are given each other's addresses."""
    targets = env.get("alertmanager_targets")
    if targets:
        return {"alertmanagers": targets}
    names = {"names": [tasks("alertmanager")], "type": "A", "port": SWARM["alertmanager"][1]}
    return {"extra": {"alerting": {"alertmanagers": [{"dns_sd_configs": [names]}]}}}


server = PrometheusGlobal(
    scrape_interval=env.get("scrape_interval", "15s"),
    evaluation_interval=env.get("evaluation_interval", "15s"),
    **alertmanagers(),
)

traefik = job("traefik")
gallery = job("gallery")
if env.get("client_targets") or not env.get("traefik_targets"):
    client = job("client")
cadvisor = job("cadvisor")
prometheus = job("prometheus")
alertmanager = job("alertmanager")
