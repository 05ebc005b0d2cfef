"""Starting a lab's programs, waiting until they are ready, and stopping whatever is left of them."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import provision
from provision.errors import ProvisionError
from provision.lab import processes, redis, state
from provision.lab.asking import ask
from provision.lab.processes import Process
from provision.lab.stack import Component
from provision.lab.state import Lab, Running

MARK = "PROVISION_LAB"
"""The environment variable in which every process of a lab carries the lab's id."""

READY_SECONDS = 60.0
_TAIL_LINES = 15


def log_file(folder: Path, name: str) -> Path:
    """Where a program's output goes."""
    return folder / "logs" / f"{name}.log"


def start(components: Iterable[Component], lab: Lab, folder: Path) -> Lab:
    """Start programs, remember each at once, and return when all of them are ready.

    Returns:
        The lab with their processes.

    Raises:
        ProvisionError: one can't be started, ends, or isn't ready in time; with the end of its log. The others
            run on.
    """
    begun: list[tuple[Component, subprocess.Popen[bytes]]] = []
    for component in components:
        process = _spawn(component, lab.id, folder)
        begun.append((component, process))
        known = processes.identify(process.pid)
        if known is not None:  # otherwise it has ended already, which is told below
            entry = Running(component.name, component.service, known.pid, known.started, component.url)
            lab = replace(lab, processes=(*lab.processes, entry))
            state.write(folder, lab)
    limit = time.monotonic() + READY_SECONDS
    for component, process in begun:
        _await_ready(component, process, limit, folder)
    return lab


def running(folder: Path, lab: Lab) -> set[Process]:
    """The processes of the lab that still run: those that are known, those that only carry its mark, and those that
    write one of its logs: a program may have overwritten the mark, as Redis does when it gives itself a title."""
    known = {entry.process for entry in lab.processes} if lab.boot == state.this_boot() else set()
    unknown = {*processes.marked(MARK, lab.id), *processes.writing_below(folder / "logs")}
    return {process for process in known if processes.alive(process)} | unknown


def stop(folder: Path, lab: Lab) -> None:
    """End every process of the lab, those too that an interrupted start didn't come to write down.

    Raises:
        ProvisionError: some can't be ended.
    """
    left = processes.stop(running(folder, lab))
    if left:
        pids = ", ".join(str(process.pid) for process in left)
        raise ProvisionError(f"processes of the lab can't be ended: {pids}", where=str(folder))


def remove(folder: Path) -> None:
    """Remove a state folder. Its `lab.json` goes last, so that an interrupted removal can be repeated."""
    for entry in folder.iterdir():
        if entry.name == state.FILE:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (folder / state.FILE).unlink(missing_ok=True)
    folder.rmdir()


def answers(url: str, says: str = "") -> bool:
    """Whether a server answers 200 there, with a text that holds `says`."""
    try:
        answer = ask(url)
    except OSError:
        return False
    return answer.status == 200 and says.encode() in answer.body


def tail(file: Path, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log, indented; empty when there are none."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "".join(f"\n    {line}" for line in text.splitlines()[-lines:])


def last_line(file: Path) -> str:
    """The last line of a log that isn't empty, without what a terminal would take for a command; empty when there is
    none."""
    lines = [line for line in tail(file).splitlines() if line.strip()]
    return "".join(filter(str.isprintable, lines[-1].strip())) if lines else ""


def _spawn(component: Component, lab_id: str, folder: Path) -> subprocess.Popen[bytes]:
    log = log_file(folder, component.name)
    log.parent.mkdir(exist_ok=True)
    # Credentials in the environment are nothing that a lab's programs should hold.
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    environment |= {MARK: lab_id, "PYTHONPATH": str(Path(provision.__file__).parents[1])}
    environment |= component.environment
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                component.command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ProvisionError(
                f"{component.name} can't be started: {error.strerror}", where=component.command[0]
            ) from None
    # It may have ended already, or run under a lower limit that isn't ours to raise.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (component.data_bytes, component.data_bytes))
    return process


def _await_ready(component: Component, process: subprocess.Popen[bytes], limit: float, folder: Path) -> None:
    pause = 0.01
    while process.poll() is None:
        if _is_ready(component):
            return
        if time.monotonic() > limit:
            raise _failure(component, f"isn't ready after {READY_SECONDS:.0f} s", folder)
        try:
            process.wait(pause)
        except subprocess.TimeoutExpired:
            pause = min(pause * 1.5, 0.3)
    raise _failure(component, f"ended with exit code {process.returncode}", folder)


def _is_ready(component: Component) -> bool:
    if component.url.startswith("redis:"):
        return redis.answers(component.url)
    return not component.ready or answers(component.url + component.ready, component.says)


def _failure(component: Component, what: str, folder: Path) -> ProvisionError:
    log = tail(log_file(folder, component.name))
    return ProvisionError(f"{component.name} {what}" + (f"; the end of its log:{log}" if log else ""))
