"""Whether a Swarm runs what the sources ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provision.compile.dialect.shaped_stack import SOURCE_LABEL, ShapedStack
from provision.ship.swarm import converge, live, networks, own_images
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.live import PAUSED, LiveService, Node
from provision.ship.swarm.placing import fitting
from provision.tools.docker import Engine


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service of a stack, as it is asked for and as it is.

    Attributes:
        name: as the sources have it.
        state: how it is; None when it isn't there.
        image: that it runs; empty when it isn't there.
        nodes: the node of each task that runs.
        configs: what it mounts, on the Swarm.
        differs: in what it isn't as the sources ask, in words.
        absent: the nodes that might run the tasks that are missing, were they up, each with why it isn't.
    """

    name: str
    state: ServiceState | None
    image: str
    nodes: tuple[str, ...]
    configs: tuple[str, ...]
    differs: tuple[str, ...]
    absent: tuple[str, ...] = ()


def compare(engine: Engine, stack: ShapedStack) -> tuple[ServiceStatus, ...]:
    """Every service that the sources or the Swarm have, by name.

    Raises:
        ProvisionError: the engine can't be asked.
    """
    live.require_manager(engine)
    services = {service.name: service for service in live.services(engine, stack.name)}
    nodes = live.nodes(engine)
    names = {node.id: node.name for node in nodes}
    states = {
        state.name: state
        for state in converge.judged(tuple(services.values()), live.tasks(engine, services.values()), nodes)
    }
    wanted = stack.compose["services"]
    other_networks = networks.differences(engine, stack)
    found = []
    for name in sorted({*wanted, *services}):
        there = services.get(name)
        state = states.get(name)
        differences = (
            *_differences(stack, wanted.get(name), there),
            *_of_networks(stack, wanted.get(name), other_networks),
            *_earlier(there, state, nodes),
        )
        if there and state and state.complete and not differences and there.update == "rollback_completed":
            state = replace(state, settled=True, failed="")  # it went back to just this
        running = [task for task in state.tasks if task.state == "running"] if state else []
        found.append(
            ServiceStatus(
                name,
                state,
                there.image if there else "",
                tuple(sorted(names.get(task.node, task.node) for task in running)),
                there.configs if there else (),
                differences,
                _absent(there, nodes) if there and state and not state.complete else (),
            )
        )
    return tuple(found)


def _absent(service: LiveService, nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node.absence for node in fitting(service.constraints, nodes) if not node.ready)


def _differences(
    stack: ShapedStack, wanted: Mapping[str, Any] | None, there: LiveService | None
) -> Iterator[str]:
    if wanted is None:
        yield "no source has it"
        return
    if there is None:
        yield "isn't deployed"
        return
    if other := stack.other_environment(there.labels):
        yield f"was deployed for the environment {other!r}, and is compared with {stack.environment!r}"
    deploy = wanted["deploy"]
    replicas = deploy.get("replicas")
    own = there.name in stack.images
    if not (own_images.may_be(there.image, wanted["image"]) if own else there.image == wanted["image"]):
        yield f"runs {there.image} instead of {wanted['image']}"
    if there.replicas != replicas:
        yield f"{_often(there.replicas)} instead of {_often(replicas)}"
    names = {mounted.key: mounted.name for mounted in stack.configs}
    configs = sorted(names[each["source"]] for each in wanted.get("configs", ()))
    if list(there.configs) != configs:
        others = sorted(set(configs) - set(there.configs)) or sorted(set(there.configs) - set(configs))
        yield f"mounts other configs: {', '.join(others)}"
    elif there.labels.get(SOURCE_LABEL) != deploy["labels"][SOURCE_LABEL]:
        yield "was deployed from other sources"


def _of_networks(
    stack: ShapedStack, wanted: Mapping[str, Any] | None, others: Mapping[str, str]
) -> Iterator[str]:
    for key in sorted((wanted or {}).get("networks", ())):
        name = stack.compose["networks"][key]["name"]
        if name in others:
            yield f"its network {name} {others[name]}, and no deploy changes that: remove the stack first"


def _earlier(service: LiveService | None, state: ServiceState | None, nodes: Sequence[Node]) -> Iterator[str]:
    """A node that is paused takes no task in the place of the one it has."""
    if service and state:
        earlier = {task.node for task in state.tasks if task.image != service.image}
        for node in nodes:
            if node.why_not == PAUSED and node.id in earlier:
                yield f"{node.name} is paused and runs what was before"


def _often(replicas: int | None) -> str:
    return "one task on each node" if replicas is None else f"{replicas} replicas"
