"""What Prometheus scrapes, and its global settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provision.author import plain_secrets
from provision.author.durations import check
from provision.author.place import Written, written


@dataclass(frozen=True, slots=True)
class ScrapeConfig:
    """A scrape job.

    Attributes:
        job: the value of the label `job`.
        targets: `host:port` of each target, when they are known by name.
        labels: added to every series of `targets`.
        dns_names: names whose addresses are the targets (Swarm: `tasks.NAME`, never the service's own name,
            whose virtual address leads to a random task).
        dns_port: the port of each address found under `dns_names`.
        metrics_path: the path of the metrics.
        scheme: `http` or `https`.
        interval: time between scrapes, a Prometheus duration; none: the global one.
        timeout: time one scrape may take, a Prometheus duration; none: the global one.
        extra: any further fields of a `scrape_config`, as Prometheus names them; secrets only as `…_file`.
    """

    job: str
    targets: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    dns_names: Sequence[str] = ()
    dns_port: int | None = None
    metrics_path: str = "/metrics"
    scheme: str = "http"
    interval: str | None = None
    timeout: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    where: Written = written()

    def __post_init__(self) -> None:
        check(f"scrape job {self.job!r}", interval=self.interval, timeout=self.timeout)
        plain_secrets.refuse(f"scrape job {self.job!r}", self.extra)
        if self.dns_names and self.dns_port is None:
            raise ValueError(f"scrape job {self.job!r}: dns_names needs dns_port")


@dataclass(frozen=True, slots=True)
class PrometheusGlobal:
    """The settings of a Prometheus server; a project has at most one.

    Attributes:
        scrape_interval: time between scrapes, a Prometheus duration.
        scrape_timeout: time one scrape may take, a Prometheus duration; none: Prometheus's own default.
        evaluation_interval: time between evaluations of a rule group, a Prometheus duration.
        external_labels: added to what leaves the server: alerts, federation, remote write.
        alertmanagers: `host:port` of each Alertmanager.
        rule_files: where the server finds its rule files, relative to `prometheus.yml`.
        extra: any further top-level fields of `prometheus.yml`, as Prometheus names them.
    """

    scrape_interval: str = "15s"
    scrape_timeout: str | None = None
    evaluation_interval: str = "15s"
    external_labels: Mapping[str, str] = field(default_factory=dict)
    alertmanagers: Sequence[str] = ()
    rule_files: Sequence[str] = ("rules/*.yml",)
    extra: Mapping[str, Any] = field(default_factory=dict)
    where: Written = written()

    def __post_init__(self) -> None:
        check(
            "PrometheusGlobal",
            scrape_interval=self.scrape_interval,
            scrape_timeout=self.scrape_timeout,
            evaluation_interval=self.evaluation_interval,
        )
