"""How the services of a stack are, by their tasks and the nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provision.ship.swarm.live import PAUSED, LiveService, Node, Task
from provision.ship.swarm.placing import fitting

_ONCE: Final = frozenset({"none", "on-failure"})
"""The conditions of a restart policy with which a task that ends well has done its work."""

_FAILED_UPDATES: Final = frozenset({"paused", "rollback_paused", "rollback_started", "rollback_completed"})


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How a service is.

    Attributes:
        name: as the sources have it.
        running: how many of its tasks run, and are well where it has a health check.
        wanted: how many there are to be.
        complete: whether just these run, or have ended well where they aren't started again.
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


def judged(
    services: Sequence[LiveService], tasks: Sequence[Task], nodes: Sequence[Node]
) -> tuple[ServiceState, ...]:
    """How each service is, by its tasks and by the nodes that may run them."""
    return tuple(
        _state(service, [task for task in tasks if task.service == service.name], nodes)
        for service in services
    )


def _state(service: LiveService, tasks: Sequence[Task], nodes: Sequence[Node]) -> ServiceState:
    alive = [task for task in tasks if task.wanted in ("running", "ready") and task.state != "orphaned"]
    done = _done(tasks, alive) if service.restart in _ONCE else 0
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
    complete = running + done == wanted and len(alive) == running
    settled = complete and not failed and service.update in ("", "completed")
    return ServiceState(service.name, running, wanted, complete, settled, failed, error, tuple(alive))


def _places(service: LiveService, alive: Sequence[Task], nodes: Sequence[Node]) -> int:
    """How many nodes are to run a global service: those that take tasks, and those that are paused and keep theirs."""
    there = {task.node for task in alive}
    fit = fitting(service.constraints, nodes)
    return sum(node.ready or (node.why_not == PAUSED and node.id in there) for node in fit)


def _done(tasks: Sequence[Task], alive: Sequence[Task]) -> int:
    """How many slots have done their work: the newest task has ended well, and the Swarm starts no other."""
    newest = {task.slot: task for task in sorted(tasks, key=lambda task: task.created) if task.slot}
    for task in alive:
        newest.pop(task.slot, None)
    return sum(task.state == "complete" for task in newest.values())
