"""Scrape jobs and the global settings of Prometheus to definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provision.author import PrometheusGlobal, ScrapeConfig
from provision.author.place import Written
from provision.compile.kinds import PROMETHEUS, SCRAPE_CONFIG
from provision.compile.values import mapping, texts
from provision.model import Definition, Place, encode

Locate = Callable[[Written], Place | None]


def compile_scrape_config(_path: str, job: ScrapeConfig, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of one scrape job; fields that say what Prometheus assumes anyway are left out.

    Raises:
        TypeError: a field isn't of its form.
    """
    body: dict[str, Any] = {"job_name": job.job}
    if job.interval:
        body["scrape_interval"] = job.interval
    if job.timeout:
        body["scrape_timeout"] = job.timeout
    if job.metrics_path != "/metrics":
        body["metrics_path"] = job.metrics_path
    if job.scheme != "http":
        body["scheme"] = job.scheme
    if job.targets:
        static: dict[str, Any] = {"targets": texts(job.targets, "targets")}
        if job.labels:
            static["labels"] = mapping(job.labels, "labels")
        body["static_configs"] = [static]
    if job.dns_names:
        body["dns_sd_configs"] = [
            {"names": texts(job.dns_names, "dns_names"), "type": "A", "port": job.dns_port}
        ]
    body.update(mapping(job.extra, "extra"))
    return [Definition(SCRAPE_CONFIG, job.job, encode(body), place)]


def compile_global(_path: str, server: PrometheusGlobal, place: Place, _locate: Locate) -> list[Definition]:
    """The definition of everything in prometheus.yml that isn't a scrape job.

    Raises:
        TypeError: a field isn't of its form.
    """
    settings: dict[str, Any] = {
        "scrape_interval": server.scrape_interval,
        "evaluation_interval": server.evaluation_interval,
    }
    if server.scrape_timeout:
        settings["scrape_timeout"] = server.scrape_timeout
    if server.external_labels:
        settings["external_labels"] = mapping(server.external_labels, "external_labels")
    body: dict[str, Any] = {"global": settings, "rule_files": texts(server.rule_files, "rule_files")}
    if server.alertmanagers:
        targets = texts(server.alertmanagers, "alertmanagers")
        body["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": targets}]}]}
    body.update(mapping(server.extra, "extra"))
    return [Definition(PROMETHEUS, "global", encode(body), place)]
