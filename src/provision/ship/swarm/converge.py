"""Waiting until a stack runs as it is to run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from provision.errors import ProvisionError
from provision.ship.swarm import live
from provision.ship.swarm.live import PAUSED, LiveService, Node, Task
from provision.ship.swarm.placing import fitting
from provision.tools.docker import Engine

SETTLED_SECONDS: Final = 3.0
"""How long the same tasks must run: one without a health check counts as running before it has failed."""

_POLL_SECONDS: Final = 0.5
_SILENT_SECONDS: Final = 30.0
"""For so long an engine may refuse to be asked, as while its managers agree on a leader."""
_FAILED_UPDATES: Final = frozenset({"paused", "rollback_paused", "rollback_started", "rollback_completed"})


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How a service is.

    Attributes:
        name: as the sources have it.
        running: how many of its tasks run, and are well where it has a health check.
        wanted: how many there are to be.
        complete: whether just these run.
        settled: whether that is so and no update is under way.
        failed: why it won't be; empty while it may.
        error: what the last task that failed says, and the last one that can't start.
        tasks: those that run or are to run, by slot.
    """

    name: str
    running: int
    wanted: int
    complete: bool
    settled: bool
    failed: str
    error: str
    tasks: tuple[Task, ...]


def states(engine: Engine, stack: str) -> tuple[ServiceState, ...]:
    """How each service of a stack is now."""
    found = live.services(engine, stack)
    return judged(found, live.tasks(engine, found), live.nodes(engine))


def judged(
    services: Sequence[LiveService], tasks: Sequence[Task], nodes: Sequence[Node]
) -> tuple[ServiceState, ...]:
    """How each service is, by its tasks and by the nodes that may run them."""
    return tuple(
        _state(service, [task for task in tasks if task.service == service.name], nodes)
        for service in services
    )


def wait(
    engine: Engine, stack: str, time_limit_seconds: float, tell: Callable[[str], None]
) -> tuple[ServiceState, ...]:
    """Wait until every service of a stack is settled and stays so for a moment; or until one has failed, or the time is
    over. The answer says which: all are settled only in the first case.

    Args:
        tell: called with a line when a service comes to run as it is to.

    Raises:
        ProvisionError: the engine can't be asked, and that for so long that it isn't just busy.
    """
    limit = time.monotonic() + time_limit_seconds
    told: set[str] = set()
    since, before = time.monotonic(), frozenset[str]()
    answered = time.monotonic()
    while True:
        try:
            found = states(engine, stack)
        except ProvisionError:
            if time.monotonic() - answered > _SILENT_SECONDS:
                raise
            time.sleep(_POLL_SECONDS)
            continue
        answered = time.monotonic()
        for state in found:
            if state.settled and state.name not in told:
                told.add(state.name)
                tell(f"{stack}_{state.name}: {state.running}/{state.wanted} running")
            elif not state.settled:
                told.discard(state.name)
        now = time.monotonic()
        running = frozenset(task.id for state in found for task in state.tasks if task.state == "running")
        if running != before:
            since, before = now, running
        if all(state.settled for state in found) and now - since >= SETTLED_SECONDS:
            return found
        if any(state.failed for state in found):
            return found
        if now >= limit:
            return tuple(_late(state, time_limit_seconds) for state in found)
        time.sleep(_POLL_SECONDS)


def _state(service: LiveService, tasks: Sequence[Task], nodes: Sequence[Node]) -> ServiceState:
    alive = [task for task in tasks if task.wanted in ("running", "ready") and task.state != "orphaned"]
    running = sum(task.state == "running" for task in alive)
    wanted = _places(service, alive, nodes) if service.replicas is None else service.replicas
    told = [task for task in sorted(tasks, key=lambda task: task.created) if task.error]
    ended = [task.error for task in told if task.wanted == "shutdown"]
    # What keeps the next one waiting may just be what the one that failed has left.
    waiting = [task.error for task in told if task.wanted != "shutdown"]
    error = " · ".join(dict.fromkeys((*ended[-1:], *waiting[-1:])))
    failed = (
        f"its update ended as {service.update}: {service.message}"
        if service.update in _FAILED_UPDATES
        else ""
    )
    complete = running == wanted and len(alive) == wanted
    settled = complete and not failed and service.update in ("", "completed")
    return ServiceState(service.name, running, wanted, complete, settled, failed, error, tuple(alive))


def _places(service: LiveService, alive: Sequence[Task], nodes: Sequence[Node]) -> int:
    """How many nodes are to run a global service: those that take tasks, and those that are paused and keep theirs."""
    there = {task.node for task in alive}
    fit = fitting(service.constraints, nodes)
    return sum(node.ready or (node.why_not == PAUSED and node.id in there) for node in fit)


def _late(state: ServiceState, seconds: float) -> ServiceState:
    if state.settled:
        return state
    what = f"{state.running} of {state.wanted} tasks run after {seconds:g} s"
    return ServiceState(
        state.name, state.running, state.wanted, state.complete, False, what, state.error, state.tasks
    )
