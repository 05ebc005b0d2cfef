"""A lab to try something on: one that runs, or one that is started for it and stopped afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provision.errors import ProvisionError
from provision.lab import lifecycle, ports, preparation, processes, state
from provision.lab.drill.alone import alone
from provision.lab.drill.healing import heal, written_down
from provision.lab.drill.stage import Stage
from provision.lab.telling import Tell
from provision.project import DEFAULT_ENVIRONMENT, Project, open_project


def default_folder(project: Project) -> Path:
    """The state folder of a lab that is started for drills."""
    return project.root / ".provision" / "drill"


@contextmanager
def staged(project: Project, folder: Path | None, tell: Tell) -> Iterator[Stage]:
    """A lab of the project, healed of what an earlier drill left broken in it.

    Args:
        folder: its state folder; a lab is started there unless one runs, and stopped at the end. None: the project's
            lab where that runs, otherwise one of the drills' own.

    Raises:
        ProvisionError: it can't be started or healed, another drill uses it, or it is another project's.
    """
    usual = (folder or lifecycle.default_folder(project)).absolute()
    if _runs(usual, tell):
        tell(f"on the lab in {usual}")
        with alone(usual), ports.reserved() as found:
            # Its ports are others, but what is compared, and how often, is the same.
            definitions = preparation.compiled(_as_it_was_started(usual, project), found)
            yield Stage(usual, definitions)
        return
    own = usual if folder is not None else default_folder(project)
    if folder is None and (left := lifecycle.status(usual).condition) != "stopped":
        tell(f"the lab in {usual} is {left}; the drill has one of its own")
    _clear(own, tell)
    started = lifecycle.up(project, own, tell=tell)
    try:
        with alone(own):
            yield Stage(own, started.definitions)
    finally:
        tell("stopping the lab")
        lifecycle.down(own)


def _as_it_was_started(folder: Path, project: Project) -> Project:
    """The project in the environment that the lab there was started in."""
    lab = state.read(folder)
    if lab is None or (lab.project, lab.environment) == (str(project.root), project.environment):
        return project
    if lab.project != str(project.root):
        raise ProvisionError(
            f"the lab is of another project, {lab.project}",
            where=str(folder),
            remedy="name another folder with --state",
        )
    return open_project(project.root, None if lab.environment == DEFAULT_ENVIRONMENT else lab.environment)


def _runs(folder: Path, tell: Tell) -> bool:
    """Whether a lab runs there, perhaps once it is healed."""
    condition = lifecycle.status(folder).condition
    if condition in ("running", "incomplete") and written_down(folder):
        with alone(folder):
            tell(f"healing what an earlier drill left: {', '.join(heal(folder))}")
        condition = lifecycle.status(folder).condition
    return condition == "running"


def _clear(folder: Path, tell: Tell) -> None:
    """Stop a lab whose drill was killed."""
    left = state.read(folder)
    if left is not None and not (left.boot == state.this_boot() and processes.alive(left.starter)):
        tell(f"stopping the lab that an earlier drill left in {folder}")
        lifecycle.down(folder)
