"""The networks of stacks as the Swarm has them: who uses them, and whether they are as the sources ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.compile.dialect.shaped_stack import ShapedStack
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


def differences(engine: Engine, stack: ShapedStack) -> dict[str, str]:
    """Name on the Swarm → in what it isn't as the sources ask, of a stack's own networks that are there.

    Raises:
        ProvisionError: the engine can't be asked.
    """
    wanted = {
        network["name"]: _wanted(network)
        for network in stack.compose.get("networks", {}).values()
        if not network.get("external")
    }
    there = docker.in_stack(engine, "network", stack.name)
    ids = [there[name] for name in sorted(set(wanted) & set(there))]
    found = {}
    for body in docker.inspected(engine, "network", ids):
        flags = wanted[body["Name"]]
        other = [
            f"isn't {name}" if flags[name] else f"is {name}"
            for name, has in _found(body).items()
            if has != flags[name]
        ]
        if other:
            found[body["Name"]] = " and ".join(other)
    return found


def _wanted(network: Mapping[str, Any]) -> dict[str, bool]:
    """Of a network of a Compose file, what the engine can't be told later."""
    return {
        "attachable": bool(network.get("attachable")),
        "internal": bool(network.get("internal")),
        "encrypted": _encrypted(network.get("driver_opts")),
    }


def _found(body: Mapping[str, Any]) -> dict[str, bool]:
    """The same of one that is there."""
    return {
        "attachable": bool(body.get("Attachable")),
        "internal": bool(body.get("Internal")),
        "encrypted": _encrypted(body.get("Options")),
    }


def _encrypted(options: Mapping[str, str] | None) -> bool:
    """An overlay network is, where the option stands, whatever its value but for one that says no."""
    return (options or {}).get("encrypted", "false").lower() not in ("false", "f", "0")
