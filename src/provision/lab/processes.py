"""Processes of this machine, known for certain: a pid with the moment its process started, so that a pid that
has been given to another process since is never taken for the old one. Reads /proc, as Linux has it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
GRACE_SECONDS = 8.0
_KILL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Process:
    """A process.

    Attributes:
        pid: its number.
        started: when it started, in clock ticks after the machine did (field 22 of /proc/PID/stat).
    """

    pid: int
    started: int


def identify(pid: int) -> Process | None:
    """The process that has this pid now; None when there is none, or only its exit code is left."""
    fields = stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return Process(pid, int(fields[19]))


def stat(pid: int) -> list[str] | None:
    """What /proc/PID/stat says from the state (field 3) on; None when there is no such process."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name before it, in brackets, may itself hold brackets and spaces.
    return text.rpartition(")")[2].split()


def alive(process: Process) -> bool:
    """Whether it still runs."""
    return identify(process.pid) == process


def marked(variable: str, value: str) -> Iterator[Process]:
    """The processes that were started with this environment variable, as far as this user may look."""
    wanted = os.fsencode(f"{variable}={value}")
    for entry in PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        process = identify(int(entry.name))
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:  # it has ended, or is somebody else's
            continue
        if process is not None and wanted in environment.split(b"\0"):
            yield process


def writing_below(folder: Path) -> Iterator[Process]:
    """The processes whose standard output is a file below that folder, as far as this user may look."""
    below = f"{os.path.realpath(folder)}{os.sep}"
    for entry in PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        process = identify(int(entry.name))
        try:
            output = str((entry / "fd" / "1").readlink())
        except OSError:  # it has ended, is somebody else's, or has none
            continue
        if process is not None and output.startswith(below):
            yield process


def stop(
    processes: Iterable[Process], grace_seconds: float = GRACE_SECONDS, *, groups: bool = True
) -> tuple[Process, ...]:
    """End processes: asked first, killed when they are still there after `grace_seconds`.

    Args:
        groups: whether the groups that they lead end with them.

    Returns:
        Once they are gone; those that even killing didn't end.
    """
    handles = {process: handle for process in set(processes) if (handle := _open(process)) is not None}
    try:
        for number, seconds in ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, _KILL_SECONDS)):
            for process, handle in handles.items():
                _tell(process, handle, number, groups=groups)
            _await_ends(handles, seconds)
            if not handles:
                break
        return tuple(handles)
    finally:
        for handle in handles.values():
            os.close(handle)


def _open(process: Process) -> int | None:
    """A handle that stays with this very process, or None when it is gone."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return None
    if alive(process):
        return handle
    os.close(handle)
    return None


def _tell(process: Process, handle: int, number: signal.Signals, *, groups: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        # One that was stopped hears that it is to end once it goes on.
        for each in (number, signal.SIGCONT):
            if groups and os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, each)
            else:
                signal.pidfd_send_signal(handle, each)


def _await_ends(handles: dict[Process, int], seconds: float) -> None:
    """Wait for ends, and take those that have ended out of `handles`."""
    limit = time.monotonic() + seconds
    poll = select.poll()
    by_handle = {handle: process for process, handle in handles.items()}
    for handle in by_handle:
        poll.register(handle, select.POLLIN)
    while by_handle and (left := limit - time.monotonic()) > 0:
        for handle, _ in poll.poll(left * 1000):
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PIDFD, handle, os.WEXITED)
            poll.unregister(handle)
            del handles[by_handle.pop(handle)]
            os.close(handle)
