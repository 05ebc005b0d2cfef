"""The networks of stacks as the Swarm has them: who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.tools import docker
from provision.tools.docker import STACK_LABEL, Engine


@dataclass(frozen=True, slots=True)
class Use:
    """That a service uses a network of a stack.

    Attributes:
        stack: whose network it is.
        service: as the Swarm calls it.
        by: the stack of the service; empty when it belongs to none.
    """

    stack: str
    network: str
    service: str
    by: str


def uses(engine: Engine, stacks: Sequence[str]) -> tuple[Use, ...]:
    """Which services use the networks of these stacks, but for each stack's own.

    Raises:
        ProvisionError: the engine can't be asked.
    """
    owners = {stack: list(docker.in_stack(engine, "network", stack).values()) for stack in stacks}
    networks = {
        key: (stack, body["Name"])
        for stack, ids in owners.items()
        for body in docker.inspected(engine, "network", ids)
        for key in (body["Id"], body["Name"])
    }
    if not networks:
        return ()
    found = []
    for body in docker.inspected(engine, "service", docker.listed(engine, "service", "ls", "-q")):
        spec = body["Spec"]
        by = (spec.get("Labels") or {}).get(STACK_LABEL, "")
        # Of a service that was made through an early API they stand beside the template.
        for target in spec["TaskTemplate"].get("Networks") or spec.get("Networks") or ():
            stack, network = networks.get(target["Target"], (by, ""))
            if stack != by:
                found.append(Use(stack, network, spec["Name"], by))
    return tuple(sorted(found, key=lambda use: (use.stack, use.network, use.service)))
