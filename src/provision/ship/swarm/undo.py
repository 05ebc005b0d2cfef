"""Back to what a stack ran before a deploy that failed.

A Swarm takes back by itself an update whose tasks fail, and two rollbacks at once undo each other: the second one finds the
new definition as the previous one, and nothing is left to go back to. So one is asked for only where the Swarm has none
of its own to make.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from provision.errors import ProvisionError
from provision.ship.swarm import converge, live
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.live import LiveService, Task
from provision.tools import docker
from provision.tools.docker import Engine

_OWN_SECONDS: Final = 20.0
"""For so long a Swarm may take to begin the rollback of an update whose tasks fail; it takes a second or two."""

_POLL_SECONDS: Final = 0.5
_UNDERWAY: Final = frozenset({"updating", "rollback_started"})


def undo(
    engine: Engine,
    stack: str,
    before: Mapping[str, LiveService],
    time_limit_seconds: float,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """Remove the services that are new, give the others what they had, and wait until they run as before.

    Args:
        before: the services by name, as they were.

    Returns:
        what couldn't be undone, a sentence each.
    """
    failures: dict[str, str] = {}
    asked: set[str] = set()
    told: set[str] = set()
    began = since = time.monotonic()
    while True:
        passed = time.monotonic() - began
        found = live.services(engine, stack)
        tasks = live.tasks(engine, found)
        for service in found:
            if service.name not in before and service.full_name not in failures:
                _ask(engine, service, "rm", failures)
                if service.full_name not in failures:
                    tell(f"{service.full_name}: removed again")
        left = [each for each in found if each.name in before and each.full_name not in failures]
        back = [each for each in left if each.definition == before[each.name].definition]
        undecided = [each for each in left if each not in back]
        for service in undecided:
            if service.earlier_definition != before[service.name].definition or service.name in asked:
                failures[service.full_name] = _stays(service)
            elif passed >= _OWN_SECONDS or not _fails(service, tasks):
                asked.add(service.name)
                _ask(engine, service, "rollback", failures)
        states = converge.judged(back, tasks, live.nodes(engine)) if back else ()
        for state in states:
            if state.complete and state.name not in told:
                told.add(state.name)
                tell(f"{stack}_{state.name}: runs as before")
        late = [state for state in states if not state.complete]
        now = time.monotonic()
        if undecided or late:
            since = now
        settled = not (undecided or late) and (not back or now - since >= converge.SETTLED_SECONDS)
        if settled or passed >= time_limit_seconds:
            unasked = (_stays(each) for each in undecided if each.full_name not in failures)
            return (*failures.values(), *unasked, *(_late(stack, state) for state in late))
        time.sleep(_POLL_SECONDS)


def _fails(service: LiveService, tasks: Sequence[Task]) -> bool:
    """Whether the Swarm is about to take the update back: it is under way, and a task of it has ended in an error."""
    return service.update in _UNDERWAY and any(
        task.service == service.name and task.error and task.image == service.image for task in tasks
    )


def _ask(engine: Engine, service: LiveService, what: str, failures: dict[str, str]) -> None:
    words = [what] if what == "rm" else [what, "--detach", "--quiet"]
    try:
        docker.call(engine, "service", *words, service.full_name)
    except ProvisionError as error:
        failures[service.full_name] = str(error)


def _late(stack: str, state: ServiceState) -> str:
    return f"{stack}_{state.name}: {state.running} of {state.wanted} tasks run after the rollback"


def _stays(service: LiveService) -> str:
    return (
        f"{service.full_name} has the new definition, and the Swarm hasn't gone back to the one before: "
        "deploy the sources that it came from, in their environment, once more"
    )
