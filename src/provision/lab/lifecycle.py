"""A lab from its start to its end: `up`, `status`, `down`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from provision.errors import ProvisionError
from provision.lab import claiming, processes, stack, state, supervisor
from provision.lab.starting import Wanted, start
from provision.lab.state import Lab
from provision.lab.telling import Tell
from provision.model import Definition
from provision.project import Project
from provision.tools import servers

STARTER_SECONDS = 30.0
"""How long a lab that is being started or watched elsewhere may take to end itself."""


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
    tell: Tell = lambda _: None,
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
    lab = claiming.claim(project, folder, tell)
    try:
        lab, definitions = start(project, folder, lab, programs, wanted, tell)
        lab = replace(lab, ready=True, seconds=round(time.monotonic() - began, 3))
        state.write(folder, lab)
        return Started(lab, definitions)
    except OSError as error:
        claiming.give_back(folder, state.read(folder) or lab)
        raise claiming.unusable(folder, error) from None
    except BaseException:
        claiming.give_back(folder, state.read(folder) or lab)
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
        claiming.remove_half_written(folder)
        return False
    if keep != lab.keep:
        lab = replace(lab, keep=keep)
        state.write(folder, lab)
    if claiming.is_elsewhere(lab):
        processes.stop([lab.starter], STARTER_SECONDS, groups=False)
        lab = state.read(folder)
    if lab is not None:
        claiming.give_back(folder, lab)
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


def _require_linux() -> None:
    if not state.BOOT_ID.exists():
        raise ProvisionError("the lab needs Linux: it tells processes apart by what /proc says of them")
