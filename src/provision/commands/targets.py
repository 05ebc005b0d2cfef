"""Open the servers that a command was pointed at, each with what the sources ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provision.commands.options import Servers
from provision.errors import UsageError
from provision.model import Definition, Resource
from provision.project import Project
from provision.ship.target import Target


@dataclass(frozen=True, slots=True)
class Aim:
    """A target, and the resources it is to hold."""

    target: Target
    desired: tuple[Resource, ...]


def open_targets(
    servers: Servers, project: Project, definitions: Sequence[Definition], environ: Mapping[str, str]
) -> tuple[Aim, ...]:
    """The targets of `servers`, in the order Grafana, Prometheus, Alertmanager.

    What the command line leaves open comes from `environ`, then from the project's settings.

    Raises:
        UsageError: no server is named, or one lacks what belongs to it.
        Unreachable, ServerRefused, NotAllowed: as the servers answer.
    """
    servers = _completed(servers, project, environ)
    aims = [_grafana(url, servers, project, definitions, environ) for url in servers.grafana]
    if servers.prometheus:
        aims.append(_prometheus(servers.prometheus, servers, project, definitions, environ))
    if servers.alertmanager:
        aims.append(_alertmanager(servers.alertmanager, servers, project, definitions, environ))
    if not aims:
        raise UsageError(
            "no server is named",
            remedy="add --grafana URL, --prometheus URL --rules-dir DIR or --alertmanager URL --config-file FILE",
        )
    return tuple(aims)


def _completed(servers: Servers, project: Project, environ: Mapping[str, str]) -> Servers:
    """The servers with what the environment and the settings add. A server named on the command line is the
    only one meant: the environment's others are not pushed to by the way."""
    if servers.grafana or servers.prometheus or servers.alertmanager:
        grafana, prometheus, alertmanager = servers.grafana, servers.prometheus, servers.alertmanager
    else:
        named = environ.get("GRAFANA_URL") or environ.get("GRAFANA_SERVER")
        listed = project.setting("grafana", (str, list), [])
        configured = [listed] if isinstance(listed, str) else listed
        grafana = (named,) if named else tuple(str(url) for url in configured)
        prometheus = environ.get("PROMETHEUS_URL") or project.setting("prometheus", str, "") or None
        alertmanager = environ.get("ALERTMANAGER_URL") or project.setting("alertmanager", str, "") or None
    return replace(
        servers,
        grafana=tuple(dict.fromkeys(grafana)),
        prometheus=prometheus,
        alertmanager=alertmanager,
        datasource=servers.datasource or project.setting("datasource", str, "") or None,
        rules_dir=servers.rules_dir or _path(project, "rules_dir"),
        config_file=servers.config_file or _path(project, "config_file"),
    )


def _path(project: Project, setting: str) -> Path | None:
    value = project.setting(setting, str, "")
    return project.root / value if value else None


def _grafana(
    url: str,
    servers: Servers,
    project: Project,
    definitions: Sequence[Definition],
    environ: Mapping[str, str],
) -> Aim:
    from provision.client.session import endpoint_from
    from provision.compile.dialect import grafana as dialect
    from provision.ship.target import grafana

    endpoint = endpoint_from(environ, "GRAFANA", url)
    if servers.ca_file:
        endpoint = replace(endpoint, ca_file=str(servers.ca_file))
    target = grafana.connect(endpoint, ui_edits=project.setting("ui_edits", str, "locked"))
    binding = target.binding(servers.datasource) if servers.datasource else None
    return Aim(target, dialect.shape(definitions, target.dialect, datasource=binding))


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

    if servers.rules_dir is None:
        raise UsageError(
            "--prometheus needs --rules-dir DIR, the folder that server reads its rule files from"
        )
    endpoint = endpoint_from(environ, "PROMETHEUS", url)
    if servers.ca_file:
        endpoint = replace(endpoint, ca_file=str(servers.ca_file))
    target = prometheus.connect(endpoint, servers.rules_dir.absolute(), tools_dir=project.root / ".tools")
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

    if servers.config_file is None:
        raise UsageError(
            "--alertmanager needs --config-file FILE, the file that server reads its configuration from"
        )
    endpoint = endpoint_from(environ, "ALERTMANAGER", url)
    if servers.ca_file:
        endpoint = replace(endpoint, ca_file=str(servers.ca_file))
    target = alertmanager.connect(endpoint, servers.config_file.absolute(), tools_dir=project.root / ".tools")
    routing = dialect.shape(definitions)
    return Aim(target, (routing,) if routing is not None else ())
