"""Healing what a drill broke: each undoing is written down before the breaking is done, in `drill.json` in the lab's
state folder, so that a drill that was killed is healed by the next one.

What is written down is a value: what to do (a name in `_DONE`) and with what. Undoings are carried out last in, first
out; each may be done twice, and one that fails doesn't keep the others from being done.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ProvisionError, Unreachable
from provision.lab import faults, processes, state, supervisor
from provision.lab.drill.threads import said
from provision.lab.processes import Process
from provision.lab.stack import Component
from provision.lab.telling import lab_command
from provision.tools.signals import heard_by
from provision.tools.writing import write_beside

FILE = "drill.json"
_PATIENCE_SECONDS: Final = 30.0
_DYING_SECONDS: Final = 1.0
"""How long a process that was killed may look alive; it takes milliseconds."""

_LAB_GONE: Final = "the lab is gone, and nothing is left to be undone"
_SWARM_GONE: Final = "the Swarm is gone, and nothing is left to be undone"
_ON_A_SWARM: Final = frozenset({"node", "docker"})
_REMEDY_ON_A_SWARM: Final = "the next drill on a Swarm takes this one away"

Doing = Literal["signal", "start", "end", "faults", "file", "reload", "node", "docker"]


@dataclass(frozen=True, slots=True)
class Undoing:
    """How one thing is undone.

    Attributes:
        doing: `signal` a process, `start` a program again, `end` a program of the drill's own, take `faults` out of
            a replica, put a `file` back as it was, have Prometheus `reload`; on a Swarm start a `node`, or ask a manager
            through the client `docker`.
        what: that in words.
        given: what it needs; JSON.
        stays: whether it undoes what was only prepared, and stays until the fault is over.
    """

    doing: Doing
    what: str
    given: Mapping[str, Any] = field(default_factory=dict)
    stays: bool = False


def write_down(folder: Path, undoing: Undoing) -> None:
    """Remember how to undo what is about to be done to the lab in that state folder."""
    _write(folder, (*written_down(folder), undoing))


def written_down(folder: Path) -> tuple[Undoing, ...]:
    """What is still to be undone there.

    Raises:
        ProvisionError: the file isn't what a drill wrote.
    """
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return tuple(Undoing(**each) for each in found)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError):
        raise ProvisionError(
            "it doesn't say what a drill broke, as it is to",
            where=str(folder / FILE),
            remedy="take this lab away, which undoes all of it, and start another one",
        ) from None


def heal(folder: Path, *, all_of_it: bool = True) -> tuple[str, ...]:
    """Undo all that is written down there, or only the fault itself; what was done, in words. Each is struck off once it
    is done.

    Raises:
        ProvisionError: something can't be undone, or doesn't come to be as before; it stays written down.
    """
    done: list[str] = []
    failures: list[str] = []
    with _undisturbed():
        left = list(written_down(folder))
        for undoing in tuple(reversed(left)):
            if undoing.stays and not all_of_it:
                continue
            try:
                instead = _DONE[undoing.doing](folder, undoing.given)
                left.remove(undoing)
                _write(folder, tuple(left))
                done.append(f"{undoing.what}: {instead}" if instead else undoing.what)
            except Exception as error:  # noqa: BLE001  # whatever it is, the others are undone, and it is told
                known = isinstance(error, (ProvisionError, OSError))
                failures.append(f"{undoing.what}: {error if known else said(error)}")
    if failures:
        swarm = any(undoing.doing in _ON_A_SWARM for undoing in left)
        raise ProvisionError(
            f"not all of what the drill broke can be healed: {'; '.join(failures)}",
            where=str(folder),
            remedy=_REMEDY_ON_A_SWARM if swarm else f"stop the lab with `{lab_command('down', folder)}`",
        )
    return tuple(done)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals that would end this are heard when it is over: half a healing is none."""
    heard: list[int] = []
    try:
        with heard_by(lambda told, _: heard.append(told)):
            yield
    finally:
        for told in heard[:1]:
            signal.raise_signal(told)


def _write(folder: Path, undoings: tuple[Undoing, ...]) -> None:
    file = folder / FILE
    if not undoings:
        file.unlink(missing_ok=True)
        return
    write_beside(file, json.dumps([asdict(each) for each in undoings]).encode())


def _signal(folder: Path, given: Mapping[str, Any]) -> str:
    if state.read(folder) is None:
        return _LAB_GONE
    process = Process(**given["process"])
    with suppress(ProcessLookupError):
        if processes.alive(process):
            os.kill(process.pid, given["number"])
            return ""
    raise ProvisionError(f"its process {process.pid} has ended")


def _start(folder: Path, given: Mapping[str, Any]) -> str:
    lab = state.read(folder)
    if lab is None:
        return _LAB_GONE
    component = Component(**{**given["component"], "command": tuple(given["component"]["command"])})
    for entry in lab.processes:
        if entry.name == component.name and not _ends(entry.process):
            if component.ready and not supervisor.answers(component.url + component.ready, component.says):
                raise ProvisionError(f"its process {entry.pid} runs, and doesn't answer")
            return ""
    others = tuple(entry for entry in lab.processes if entry.name != component.name)
    supervisor.start([component], replace(lab, processes=others), folder)
    return ""


def _ends(process: Process) -> bool:
    """Whether a process has ended, or does so in a moment: one that was just killed still looks alive."""
    limit = time.monotonic() + _DYING_SECONDS
    while processes.alive(process):
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def _end(folder: Path, given: Mapping[str, Any]) -> str:
    lab = state.read(folder)
    if lab is None:
        return _LAB_GONE
    ended = [entry for entry in lab.processes if entry.name == given["name"]]
    left = processes.stop(entry.process for entry in ended)
    if left:
        raise ProvisionError(f"process {left[0].pid} can't be ended")
    state.write(folder, replace(lab, processes=tuple(each for each in lab.processes if each not in ended)))
    return ""


def _faults(folder: Path, given: Mapping[str, Any]) -> str:
    none = {"slow_seconds": 0, "error_ratio": 0, "hang": False, "healthy": True}
    token = faults.read_token(folder)
    _patiently(lambda: faults.set(given["url"], token, **none))  # it may be busy still
    return ""


def _file(_: Path, given: Mapping[str, Any]) -> str:
    file = Path(given["path"])
    if given["content"] is None:
        file.unlink(missing_ok=True)
    else:
        write_beside(file, base64.b64decode(given["content"]))
    return ""


def _reload(_: Path, given: Mapping[str, Any]) -> str:
    with open_session(Endpoint(given["url"])) as session:
        _patiently(Prometheus(session).reload)  # it may just be started
    return ""


def _node(_: Path, given: Mapping[str, Any]) -> str:
    from provision.lab.swarm import cluster, state

    found = state.read(Path(given["cluster"]))
    if found is None:
        return _SWARM_GONE
    cluster.start(found, given["name"])
    return ""


def _docker(_: Path, given: Mapping[str, Any]) -> str:
    from provision.lab.drill.swarm.stage import a_manager
    from provision.lab.swarm import state
    from provision.tools import docker

    found = state.read(Path(given["cluster"]))
    if found is None:
        return _SWARM_GONE
    # Managers that were just started have to find each other first.
    _patiently(lambda: docker.call(a_manager(found), *given["arguments"]), ProvisionError)
    return ""


def _patiently(do: Callable[[], object], failure: type[ProvisionError] = Unreachable) -> None:
    """Try until it is answered, for a while."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            do()
            return
        except failure:
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)


_DONE: Final[Mapping[Doing, Callable[[Path, Mapping[str, Any]], str]]] = {
    "signal": _signal,
    "start": _start,
    "end": _end,
    "faults": _faults,
    "file": _file,
    "reload": _reload,
    "node": _node,
    "docker": _docker,
}
"""How each is done; what is to be said instead of that it was, where nothing was left to be done."""
