"""Open the servers that a command was pointed at, each with what the sources ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provision.commands.options import Servers, absolute
from provision.errors import UsageError
from provision.model import Definition
from provision.project import Project
from provision.ship.fleet import Aim

if TYPE_CHECKING:
    from provision.client.session import Endpoint


def open_targets(
    servers: Servers, project: Project, definitions: Sequence[Definition], environ: Mapping[str, str]
) -> tuple[Aim, ...]:
    """The targets of `servers`, in the order Grafana, Prometheus, Alertmanager.

    Args:
        servers: as `named` completed them.

    Raises:
        UsageError: the credentials or addresses can't be used.
        Unreachable, ServerRefused, NotAllowed: as the servers answer.
    """
    aims = [
        _grafana(endpoint, servers, project, definitions, environ) for endpoint in _grafanas(servers, environ)
    ]
    if servers.prometheus:
        aims.append(_prometheus(servers.prometheus, servers, project, definitions, environ))
    if servers.alertmanager:
        aims.append(_alertmanager(servers.alertmanager, servers, project, definitions, environ))
    return tuple(aims)


def named(servers: Servers, project: Project, environ: Mapping[str, str]) -> Servers:
    """The servers with what the environment and the settings add. A server named on the command line is the
    only one meant: the environment's others are not pushed to by the way. Nothing is asked of any server.

    Raises:
        UsageError: no server is named, one lacks what belongs to it, or something belongs to no server.
    """
    if servers.grafana or servers.prometheus or servers.alertmanager:
        grafana, prometheus, alertmanager = servers.grafana, servers.prometheus, servers.alertmanager
    else:
        url = environ.get("GRAFANA_URL") or environ.get("GRAFANA_SERVER")
        grafana = (url,) if url else _configured(project)
        prometheus = environ.get("PROMETHEUS_URL") or project.setting("prometheus", str, "") or None
        alertmanager = environ.get("ALERTMANAGER_URL") or project.setting("alertmanager", str, "") or None
    if not grafana and not prometheus and not alertmanager:
        raise UsageError(
            "no server is named",
            remedy="add --grafana URL, --prometheus URL --rules-dir DIR or --alertmanager URL --config-file FILE",
        )
    for option, value, server, owner in (
        ("--datasource NAME", servers.datasource, grafana, "--grafana URL"),
        ("--rules-dir DIR", servers.rules_dir, prometheus, "--prometheus URL"),
        ("--config-file FILE", servers.config_file, alertmanager, "--alertmanager URL"),
    ):
        if value is not None and not server:
            raise UsageError(f"{option} belongs to {owner}, and that isn't named")
    rules_dir = servers.rules_dir or _path(project, "rules_dir")
    config_file = servers.config_file or _path(project, "config_file")
    if prometheus and rules_dir is None:
        raise UsageError(
            "a Prometheus needs the folder that it reads its rule files from",
            remedy="add --rules-dir DIR, or rules_dir in [tool.provision]",
        )
    if alertmanager and config_file is None:
        raise UsageError(
            "an Alertmanager needs the file that it reads its configuration from",
            remedy="add --config-file FILE, or config_file in [tool.provision]",
        )
    return replace(
        servers,
        grafana=tuple(dict.fromkeys(grafana)),
        prometheus=prometheus,
        alertmanager=alertmanager,
        datasource=servers.datasource or project.setting("datasource", str, "") or None,
        rules_dir=rules_dir and absolute(rules_dir),
        config_file=config_file and absolute(config_file),
    )


def _configured(project: Project) -> tuple[str, ...]:
    listed = project.setting("grafana", (str, list), [])
    urls = [listed] if isinstance(listed, str) else listed
    if not all(isinstance(url, str) for url in urls):
        raise UsageError(
            "[tool.provision] grafana must be a URL or a list of URLs",
            where=str(project.root / "pyproject.toml"),
        )
    return tuple(url for url in urls if url)


def _grafanas(servers: Servers, environ: Mapping[str, str]) -> list[Endpoint]:
    """The Grafanas, each once, however often and with however many slashes it is named."""
    from provision.client.session import endpoint_from

    endpoints = [endpoint_from(environ, "GRAFANA", url, ca_file=_ca_file(servers)) for url in servers.grafana]
    return list({(endpoint.url, endpoint.credentials): endpoint for endpoint in endpoints}.values())


def _ca_file(servers: Servers) -> str | None:
    return None if servers.ca_file is None else str(servers.ca_file)


def _path(project: Project, setting: str) -> Path | None:
    value = project.setting(setting, str, "")
    return project.root / value if value else None


def _grafana(
    endpoint: Endpoint,
    servers: Servers,
    project: Project,
    definitions: Sequence[Definition],
    environ: Mapping[str, str],
) -> Aim:
    from provision.compile.dialect import grafana as dialect
    from provision.compile.kinds import DATASOURCE
    from provision.ship.target import grafana

    target = grafana.connect(
        endpoint,
        ui_edits=project.setting("ui_edits", str, "locked"),
        environ=environ,
        root=project.root,
        owner=project.name,
    )
    binding = target.binding(servers.datasource) if servers.datasource else None
    # Those that another one of the server stands in for.
    spared = frozenset((found.kind, found.key) for found in definitions if found.kind == DATASOURCE)
    settings = dialect.GrafanaSettings.of(project)
    desired = dialect.shape(definitions, target.dialect, datasource=binding, settings=settings)
    return Aim(target, desired, spared)


def _prometheus(
    url: str,
    servers: Servers,
    project: Project,
    definitions: Sequence[Definition],
    environ: Mapping[str, str],
) -> Aim:
    from provision.client.session import endpoint_from
    from provision.compile.dialect import prometheus as dialect
    from provision.ship.target import prometheus

    endpoint = endpoint_from(environ, "PROMETHEUS", url, ca_file=_ca_file(servers))
    assert servers.rules_dir is not None, "named() has seen to it"
    target = prometheus.connect(endpoint, servers.rules_dir, tools_dir=project.root / ".tools")
    return Aim(target, dialect.shape_rules(definitions, target.dialect))


def _alertmanager(
    url: str,
    servers: Servers,
    project: Project,
    definitions: Sequence[Definition],
    environ: Mapping[str, str],
) -> Aim:
    from provision.client.session import endpoint_from
    from provision.compile.dialect import alertmanager as dialect
    from provision.ship.target import alertmanager

    endpoint = endpoint_from(environ, "ALERTMANAGER", url, ca_file=_ca_file(servers))
    assert servers.config_file is not None, "named() has seen to it"
    target = alertmanager.connect(endpoint, servers.config_file, tools_dir=project.root / ".tools")
    # One that hides its version is what the settings say.
    understood = dialect.AlertmanagerDialect.of(project) if target.version is None else target.dialect
    routing = dialect.shape(definitions, understood)
    return Aim(target, (routing,) if routing is not None else ())
