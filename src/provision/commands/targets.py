"""The servers that a command was pointed at: named without asking them anything, then opened, each with what the
sources ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.client.endpoint import Endpoint
from provision.commands.instances import Instance, instances
from provision.commands.options import Servers, absolute
from provision.commands.transport import transport_of
from provision.errors import UsageError
from provision.model import Definition
from provision.project import Project
from provision.ship.fleet import Aim, is_called

OWN_POLICY_TREE: Final = "own_policy_tree"
"""What a plan says that was made with that option."""

Open = Callable[[Sequence[Definition]], Aim]
"""Connects to a server and shapes what it is to hold.

Raises:
    UsageError: the credentials or addresses can't be used.
    Unreachable, ServerRefused, NotAllowed: as the server answers.
    SourceErrors: the server could not hold what the sources ask for.
"""


@dataclass(frozen=True, slots=True)
class Destination:
    """A server that was named, and isn't asked yet.

    Attributes:
        project: in the environment whose sources it is to hold.
        instance: its name; empty when it has none.
        url: its address.
    """

    project: Project
    instance: str
    url: str
    open: Open

    def is_called(self, name: str) -> bool:
        """Whether `name` means it."""
        return is_called(name, self.instance, self.url)


def destinations(
    servers: Servers, projects: Sequence[Project], environ: Mapping[str, str]
) -> tuple[Destination, ...]:
    """The servers of each environment, in the order Grafana, Prometheus, Alertmanager. A server named on the
    command line is the only one meant: the environment's others are not pushed to by the way. Nothing is asked of
    any server.

    Raises:
        UsageError: no server is named, one lacks what belongs to it, or something belongs to no server.
    """
    if len(projects) > 1:
        _require_own_servers(servers, environ)
    return tuple(
        found
        for project in projects
        for found in _of_project(servers, project, environ, project.environment if len(projects) > 1 else "")
    )


def grafanas(servers: Servers, project: Project, environ: Mapping[str, str]) -> tuple[Destination, ...]:
    """The Grafanas of one environment alone, for commands that have no business with its other servers.

    Raises:
        UsageError: one lacks what belongs to it.
    """
    return tuple(
        _grafana(instance, project, environ, "", own_tree=servers.own_policy_tree)
        for instance in instances(servers, project, environ)
    )


def open_targets(
    servers: Servers, project: Project, definitions: Sequence[Definition], environ: Mapping[str, str]
) -> tuple[Aim, ...]:
    """The servers of one environment, opened one after another.

    Raises:
        ProvisionError: as `destinations`, and as `Open`.
    """
    return tuple(each.open(definitions) for each in destinations(servers, (project,), environ))


def _require_own_servers(servers: Servers, environ: Mapping[str, str]) -> None:
    """Several environments have a server each; one that is named from outside would be all of theirs."""
    for name in ("GRAFANA_URL", "GRAFANA_SERVER", "PROMETHEUS_URL", "ALERTMANAGER_URL"):
        if environ.get(name):
            raise UsageError(
                f"{name} names one server, and there are several environments", remedy=f"unset {name}"
            )
    if servers.grafana or servers.prometheus or servers.alertmanager:
        raise UsageError(
            "a server on the command line belongs to one environment, and there are several",
            remedy="name the servers in [tool.provision.env.NAME]",
        )


def _of_project(
    servers: Servers, project: Project, environ: Mapping[str, str], environment: str
) -> list[Destination]:
    if servers.grafana or servers.prometheus or servers.alertmanager:
        grafanas = instances(servers, project, environ) if servers.grafana else ()
        prometheus, alertmanager = servers.prometheus, servers.alertmanager
    else:
        grafanas = instances(servers, project, environ)
        prometheus = environ.get("PROMETHEUS_URL") or project.setting("prometheus", str, "") or None
        alertmanager = environ.get("ALERTMANAGER_URL") or project.setting("alertmanager", str, "") or None
    if not grafanas and not prometheus and not alertmanager:
        raise UsageError(
            f"no server is named{f' in environment {environment!r}' if environment else ''}",
            remedy="add --grafana URL, --prometheus URL --rules-dir DIR or --alertmanager URL --config-file FILE",
        )
    for option, value, server, owner in (
        ("--datasource NAME", servers.datasource, grafanas, "--grafana URL"),
        ("--org N", servers.org, grafanas, "--grafana URL"),
        ("--own-policy-tree", servers.own_policy_tree, grafanas, "--grafana URL"),
        ("--rules-dir DIR", servers.rules_dir, prometheus, "--prometheus URL"),
        ("--config-file FILE", servers.config_file, alertmanager, "--alertmanager URL"),
    ):
        if value and not server:
            raise UsageError(f"{option} belongs to {owner}, and that isn't named")
    found = [
        _grafana(instance, project, environ, environment, own_tree=servers.own_policy_tree)
        for instance in grafanas
    ]
    transport = transport_of(servers, environ)
    if prometheus:
        endpoint = transport.endpoint(environ, "PROMETHEUS", prometheus)
        found.append(_prometheus(endpoint, _rules_dir(servers, project), project, environment))
    if alertmanager:
        endpoint = transport.endpoint(environ, "ALERTMANAGER", alertmanager)
        found.append(_alertmanager(endpoint, _config_file(servers, project), project, environment))
    return found


def _rules_dir(servers: Servers, project: Project) -> Path:
    folder = servers.rules_dir or _path(project, "rules_dir")
    if folder is None:
        raise UsageError(
            "a Prometheus needs the folder that it reads its rule files from",
            remedy="add --rules-dir DIR, or rules_dir in [tool.provision]",
        )
    return absolute(folder)


def _config_file(servers: Servers, project: Project) -> Path:
    file = servers.config_file or _path(project, "config_file")
    if file is None:
        raise UsageError(
            "an Alertmanager needs the file that it reads its configuration from",
            remedy="add --config-file FILE, or config_file in [tool.provision]",
        )
    return absolute(file)


def _path(project: Project, setting: str) -> Path | None:
    value = project.setting(setting, str, "")
    return project.root / value if value else None


def _grafana(
    instance: Instance, project: Project, environ: Mapping[str, str], environment: str, *, own_tree: bool
) -> Destination:
    name = "/".join(part for part in (environment, instance.name) if part)

    def opened(definitions: Sequence[Definition]) -> Aim:
        from provision.compile.dialect import grafana as dialect
        from provision.compile.kinds import DATASOURCE
        from provision.ship.target import grafana

        target = grafana.connect(
            instance.endpoint,
            ui_edits=project.setting("ui_edits", str, "locked"),
            environ=environ,
            root=project.root,
            owner=project.name,
            own_tree=own_tree,
        )
        binding = target.binding(instance.datasource) if instance.datasource else None
        settings = dialect.GrafanaSettings.of(project, own_policy_tree=own_tree)
        desired = dialect.shape(definitions, target.dialect, datasource=binding, settings=settings)
        # Those that another one of the server stands in for.
        spared = frozenset((found.kind, found.key) for found in definitions if found.kind == DATASOURCE)
        asked = (OWN_POLICY_TREE,) if own_tree else ()
        return Aim(target, desired, project.name, name, instance.endpoint.url, spared=spared, asked=asked)

    return Destination(project, name, instance.endpoint.url, opened)


def _prometheus(endpoint: Endpoint, folder: Path, project: Project, name: str) -> Destination:
    def opened(definitions: Sequence[Definition]) -> Aim:
        from provision.compile.dialect import prometheus as dialect
        from provision.ship.target import prometheus

        target = prometheus.connect(endpoint, folder, tools_dir=project.root / ".tools")
        desired = dialect.shape_rules(definitions, target.dialect)
        return Aim(target, desired, project.name, name, endpoint.url, apart=False)

    return Destination(project, name, endpoint.url, opened)


def _alertmanager(endpoint: Endpoint, file: Path, project: Project, name: str) -> Destination:
    def opened(definitions: Sequence[Definition]) -> Aim:
        from provision.compile.dialect import alertmanager as dialect
        from provision.ship.target import alertmanager

        target = alertmanager.connect(endpoint, file, tools_dir=project.root / ".tools")
        # One that hides its version is what the settings say.
        understood = dialect.AlertmanagerDialect.of(project) if target.version is None else target.dialect
        routing = dialect.shape(definitions, understood)
        return Aim(
            target, (routing,) if routing is not None else (), project.name, name, endpoint.url, apart=False
        )

    return Destination(project, name, endpoint.url, opened)
