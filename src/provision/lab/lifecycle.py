"""A lab from its start to its end: `up`, `status`, `down`."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from provision.client.endpoint import Endpoint
from provision.errors import MissingTool, ProvisionError
from provision.lab import grafana, ports, processes, stack, state, supervisor
from provision.lab.ports import Ports
from provision.lab.state import Lab
from provision.model import Definition
from provision.project import Project
from provision.tools import alertmanager_templates, servers
from provision.tools.grafana import Installed

STARTER_SECONDS = 30.0
"""How long a lab that is being started or watched elsewhere may take to end itself."""


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


_USUAL = Wanted()


@dataclass(frozen=True, slots=True)
class Started:
    """A lab that runs.

    Attributes:
        lab: what is known of it.
        definitions: the project's, compiled for it.
    """

    lab: Lab
    definitions: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How a lab is.

    Attributes:
        condition: `stopped`; `starting`; `running`; `incomplete` when some of its processes have ended, or its
            start was cut short.
        lab: what is known of it, unless it is stopped.
        alive: whether each process runs, by name.
        last_lines: of those that don't, the last line of the log; empty when they wrote nothing.
    """

    condition: Literal["stopped", "starting", "running", "incomplete"]
    lab: Lab | None = None
    alive: Mapping[str, bool] = field(default_factory=dict)
    last_lines: Mapping[str, str] = field(default_factory=dict)


def default_folder(project: Project) -> Path:
    """The state folder of a project's lab, unless another is asked for."""
    return project.root / ".provision" / "lab"


def up(
    project: Project,
    folder: Path,
    wanted: Wanted = _USUAL,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Started:
    """Start a lab of `project` with its state in `folder`; returns once everything runs, is scraped and evaluated.
    When that fails or is interrupted, nothing is left of it.

    Args:
        tell: called with a sentence before something that takes time.

    Raises:
        MissingTool: a server program can't be had.
        SourceErrors: the project's sources are broken.
        ProvisionError: a lab is running there, the folder holds something else, a port is taken, a program doesn't
            start, or the Grafana refuses something.
    """
    began = time.monotonic()
    _require_linux()
    tools_dir = project.root / ".tools"
    programs = servers.find_or_fetch(stack.PROGRAMS, tools_dir, tell)
    folder = folder.absolute()
    with _one_at_a_time(folder):
        lab = _claim(project, folder, tell)
    try:
        lab, definitions = _start(project, folder, lab, programs, wanted, tell)
        lab = replace(lab, ready=True, seconds=round(time.monotonic() - began, 3))
        state.write(folder, lab)
        return Started(lab, definitions)
    except OSError as error:
        _end(folder, state.read(folder) or lab)
        raise _unusable(folder, error) from None
    except BaseException:
        _end(folder, state.read(folder) or lab)
        raise


def down(folder: Path, *, keep: bool = False) -> bool:
    """Stop the lab in that state folder; whether there was one. Nothing is left of it: no process, and no folder
    unless it is to be kept.

    Raises:
        ProvisionError: its state can't be read, or something can't be stopped or removed.
    """
    folder = folder.absolute()
    lab = state.read(folder)
    if lab is None:
        _remove_half_written(folder)
        return False
    if keep != lab.keep:
        lab = replace(lab, keep=keep)
        state.write(folder, lab)
    if _is_elsewhere(lab):
        processes.stop([lab.starter], STARTER_SECONDS, groups=False)
        lab = state.read(folder)
    if lab is not None:
        _end(folder, lab)
    return True


def status(folder: Path) -> Status:
    """How the lab in that state folder is.

    Raises:
        ProvisionError: its state can't be read.
    """
    lab = state.read(folder.absolute())
    if lab is None:
        return Status("stopped")
    here = lab.boot == state.this_boot()
    alive = {entry.name: here and processes.alive(entry.process) for entry in lab.processes}
    ended = [name for name, runs in alive.items() if not runs]
    last_lines = {name: supervisor.last_line(supervisor.log_file(folder, name)) for name in ended}
    if not lab.ready:
        starting = here and processes.alive(lab.starter)
        return Status("starting" if starting else "incomplete", lab, alive, last_lines)
    needed = {entry.name for entry in lab.processes if entry.service != stack.BROWSERS_SERVICE}
    return Status("incomplete" if needed & set(ended) else "running", lab, alive, last_lines)


def ended(folder: Path, lab: Lab) -> str:
    """What has ended although the lab runs, with the end of its log; empty when all is well. The lab goes on without its
    browsers."""
    for entry in lab.processes:
        if entry.service != stack.BROWSERS_SERVICE and not processes.alive(entry.process):
            return f"{entry.name} has ended{supervisor.tail(supervisor.log_file(folder, entry.name))}"
    return ""


def _start(
    project: Project,
    folder: Path,
    lab: Lab,
    programs: Mapping[str, Path],
    wanted: Wanted,
    tell: Callable[[str], None],
) -> tuple[Lab, tuple[Definition, ...]]:
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


def _chromium(tell: Callable[[str], None]) -> Path | None:
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
    tell: Callable[[str], None],
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


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Whoever clears what a dead lab left there must not clear what another has begun meanwhile. What is locked is the
    folder around it, as it may itself be removed."""
    around = next(path for path in folder.parents if path.is_dir())
    if not os.access(around, os.R_OK):
        yield
        return
    held = os.open(around, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _claim(project: Project, folder: Path, tell: Callable[[str], None]) -> Lab:
    """Make the state folder ours."""
    _clear_remains(folder, tell)
    made: tuple[Path, ...] = ()
    try:
        half_written = state.half_written(folder)
        if folder.exists() and set(folder.iterdir()) - set(half_written):
            raise ProvisionError(
                "is not empty, and holds no lab",
                where=str(folder),
                remedy="name another folder with --state, or remove it",
            )
        made = tuple(path for path in reversed((folder, *folder.parents)) if not path.exists())
        folder.mkdir(parents=True, exist_ok=True)
        lab = _new(project, tuple(str(path) for path in made if path != folder))
        if not state.claim(folder, lab):
            raise _taken(folder, "is being started")
        for file in half_written:
            file.unlink(missing_ok=True)
    except OSError as error:
        alertmanager_templates.undo(made)
        raise _unusable(folder, error) from None
    return lab


def _new(project: Project, made: tuple[str, ...]) -> Lab:
    starter = processes.identify(os.getpid())
    assert starter is not None, "this process runs"
    return Lab(
        uuid.uuid4().hex,
        state.this_boot(),
        ready=False,
        starter=starter,
        project=str(project.root),
        environment=project.environment,
        made=made,
        began=time.time(),
    )


def _clear_remains(folder: Path, tell: Callable[[str], None]) -> None:
    earlier = state.read(folder)
    if earlier is None:
        return
    if _is_elsewhere(earlier) and not earlier.ready:
        raise _taken(folder, "is being started")
    if supervisor.running(folder, earlier):
        raise _taken(folder, "is running")
    tell(f"clearing what an earlier lab left in {folder}")
    _end(folder, earlier)


def _remove_half_written(folder: Path) -> None:
    """Remove what is left of a start that was killed before it had written anything down."""
    files = state.half_written(folder)
    if files and set(folder.iterdir()) == set(files):
        for file in files:
            file.unlink(missing_ok=True)
        folder.rmdir()


def _unusable(folder: Path, error: OSError) -> ProvisionError:
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(folder)
    return ProvisionError(
        f"can't be used for the lab: {error.strerror or error}",
        where=where,
        remedy="name a folder with room that can be written, with --state DIR",
    )


def _taken(folder: Path, what: str) -> ProvisionError:
    return ProvisionError(
        f"a lab {what} there already", where=str(folder), remedy="stop it with `provision lab down`"
    )


def _is_elsewhere(lab: Lab) -> bool:
    """Whether another process is starting or watching it."""
    here = lab.boot == state.this_boot() and processes.alive(lab.starter)
    return here and lab.starter.pid != os.getpid()


def _end(folder: Path, lab: Lab) -> None:
    supervisor.stop(folder, lab)
    made = tuple(map(Path, lab.made))
    alertmanager_templates.undo(made)
    if lab.keep:
        (folder / state.FILE).unlink(missing_ok=True)
        return
    try:
        supervisor.remove(folder)
    except FileNotFoundError:
        pass  # somebody else was faster
    except OSError as error:
        raise ProvisionError(f"can't be removed: {error.strerror}", where=str(error.filename)) from None
    # The folders above it that were made for it.
    alertmanager_templates.undo(made)


def _require_linux() -> None:
    if not state.BOOT_ID.exists():
        raise ProvisionError("the lab needs Linux: it tells processes apart by what /proc says of them")
