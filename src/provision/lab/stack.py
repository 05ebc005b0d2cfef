"""What runs in a lab: which programs on which ports with which files. Values only; nothing is started here."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from provision.lab import faults
from provision.lab.ports import Ports, url
from provision.lab.seen import BROWSERS, TRAFFIC
from provision.tools import servers

RATE = 40.0
"""Requests a second."""

WORK_SECONDS = 0.006
"""What the application's pages take at least: nothing would be seen of times that are all below a millisecond."""

BUCKETS_SECONDS = (0.1, 0.2, 0.3, 1.2, 5.0)
"""Traefik's own histogram buckets and one at the SLA of 200 ms, which could not be measured without it."""

INTERVAL = "1s"
WINDOW = "10s"
"""What alerts look back over: long enough for several scrapes, short enough to watch."""

RESEND = "5s"
"""How often Prometheus tells again of an alert that fires. Alertmanager takes one for over four times as long after it was
last told of."""

PROGRAMS = ("prometheus", "alertmanager", "traefik", "redis-server")
"""The programs of others that a lab runs."""

BROWSERS_SERVICE = "browsers"

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Component:
    """A program of the lab.

    Attributes:
        name: unique, such as `app-1`.
        service: what its replicas have in common, such as `app`.
        command: how it is started.
        url: where it answers; empty when it doesn't.
        ready: the path under `url` that answers 200 once it is ready; of a `redis://` it is none.
        says: what the answer holds then.
        data_bytes: how much memory it may fill (RLIMIT_DATA).
        environment: variables that it needs; others can read them, so no secrets.
    """

    name: str
    service: str
    command: tuple[str, ...]
    url: str = ""
    ready: str = ""
    says: str = ""
    data_bytes: int = 512 * MIB
    environment: Mapping[str, str] = field(default_factory=dict)


def variables(ports: Ports) -> dict[str, Any]:
    """What the project's sources are told of the lab, over the variables of the environment."""
    return {
        "traefik_targets": [f"127.0.0.1:{ports.traefik}"],
        "gallery_targets": [f"127.0.0.1:{port}" for port in ports.replicas],
        "cadvisor_targets": [f"127.0.0.1:{ports.containers}"],
        "prometheus_targets": [f"127.0.0.1:{ports.prometheus}"],
        "alertmanager_targets": [f"127.0.0.1:{ports.alertmanager}"],
        "prometheus_url": url(ports.prometheus),
        "alertmanager_url": url(ports.alertmanager),
        "webhook_url": url(ports.webhook) + "/alerts",
        "watchdog_url": url(ports.webhook) + "/alerts",
        "watchdog_interval": RESEND,
        "scrape_interval": INTERVAL,
        "evaluation_interval": INTERVAL,
        "alert_window": WINDOW,
        "alert_for": "2s",
        "alert_group_wait": "0s",
        "alert_group_interval": "1s",
        "smtp_smarthost": "",
    }


def urls(ports: Ports) -> dict[str, str]:
    """Where a person looks: what it is called → its URL."""
    return {
        "application": url(ports.web),
        "application, TLS": url(ports.websecure, "https"),
        "Traefik's metrics": url(ports.traefik) + "/metrics",
        "Prometheus": url(ports.prometheus),
        "Alertmanager": url(ports.alertmanager),
        "notifications": url(ports.webhook) + "/alerts",
        "Redis": url(ports.redis, "redis"),
        **{f"faults of replica {n}": f"{url(port)}/admin/faults" for n, port in enumerate(ports.replicas, 1)},
    }


def buckets(setting: Sequence[Any], sla_latency: Any) -> tuple[float, ...]:
    """The histogram's upper bounds in seconds: those that are set, and one at the SLA's latency.

    Raises:
        ValueError: one isn't a positive number.
    """
    bounds = [*setting, *([sla_latency] if sla_latency is not None else [])]
    for bound in bounds:
        if isinstance(bound, bool) or not isinstance(bound, int | float) or not 0 < bound < math.inf:
            raise ValueError(f"{bound!r} is not a number of seconds above 0")
    return tuple(sorted({float(bound) for bound in bounds}))


def traefik_routes(ports: Ports, certificate: tuple[Path, Path] | None = None) -> bytes:
    """Traefik's dynamic configuration: one service of all replicas, with health checks and retries.

    Args:
        certificate: the files of a certificate and its key; None: Traefik makes one for itself.
    """
    router: dict[str, Any] = {"rule": "PathPrefix(`/`)", "service": "app", "middlewares": ["again"]}
    content: dict[str, Any] = {
        "http": {
            "routers": {
                "app": router | {"entryPoints": ["web"]},
                "app-tls": router | {"entryPoints": ["websecure"], "tls": {}},
            },
            "middlewares": {"again": {"retry": {"attempts": 3, "initialInterval": "10ms"}}},
            "services": {
                "app": {
                    "loadBalancer": {
                        "servers": [{"url": url(port)} for port in ports.replicas],
                        "healthCheck": {"path": "/health", "interval": "1s", "timeout": "1s"},
                    }
                },
            },
        }
    }
    if certificate is not None:
        files = {"certFile": str(certificate[0]), "keyFile": str(certificate[1])}
        content["tls"] = {"stores": {"default": {"defaultCertificate": files}}}
    return yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False).encode()


def components(
    ports: Ports,
    programs: Mapping[str, Path],
    folder: Path,
    *,
    buckets_seconds: Iterable[float],
    alertmanager_prefix: Sequence[str] = (),
) -> tuple[Component, ...]:
    """Everything but the traffic, in the order it is started.

    Args:
        programs: the path of each of `PROGRAMS`.
        folder: the lab's state folder, absolute.
        buckets_seconds: the histogram's upper bounds.
        alertmanager_prefix: goes before Alertmanager's command line.
    """
    prometheus, alertmanager = folder / "prometheus", folder / "alertmanager"
    return (
        Component(
            "redis",
            "redis",
            (str(programs["redis-server"]), str(folder / "redis" / "redis.conf")),
            url(ports.redis, "redis"),
            environment=servers.environment(programs["redis-server"]),
        ),
        _ours("webhook", "webhook", ports.webhook, "/health", "--file", f"{folder / 'notifications.jsonl'}"),
        *(
            _ours(
                f"app-{number}",
                "app",
                port,
                "/health",
                *("--name", f"app-{number}"),
                *("--storage", f"{folder / 'storage'}"),
                *("--redis", f"{url(ports.redis, 'redis')}/0"),
                *("--work-seconds", f"{WORK_SECONDS:g}"),
                *("--admin-token-file", f"{faults.token_file(folder)}"),
                module="gallery",
                environment={"GALLERY_REDIS_PASSWORD_FILE": str(folder / "redis" / "password")},
            )
            for number, port in enumerate(ports.replicas, 1)
        ),
        _ours("containers", "containers", ports.containers, "/metrics", "--state", str(folder)),
        Component(
            "traefik",
            "traefik",
            (
                str(programs["traefik"]),
                f"--entrypoints.web.address=127.0.0.1:{ports.web}",
                f"--entrypoints.websecure.address=127.0.0.1:{ports.websecure}",
                f"--entrypoints.traefik.address=127.0.0.1:{ports.traefik}",
                f"--providers.file.filename={folder / 'traefik' / 'routes.yml'}",
                "--metrics.prometheus=true",
                "--metrics.prometheus.entrypoint=traefik",
                "--metrics.prometheus.addentrypointslabels=true",
                "--metrics.prometheus.addrouterslabels=true",
                "--metrics.prometheus.addserviceslabels=true",
                f"--metrics.prometheus.buckets={','.join(f'{bound:g}' for bound in buckets_seconds)}",
                "--serverstransport.forwardingtimeouts.dialtimeout=1s",
                "--serverstransport.forwardingtimeouts.responseheadertimeout=10s",
                "--global.checknewversion=false",
                "--global.sendanonymoususage=false",
                "--log.level=WARN",
            ),
            url(ports.traefik),
            # Its /ping answers before the routes are there, and requests would meet 404.
            "/metrics",
            'traefik_service_server_up{service="app@file"',
            2048 * MIB,
        ),
        Component(
            "alertmanager",
            "alertmanager",
            (
                *alertmanager_prefix,
                str(programs["alertmanager"]),
                f"--config.file={alertmanager / 'alertmanager.yml'}",
                f"--storage.path={alertmanager / 'data'}",
                f"--web.listen-address=127.0.0.1:{ports.alertmanager}",
                "--cluster.listen-address=",
                "--log.level=warn",
            ),
            url(ports.alertmanager),
            "/-/ready",
            data_bytes=2048 * MIB,
        ),
        Component(
            "prometheus",
            "prometheus",
            (
                str(programs["prometheus"]),
                f"--config.file={prometheus / 'prometheus.yml'}",
                f"--storage.tsdb.path={prometheus / 'data'}",
                f"--web.listen-address=127.0.0.1:{ports.prometheus}",
                "--web.enable-lifecycle",
                f"--rules.alert.resend-delay={RESEND}",
                "--log.level=warn",
            ),
            url(ports.prometheus),
            "/-/ready",
            data_bytes=2048 * MIB,
        ),
    )


def traffic(ports: Ports, folder: Path, certificate: Path | None = None) -> Component:
    """The clients, which log what they see below `folder`; some of them over TLS when Traefik's certificate is known."""
    command = ["--url", url(ports.web), "--rate", f"{RATE:g}", "--log", str(folder / TRAFFIC)]
    if certificate is not None:
        command += ["--tls-url", url(ports.websecure, "https"), "--certificate", str(certificate)]
    return Component("traffic", "traffic", _python("client", *command))


def browsers(ports: Ports, folder: Path, program: Path, count: int) -> Component:
    """Visitors with real browsers, which log what they see below `folder`, with pictures of failures.

    Args:
        program: the Chromium.
        count: how many at once.
    """
    command = ["--url", url(ports.web), "--clients", str(count), "--seconds", str(24 * 3600)]
    command += ["--log", str(folder / BROWSERS), "--screenshots", str(folder / "screenshots")]
    return Component(
        BROWSERS_SERVICE,
        BROWSERS_SERVICE,
        _python("client.browsers", *command, "--chromium", str(program)),
        data_bytes=8192 * MIB,
    )


def _ours(
    name: str,
    service: str,
    port: int,
    ready: str,
    *arguments: str,
    module: str = "",
    environment: Mapping[str, str] | None = None,
) -> Component:
    command = _python(module or name, "--port", str(port), *arguments)
    return Component(name, service, command, url(port), ready, environment=environment or {})


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"provision.lab.{module}", *arguments)
