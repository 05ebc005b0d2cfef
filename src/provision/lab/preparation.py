"""Everything a lab needs before its first process starts: the sources compiled for its ports, and its files."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from provision.compile.dialect import alertmanager as alertmanager_dialect
from provision.compile.dialect import prometheus as prometheus_dialect
from provision.compile.load import load
from provision.errors import MissingTool, ProvisionError, SourceErrors, UsageError
from provision.lab import contained, faults, redis, stack
from provision.lab.ports import Ports
from provision.lab.stack import Component
from provision.lab.telling import Tell
from provision.model import Definition, Resource, decode, encode
from provision.project import Project
from provision.tools import openssl

_CERTIFICATE_DAYS = 90
_LIBRARIES = ("flask", "prometheus_client", "redis", "waitress")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be started.

    Attributes:
        definitions: the project's, compiled for this lab.
        components: everything but the traffic.
        traffic: the clients.
    """

    definitions: tuple[Definition, ...]
    components: tuple[Component, ...]
    traffic: Component


def compiled(project: Project, ports: Ports) -> tuple[Definition, ...]:
    """The project's definitions, with the lab's variables laid over those of the environment.

    Raises:
        SourceErrors: some sources are broken; all are listed.
    """
    told = replace(project, variables={**project.variables, **stack.variables(ports)})
    # The ports are others every time: what is compiled for them would only push better things out of the cache.
    result = load(told, use_cache=False)
    if result.problems:
        raise SourceErrors(result.problems)
    return result.definitions


def prepare(
    project: Project,
    ports: Ports,
    programs: Mapping[str, Path],
    folder: Path,
    *,
    alertmanager_prefix: tuple[str, ...] = (),
    tell: Tell,
) -> Prepared:
    """Compile the project and write the lab's files below `folder`, its state folder.

    Raises:
        SourceErrors: some sources are broken; all are listed.
        UsageError: the setting `lab_buckets` can't be used.
        MissingTool: a library that the application needs isn't installed.
        ProvisionError: the project doesn't say what Prometheus scrapes.
    """
    _require_libraries()
    definitions = compiled(project, ports)
    bounds = _buckets(project)
    certificate = _certificate(folder / "traefik", tell)
    _write(folder / "traefik" / "routes.yml", stack.traefik_routes(ports, certificate))
    _write(folder / "prometheus" / "prometheus.yml", _prometheus_config(project, definitions, ports, tell))
    (folder / "prometheus" / "rules").mkdir()
    faults.make_token(folder)
    _write(folder / "alertmanager" / "alertmanager.yml", _first_alertmanager_config(project))
    redis.prepare(folder / "redis", ports.redis)
    components = stack.components(
        ports, programs, folder, buckets_seconds=bounds, alertmanager_prefix=alertmanager_prefix
    )
    return Prepared(
        definitions, components, stack.traffic(ports, folder, certificate[0] if certificate else None)
    )


def routing(definitions: tuple[Definition, ...], ports: Ports) -> Resource | None:
    """The project's alertmanager.yml, whose receivers deliver to the lab's webhook only; None without routes."""
    resource = alertmanager_dialect.shape(definitions)
    if resource is None:
        return None
    body = contained.alertmanager(decode(resource.body), stack.variables(ports)["webhook_url"])
    return replace(resource, body=encode(body))


def _prometheus_config(
    project: Project, definitions: tuple[Definition, ...], ports: Ports, tell: Tell
) -> bytes:
    dialect = prometheus_dialect.PrometheusDialect.of(project)
    resource = prometheus_dialect.shape_config(definitions, dialect)
    config = {} if resource is None else decode(resource.body)
    body = contained.prometheus(config, f"127.0.0.1:{ports.alertmanager}")
    if resource is None or not body["scrape_configs"]:
        raise ProvisionError(
            "no source says what Prometheus scrapes" + (" on this machine" if config else ""),
            where=str(project.root / "provisioning"),
            remedy='add ScrapeConfig(job="traefik", targets=env["traefik_targets"]) and a PrometheusGlobal to one',
        )
    if elsewhere := contained.jobs_elsewhere(config):
        tell(f"a lab scrapes this machine only, and thus not all of {', '.join(elsewhere)}")
    return prometheus_dialect.config_bytes(replace(resource, body=encode(body)), project.name)


def _first_alertmanager_config(project: Project) -> bytes:
    """One that tells nobody: the routes are pushed to the running server, as to any other."""
    body = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
    kind, key = alertmanager_dialect.CONFIG, alertmanager_dialect.CONFIG_KEY
    return alertmanager_dialect.config_bytes(Resource(kind, key, encode(body)), project.name)


def _require_libraries() -> None:
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingTool(
            f"Python's {' and '.join(missing)} can't be imported",
            where="the lab's application",
            remedy=f"install what it needs with: {sys.executable} -m pip install 'provision[lab]'",
        )


def _buckets(project: Project) -> tuple[float, ...]:
    set_ones = project.setting("lab_buckets", list, list(stack.BUCKETS_SECONDS))
    try:
        return stack.buckets(set_ones, project.variables.get("sla_latency_seconds"))
    except ValueError as error:
        where = str(project.root / "pyproject.toml")
        raise UsageError(f"lab_buckets, or sla_latency_seconds: {error}", where=where) from None


def _certificate(folder: Path, tell: Tell) -> tuple[Path, Path] | None:
    folder.mkdir()
    try:
        return openssl.self_signed(folder, "lab", _CERTIFICATE_DAYS)
    except MissingTool as error:
        tell(f"no TLS in this lab: {error}")
        return None


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
