"""The state folder of a lab: claimed for one lab at a time, and given back as it was found."""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provision.errors import ProvisionError
from provision.lab import ending, processes, state, supervisor
from provision.lab.state import Lab
from provision.lab.telling import Tell, lab_command
from provision.project import Project
from provision.tools import alertmanager_templates


def claim(project: Project, folder: Path, tell: Tell) -> Lab:
    """Make the state folder that of a new lab of this process; what a dead lab left there is cleared away.

    Raises:
        ProvisionError: a lab is running or being started there, the folder holds something else, or can't be used.
    """
    with _one_at_a_time(folder):
        return _claimed(project, folder, tell)


def give_back(folder: Path, lab: Lab) -> None:
    """End what is left of a lab, and remove its folder unless it is to be kept, with all that was made for it. A signal
    doesn't cut it short.

    Raises:
        ProvisionError: something can't be ended or removed.
    """
    with ending.undisturbed():
        _given_back(folder, lab)


def _given_back(folder: Path, lab: Lab) -> None:
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


def remove_half_written(folder: Path) -> None:
    """Remove what is left of a start that was killed before it had written anything down."""
    files = state.half_written(folder)
    if files and set(folder.iterdir()) == set(files):
        for file in files:
            file.unlink(missing_ok=True)
        folder.rmdir()


def is_elsewhere(lab: Lab) -> bool:
    """Whether another process is starting or watching it."""
    here = lab.boot == state.this_boot() and processes.alive(lab.starter)
    return here and lab.starter.pid != os.getpid()


def unusable(folder: Path, error: OSError) -> ProvisionError:
    """That the system refuses something in that state folder, as a sentence."""
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(folder)
    return ProvisionError(
        f"can't be used for the lab: {error.strerror or error}",
        where=where,
        remedy="name a folder with room that can be written, with --state DIR",
    )


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


def _claimed(project: Project, folder: Path, tell: Tell) -> Lab:
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
        raise unusable(folder, error) from None
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


def _clear_remains(folder: Path, tell: Tell) -> None:
    earlier = state.read(folder)
    if earlier is None:
        return
    if is_elsewhere(earlier) and not earlier.ready:
        raise _taken(folder, "is being started")
    if left := supervisor.running(folder, earlier):
        whole = earlier.ready and all(entry.process in left for entry in earlier.processes)
        raise _taken(folder, "is running" if whole else "of which not all runs is")
    tell(f"clearing what an earlier lab left in {folder}")
    give_back(folder, earlier)


def _taken(folder: Path, what: str) -> ProvisionError:
    return ProvisionError(
        f"a lab {what} there already",
        where=str(folder),
        remedy=f"stop it with `{lab_command('down', folder)}`",
    )
