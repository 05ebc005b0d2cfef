"""Starting a lab in a folder that is claimed: its files, its programs, what is pushed to them, and the wait until there is
something to see."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from provision.client.endpoint import Endpoint
from provision.errors import MissingTool
from provision.lab import grafana, ports, stack, state, supervisor
from provision.lab.ports import Ports
from provision.lab.state import Lab
from provision.lab.telling import Tell
from provision.model import Definition
from provision.project import Project
from provision.tools import alertmanager_templates
from provision.tools.grafana import Installed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user wants of a lab.

    Attributes:
        traffic: whether there are clients.
        browsers: how many visitors with a real browser there are beside them.
        ports: those that must be certain ones, by a name of `ports.NAMES`.
        grafana: one that is installed and becomes part of the lab; or the way into one that is there anyway, and
            stays what it is but for what is pushed to it; or none.
    """

    traffic: bool = True
    browsers: int = 0
    ports: Mapping[str, int] = field(default_factory=dict)
    grafana: Installed | Endpoint | None = None


def start(
    project: Project,
    folder: Path,
    lab: Lab,
    programs: Mapping[str, Path],
    wanted: Wanted,
    tell: Tell,
) -> tuple[Lab, tuple[Definition, ...]]:
    """Start everything; the lab with all that runs, and the project's definitions, compiled for it.

    Args:
        lab: as it was claimed; each step is written down in its state folder at once.
        programs: the path of each of `stack.PROGRAMS`.
        tell: called with a sentence before something that takes time.

    Raises:
        as `provision.lab.lifecycle.up`; what was started runs on then.
    """
    from provision.lab import delivery, preparation

    if isinstance(wanted.grafana, Endpoint):
        delivery.require_grafana(wanted.grafana)
    made = lab.made
    # Written down before it is made: who is killed in between leaves nothing that nobody knows of.
    state.write(folder, replace(lab, made=(*made, *map(str, alertmanager_templates.could_make()))))
    launch = alertmanager_templates.prepare(programs["alertmanager"], folder / "alertmanager" / "share")
    for path in launch.made:
        tell(f"Debian's Alertmanager needs {path}; it is removed with the lab")
    lab = replace(lab, made=(*made, *map(str, launch.made)))
    state.write(folder, lab)
    with ports.reserved(wanted.ports) as found:
        lab = replace(lab, urls=stack.urls(found))
        tell(f"compiling {project.root} for the lab, environment {project.environment}")
        prepared = preparation.prepare(
            project, found, programs, folder, alertmanager_prefix=launch.prefix, tell=tell
        )
    components = prepared.components
    if isinstance(wanted.grafana, Installed):
        # First, as it takes longest.
        components = (grafana.component(wanted.grafana, folder, found.grafana), *components)
    tell(f"starting {', '.join(component.name for component in components)}")
    lab = supervisor.start(components, lab, folder)
    tools_dir = project.root / ".tools"
    prometheus_url, alertmanager_url = ports.url(found.prometheus), ports.url(found.alertmanager)
    routing = preparation.routing(prepared.definitions, found)
    if routing is not None:
        tell(f"pushing routes to {alertmanager_url}")
        file = folder / "alertmanager" / "alertmanager.yml"
        delivery.push_routes(alertmanager_url, file, routing, project.name, tools_dir)
    if wanted.traffic:
        lab = supervisor.start([prepared.traffic], lab, folder)
    if wanted.browsers and (program := _chromium(tell)):
        lab = supervisor.start([stack.browsers(found, folder, program, wanted.browsers)], lab, folder)
    tell(f"pushing rules to {prometheus_url}")
    rules_dir = folder / "prometheus" / "rules"
    delivery.push_rules(prometheus_url, rules_dir, prepared.definitions, project.name, tools_dir)
    if wanted.grafana is not None:
        lab = replace(
            lab, grafana=_shown_in(wanted.grafana, project, folder, found, prepared.definitions, tell)
        )
    tell("waiting for the first scrapes and evaluations")
    delivery.settle(prometheus_url)
    return lab, prepared.definitions


def _chromium(tell: Tell) -> Path | None:
    """The browser; when it or what drives it is missing, that is told."""
    from provision.lab.client import chromium

    if importlib.util.find_spec("playwright") is None:
        remedy = f"{sys.executable} -m pip install 'provision[browser]'"
        tell(f"no browsers in this lab: Python's playwright isn't there; install it with: {remedy}")
        return None
    try:
        return chromium.find()
    except MissingTool as error:
        tell(f"no browsers in this lab: {error}")
        return None


def _shown_in(
    wanted: Installed | Endpoint,
    project: Project,
    folder: Path,
    found: Ports,
    definitions: Sequence[Definition],
    tell: Tell,
) -> state.Grafana:
    from provision.lab import contained, delivery

    own = isinstance(wanted, Installed)
    endpoint = grafana.endpoint(folder, found.grafana) if isinstance(wanted, Installed) else wanted
    tell(f"pushing dashboards to {endpoint.url}")
    for name in contained.left_out(definitions):
        tell(f"the data source {name!r} is no Prometheus, and isn't pushed")
    datasource = project.setting("datasource", str, "")
    shown = tuple(contained.shown(definitions, ports.url(found.prometheus), datasource))
    # On a Grafana of others what the project itself has pushed there must not ask a lab all of a sudden.
    owner = project.name if own else f"{project.name} lab"
    pages = delivery.push_dashboards(endpoint, shown, owner)
    password_file = str(grafana.password_file(folder)) if own else ""
    return state.Grafana(endpoint.url, pages, grafana.USER if own else "", password_file)
