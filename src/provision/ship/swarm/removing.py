"""Removing whole stacks, and waiting until nothing of them is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provision.compile.dialect.shaped_stack import PROJECT_LABEL
from provision.errors import PartlyDone, ProvisionError
from provision.ship.swarm import live, needs, networks
from provision.tools import docker
from provision.tools.docker import Engine

_POLL_SECONDS: Final = 0.5
_KINDS: Final = ("service", "network", "config", "secret")


def deployed_by(engine: Engine, stack: str, project: str) -> bool:
    """Whether a stack that no source has any more runs, and this project deployed it; all of its services must say so.

    Raises:
        ProvisionError: the engine is no manager.
    """
    live.require_manager(engine)
    services = live.services(engine, stack)
    return bool(services) and all(each.labels.get(PROJECT_LABEL) == project for each in services)


def in_order(engine: Engine, stacks: Sequence[str], project: str) -> tuple[str, ...]:
    """The stacks so that each goes before those whose networks its services use; else in the order given.

    Raises:
        ProvisionError: they can't all be removed, because one has services that this project didn't deploy, or because
            others use its networks; the engine would refuse to remove these after all else of the stack is gone.
    """
    live.require_manager(engine)
    for stack in stacks:
        _owned(engine, stack, project)
    uses = networks.uses(engine, stacks)
    for stack in stacks:
        _check_unused(stack, [use for use in uses if use.stack == stack and use.by not in stacks])
    left, done = list(stacks), list[str]()
    while left:
        used = {use.stack for use in uses if use.by in left}
        # Stacks that use each other's networks have no order; then the first goes first.
        following = next((stack for stack in left if stack not in used), left[0])
        left.remove(following)
        done.append(following)
    return tuple(done)


def remove(
    engine: Engine,
    stack: str,
    project: str,
    time_limit_seconds: float,
    tell: Callable[[str], None],
    *,
    volumes: bool = False,
) -> bool:
    """Remove a stack and wait until nothing of it is left: services, networks, configs, secrets, and the tasks of all nodes
    that aren't down; what goes later is told. Volumes stay, unless they are asked for; of those only the engine's own can be
    removed.

    Args:
        project: whose the stack must be.

    Returns:
        whether there was anything.

    Raises:
        ProvisionError: it has services that this project didn't deploy, or the engine refuses to remove it.
        PartlyDone: the engine refuses to remove some of it, or something is left when the time is over.
    """
    live.require_manager(engine)
    names = {service.id: service.full_name for service in _owned(engine, stack, project)}
    there = _left(engine, stack, names).things
    if there:
        _send(engine, stack, there, time_limit_seconds)
    limit = time.monotonic() + time_limit_seconds
    while (left := _left(engine, stack, names)).things:
        if time.monotonic() >= limit:
            raise PartlyDone(
                f"still there after {time_limit_seconds:g} s: {', '.join(left.things)}",
                where=f"stack {stack}",
                remedy="remove first what uses it",
            )
        time.sleep(_POLL_SECONDS)
    for later in left.later:
        tell(later)
    found = docker.in_stack(engine, "volume", stack) if volumes else {}
    something = bool(there)
    for name in sorted(found):
        try:
            _remove_volume(engine, name, limit)
        except ProvisionError as error:
            if not something:
                raise
            raise PartlyDone(error.what, where=error.where, remedy=error.remedy) from None
        something = True
        tell(f"volume {name} is removed")
    return something


def _owned(engine: Engine, stack: str, project: str) -> tuple[live.LiveService, ...]:
    """The services of a stack; raises ProvisionError when this project didn't deploy them all."""
    services = live.services(engine, stack)
    needs.check_owner(stack, services, project, f"remove it with: docker stack rm {stack}")
    return services


def _check_unused(stack: str, uses: Sequence[networks.Use]) -> None:
    if not uses:
        return
    network = uses[0].network
    services = [use.service for use in uses if use.network == network]
    others = sorted({use.by for use in uses if use.by})
    raise ProvisionError(
        f"its network {network} is used by {', '.join(services)}",
        where=f"stack {stack}",
        remedy=f"remove {' and '.join(others)} in the same call, or first" if others else "remove that first",
    )


def _send(engine: Engine, stack: str, there: Sequence[str], time_limit_seconds: float) -> None:
    """Have the engine remove a stack; it goes on where it can't remove something."""
    try:
        docker.call(engine, "stack", "rm", stack, time_limit_seconds=time_limit_seconds)
    except ProvisionError as error:
        try:
            left = _left(engine, stack, {}).things
        except ProvisionError:
            said = "it can't be told what is left"
        else:
            if not set(there) - set(left):
                raise
            said = f"still there: {', '.join(left) or 'nothing'}"
        raise PartlyDone(
            f"{error.what}; {said}", where=f"stack {stack}", remedy="remove first what uses it"
        ) from None


def _remove_volume(engine: Engine, name: str, limit: float) -> None:
    """Remove a volume as soon as the containers are gone that had it: the Swarm forgets a task a moment earlier."""
    while True:
        try:
            docker.call(engine, "volume", "rm", name)
            return
        except ProvisionError as error:
            if "in use" not in error.what or time.monotonic() >= limit:
                raise
        time.sleep(_POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class _Left:
    """What there is of a stack, in words; `later` what goes by itself, once its node is back."""

    things: tuple[str, ...]
    later: tuple[str, ...] = ()


def _left(engine: Engine, stack: str, names: dict[str, str]) -> _Left:
    """What there is of a stack.

    Args:
        names: of its services by their ids: those that are gone can't be asked any more.
    """
    found = tuple(
        f"{kind} {name}" for kind in _KINDS for name in sorted(docker.in_stack(engine, kind, stack))
    )
    if found:
        return _Left(found)
    try:
        ids = docker.listed(engine, "stack", "ps", "--quiet", "--no-trunc", stack)
    except ProvisionError as error:
        if "nothing found in stack" in error.what.lower():
            return _Left(())
        raise
    return _of_tasks(docker.inspected(engine, "task", ids), live.nodes(engine), names, stack)


def _of_tasks(
    tasks: Sequence[dict[str, Any]], nodes: Sequence[live.Node], names: dict[str, str], stack: str
) -> _Left:
    """A node that is down ends no task, and the Swarm keeps such a one for a day."""
    away = {node.id: node for node in nodes if not node.up}
    later: dict[str, list[str]] = {}
    for task in tasks:
        if node := away.get(task.get("NodeID", "")):
            service = names.get(task["ServiceID"], f"the stack {stack}")
            later.setdefault(node.absence, []).append(service)
    return _Left(
        tuple(f"task {task['ID']}" for task in tasks if task.get("NodeID", "") not in away),
        tuple(f"{why}: {_tasks_of(services)} when it is back" for why, services in sorted(later.items())),
    )


def _tasks_of(services: Sequence[str]) -> str:
    named = " and ".join(sorted(set(services)))
    return f"its task of {named} goes" if len(services) == 1 else f"its tasks of {named} go"
