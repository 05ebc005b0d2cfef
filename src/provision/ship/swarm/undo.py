"""Back to what a stack ran before a deploy that failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from provision.errors import ProvisionError
from provision.ship.swarm import converge, live
from provision.ship.swarm.live import LiveService
from provision.tools import docker
from provision.tools.docker import Engine

_SELF_UNDONE: Final = frozenset({"rollback_started", "rollback_completed"})
"""How an update ends that the Swarm itself takes back."""


def undo(
    engine: Engine,
    stack: str,
    before: Mapping[str, LiveService],
    time_limit_seconds: float,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """Remove the services that are new, and give the others what they had.

    Args:
        before: the services by name, as they were.

    Returns:
        what couldn't be undone, a sentence each.
    """
    failures: list[str] = []
    for service in live.services(engine, stack):
        earlier = before.get(service.name)
        if earlier is None:
            how, words = "removed again", ["rm"]
        elif service.version != earlier.version and service.update not in _SELF_UNDONE:
            how, words = "rolled back", ["rollback", "--detach", "--quiet"]
        else:
            continue
        try:
            docker.call(engine, "service", *words, service.full_name)
        except ProvisionError as error:
            failures.append(str(error))
        else:
            tell(f"{service.full_name}: {how}")
    if failures or not before:
        return tuple(failures)
    for state in converge.wait_undone(engine, stack, time_limit_seconds):
        failures.append(
            f"{stack}_{state.name}: {state.running} of {state.wanted} tasks run after the rollback"
        )
    return tuple(failures)
