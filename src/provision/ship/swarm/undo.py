"""Back to what a stack ran before a deploy that failed.

A Swarm takes back by itself an update whose tasks fail, and two rollbacks at once undo each other: the second one finds the
new definition as the previous one, and nothing is left to go back to. So one is asked for only where the Swarm has none
of its own to make.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from provision.errors import ProvisionError
from provision.ship.swarm import converge, waiting
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.live import LiveService, Task
from provision.tools import docker
from provision.tools.docker import Engine

_OWN_SECONDS: Final = 20.0
"""For so long a Swarm may take to begin the rollback of an update whose tasks fail; it takes a second or two."""

_UNDERWAY: Final = frozenset({"updating", "rollback_started"})


def undo(
    engine: Engine,
    stack: str,
    before: Mapping[str, LiveService],
    complete: Collection[str],
    time_limit_seconds: float,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """Remove the services that are new, give the others what they had, and wait until they run as before.

    Args:
        before: the services by name, as they were.
        complete: the names of those of which all tasks ran. The others needn't run afterwards either.

    Returns:
        what couldn't be undone, a sentence each.
    """
    failures: dict[str, str] = {}
    refused: dict[str, str] = {}
    done: set[str] = set()
    told: set[str] = set()

    def ask(service: LiveService, passed: float, *words: str) -> bool:
        """Have the engine do something to a service, once; whether it has just done so. One that refuses, as without a leader
        for a moment, is asked again for a while."""
        if service.full_name in done:
            return False
        try:
            docker.call(engine, "service", *words, service.full_name)
        except ProvisionError as error:
            (failures if passed >= waiting.SILENT_SECONDS else refused)[service.full_name] = str(error)
            return False
        done.add(service.full_name)
        return True

    began = since = time.monotonic()
    for found in waiting.snapshots(engine, stack, began + time_limit_seconds):
        passed = time.monotonic() - began
        refused.clear()
        there = {each.name for each in found.services}
        for name in set(before) - there:
            failures[before[name].full_name] = f"{before[name].full_name} is gone: somebody has removed it"
        left = [each for each in found.services if each.full_name not in failures]
        new = [each for each in left if each.name not in before]
        for service in new:
            if ask(service, passed, "rm"):
                tell(f"{service.full_name}: removed again")
        back = [
            each for each in left if each.name in before and each.definition == before[each.name].definition
        ]
        undecided = [each for each in left if each not in new and each not in back]
        for service in undecided:
            if service.earlier_definition != before[service.name].definition or service.full_name in done:
                failures[service.full_name] = _stays(service)
            elif passed >= _OWN_SECONDS or not _fails(service, found.tasks):
                ask(service, passed, "rollback", "--detach", "--quiet")
        returning = {each.name for each in back if each.update == "rollback_started"}
        states = converge.judged(back, found.tasks, found.nodes)
        for state in states:
            if state.complete and state.name not in {*told, *returning}:
                told.add(state.name)
                tell(f"{stack}_{state.name}: runs as before")
        late = [
            state
            for state in states
            if state.name in complete and (not state.complete or state.name in returning)
        ]
        now = time.monotonic()
        if undecided or late or refused:
            since = now
        settled = not (undecided or late or refused) and (not back or now - since >= waiting.SETTLED_SECONDS)
        if settled or passed >= time_limit_seconds:
            unasked = [each for each in undecided if each.full_name not in {*failures, *refused}]
            return (
                *failures.values(), *refused.values(), *map(_stays, unasked), *(_late(stack, state) for state in late)
            )  # fmt: skip
    raise AssertionError  # snapshots never end


def _fails(service: LiveService, tasks: Sequence[Task]) -> bool:
    """Whether the Swarm is about to take the update back: it is under way, and a task of it has ended in an error."""
    return service.update in _UNDERWAY and any(
        task.service == service.name and task.error and task.image == service.image for task in tasks
    )


def _late(stack: str, state: ServiceState) -> str:
    if state.complete:
        return f"{stack}_{state.name}: the Swarm is still taking it back"
    return f"{stack}_{state.name}: {state.running} of {state.wanted} tasks run after the rollback"


def _stays(service: LiveService) -> str:
    return (
        f"{service.full_name} has the new definition, and the Swarm hasn't gone back to the one before: "
        "deploy the sources that it came from, in their environment, once more"
    )
