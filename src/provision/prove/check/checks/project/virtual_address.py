"""A scrape target is one process, not a service's address behind which each scrape meets another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.compile.kinds import PROMETHEUS, SCRAPE_CONFIG
from provision.model import Definition, Finding
from provision.model.finding import Severity
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.services import services

ID = "virtual-address"

_BARE: Final = re.compile(r"[A-Za-z](?:[\w-]*[A-Za-z])?", re.ASCII)
"""A name as services have it: no dot, and no number at its end, as hosts of a row have one."""

_KUBERNETES: Final = re.compile(r"[\w-]+\.[\w-]+\.svc(?:\.[\w.-]+)?", re.ASCII)
_OWN: Final = frozenset({"localhost"})

Job = tuple[Definition, str, Mapping[str, Any]]
"""The definition, the JSON pointer to the job in it, and the job."""


def check(estate: Estate) -> Iterator[Finding]:
    """Static targets that are, or may be, the address of a service with several replicas; one finding for each name."""
    jobs = list(_jobs(estate))
    if not jobs:
        return
    known = services(estate.project.root)
    in_swarm = any(_is_of_swarm(job) for _, _, job in jobs)
    for definition, at, job in jobs:
        if "probe" in text_of(job, "metrics_path") or job.get("relabel_configs"):
            continue  # what is asked is another than the target
        for pointer, name, single in dict.fromkeys(_named(job, at)):
            said = _said(name, known, single=single, in_swarm=in_swarm)
            if said is not None:
                severity, message, remedy = said
                yield estate.finding(
                    ID,
                    severity,
                    definition,
                    pointer,
                    f'scrape job "{text_of(job, "job_name")}"',
                    message,
                    remedy,
                )


def _jobs(estate: Estate) -> Iterator[Job]:
    for definition, body in estate.of(SCRAPE_CONFIG):
        yield definition, "", body
    for definition, body in estate.of(PROMETHEUS):
        for pointer, job in objects(body.get("scrape_configs"), "/scrape_configs"):
            yield definition, pointer, job


def _named(job: Mapping[str, Any], at: str) -> Iterator[tuple[str, str, bool]]:
    """JSON pointer, host name, and whether it is the only target of its job, of each static target."""
    found = [
        (pointer, str(target).rpartition("://")[2].partition("/")[0].partition(":")[0])
        for pointer, static in objects(job.get("static_configs"), f"{at}/static_configs")
        for target in _listed(static, "targets")
    ]
    for pointer, name in found:
        yield pointer, name, len(found) == 1


def _said(
    name: str, known: Mapping[str, str], *, single: bool, in_swarm: bool
) -> tuple[Severity, str, str] | None:
    """Severity, message and remedy for a target of that name."""
    if name.startswith("tasks."):
        return (
            "warning",
            f"{name} has an address for each task, and a static target is scraped at any one of them",
            f'write dns_names=["{name}"] with dns_port, which scrapes each',
        )
    if known.get(name):
        return (
            "warning",
            f"{name} is a service ({known[name]}): each scrape meets another of them, and counters seem to fall and rise",
            f'scrape each: dns_names=["tasks.{name}"] with dns_port on a Swarm, dns_names=["{name}"] with Compose',
        )
    if _KUBERNETES.fullmatch(name):
        return (
            "info",
            f"{name} is a service of Kubernetes: with several pods each scrape meets another of them, and counters seem to "
            "fall and rise",
            "scrape each pod: kubernetes_sd_configs with the role endpoints or pod",
        )
    if single and _BARE.fullmatch(name) and name not in _OWN and name not in known:
        remedy = "scrape each: " + (f'dns_names=["tasks.{name}"]' if in_swarm else f'dns_names=["{name}"]')
        return (
            "info",
            f"if {name} is a service with several replicas, each scrape meets another of them, and counters seem to fall and rise",
            f"{remedy} with dns_port; with one replica all is well",
        )
    return None


def _is_of_swarm(job: Mapping[str, Any]) -> bool:
    """Whether the job looks for tasks of a Swarm."""
    names = [
        str(name)
        for _, discovery in objects(job.get("dns_sd_configs"))
        for name in _listed(discovery, "names")
    ]
    return "dockerswarm_sd_configs" in job or any(name.startswith("tasks.") for name in names)


def _listed(body: Mapping[str, Any], field: str) -> list[Any]:
    found = body.get(field)
    return found if isinstance(found, list) else []
