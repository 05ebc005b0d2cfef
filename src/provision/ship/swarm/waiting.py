"""Waiting until a stack runs as it is to run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from provision.compile.dialect.shaped_stack import SOURCE_LABEL
from provision.errors import PartlyDone, ProvisionError
from provision.ship.swarm import converge, live
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.live import LiveService, Node, Task
from provision.tools.docker import Engine

SETTLED_SECONDS: Final = 3.0
"""How long the same tasks must run: one without a health check counts as running before it has failed."""

_POLL_SECONDS: Final = 0.5
SILENT_SECONDS: Final = 30.0
"""For so long an engine may refuse to be asked, as while its managers agree on a leader."""

_BACK: Final = frozenset({"rollback_started", "rollback_paused", "rollback_completed"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stack at a moment: its services, all their tasks, and the nodes."""

    services: tuple[LiveService, ...]
    tasks: tuple[Task, ...]
    nodes: tuple[Node, ...]


def snapshot(engine: Engine, stack: str) -> Snapshot:
    """How a stack is now.

    Raises:
        ProvisionError: the engine can't be asked.
    """
    services = live.services(engine, stack)
    return Snapshot(services, live.tasks(engine, services), live.nodes(engine))


def snapshots(engine: Engine, stack: str, until: float) -> Iterator[Snapshot]:
    """How a stack is, again and again, also while the engine refuses to be asked for a moment.

    Args:
        until: by the monotonic clock, how long that may last at most.

    Raises:
        ProvisionError: it refuses for so long that it isn't just busy.
    """
    answered = time.monotonic()
    while True:
        try:
            found = snapshot(engine, stack)
        except ProvisionError:
            now = time.monotonic()
            if now - answered > SILENT_SECONDS or now >= until:
                raise
        else:
            answered = time.monotonic()
            yield found
        time.sleep(_POLL_SECONDS)


def wait(
    engine: Engine,
    stack: str,
    sources: Mapping[str, str],
    time_limit_seconds: float,
    until: float,
    tell: Callable[[str], None],
) -> tuple[ServiceState, ...]:
    """Wait until these services are settled and stay so for a moment; or until one has failed, or the time is over. The
    answer says which: all are settled only in the first case.

    Args:
        sources: the name of each service → what its `SOURCE_LABEL` says. Others of the stack, which no source has any
            more, are not waited for.
        until: when the time is over, by the monotonic clock; `time_limit_seconds` says how long it was.
        tell: called with a line when a service comes to run as it is to.

    Raises:
        ProvisionError: the engine can't be asked, and that for so long that it isn't just busy.
        PartlyDone: somebody else deploys the stack at the same time.
    """
    told: set[str] = set()
    calm: dict[str, tuple[frozenset[str], float]] = {}
    for found in snapshots(engine, stack, until):
        there = {service.name: service for service in found.services}
        _refuse_others(stack, there, sources)
        states = {state.name: state for state in converge.judged(found.services, found.tasks, found.nodes)}
        wanted = [states.get(name) or _gone(name) for name in sorted(sources)]
        now = time.monotonic()
        for state in wanted:
            running = frozenset(task.id for task in state.tasks if task.state == "running")
            if state.name not in calm or calm[state.name][0] != running:
                calm[state.name] = running, now
            if state.settled and state.name not in told:
                told.add(state.name)
                tell(f"{stack}_{state.name}: {state.running}/{state.wanted} running")
            elif not state.settled:
                told.discard(state.name)
        restless = {name for name, (_, since) in calm.items() if now - since < SETTLED_SECONDS}
        if all(state.settled for state in wanted) and not restless:
            break
        if any(state.failed for state in wanted):
            break
        if now >= until:
            wanted = [_late(state, state.name in restless, time_limit_seconds) for state in wanted]
            break
    return tuple(wanted)


def _refuse_others(stack: str, there: Mapping[str, LiveService], sources: Mapping[str, str]) -> None:
    """Raises PartlyDone when a service has been deployed from other sources; what the Swarm takes back by itself has not."""
    for name, service in there.items():
        if (
            name in sources
            and service.update not in _BACK
            and service.labels.get(SOURCE_LABEL) != sources[name]
        ):
            raise PartlyDone(
                f"somebody else has deployed {service.full_name} meanwhile",
                where=f"stack {stack}",
                remedy="see what runs with `provision stack status`, and deploy one after the other",
            )


def _gone(name: str) -> ServiceState:
    return ServiceState(name, 0, 0, False, False, "it is gone: somebody has removed it", "", ())


def _late(state: ServiceState, restless: bool, seconds: float) -> ServiceState:
    if state.settled and not restless:
        return state
    what = f"{state.running} of {state.wanted} tasks run after {seconds:g} s"
    if state.settled:
        what = f"its tasks were still being replaced after {seconds:g} s"
    return replace(state, settled=False, failed=what)
