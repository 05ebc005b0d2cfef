"""`--scale` of `provision stack deploy`: which service of which stack gets how many tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from provision.compile.dialect.shaped_stack import ShapedStack


@dataclass(frozen=True, slots=True)
class Scale:
    """How many tasks a service is to have; `stack` is empty where the user doesn't name it."""

    stack: str
    service: str
    replicas: int

    @property
    def called(self) -> str:
        """What the user calls the service."""
        return f"{self.stack}/{self.service}" if self.stack else self.service


def scale(value: str) -> Scale:
    """The type of a service with the number of its tasks."""
    match = re.fullmatch(r"(?:([^=/]+)/)?([^=/]+)=(\d{1,6})", value)
    if match is None:
        raise click.BadParameter(f"{value!r} isn't SERVICE=N or STACK/SERVICE=N, such as client=3")
    return Scale(match[1] or "", match[2], int(match[3]))


def by_stack(stacks: Sequence[ShapedStack], asked: Sequence[Scale]) -> dict[str, dict[str, int]]:
    """Stack → service → how many tasks it is to have.

    Raises:
        click.UsageError: there is no such service, or in several stacks; or it can't have as many tasks.
    """
    found: dict[str, dict[str, int]] = {}
    for each in asked:
        stack = _meant(stacks, each)
        _check(stack, each)
        found.setdefault(stack.name, {})[each.service] = each.replicas
    return found


def _meant(stacks: Sequence[ShapedStack], asked: Scale) -> ShapedStack:
    meant = [
        stack
        for stack in stacks
        if asked.stack in ("", stack.name) and asked.service in stack.compose["services"]
    ]
    if not meant:
        known = sorted({name for stack in stacks for name in stack.compose["services"]})
        raise click.UsageError(
            f"--scale: these stacks have no service {asked.called!r}; they have {', '.join(known)}"
        )
    if len(meant) > 1:
        names = " or ".join(f"{stack.name}/{asked.service}={asked.replicas}" for stack in meant)
        raise click.UsageError(f"--scale: several stacks have a service {asked.service!r}; say {names}")
    return meant[0]


def _check(stack: ShapedStack, asked: Scale) -> None:
    from provision.ship.swarm import volumes

    if stack.compose["services"][asked.service]["deploy"]["mode"] == "global":
        raise click.UsageError(f"--scale: {asked.called} has one task on each node")
    if asked.replicas > 1 and (volume := volumes.on_one_node(stack, asked.service)):
        raise click.UsageError(
            f"--scale: {asked.called} has the volume {volume!r} for one task; say in the sources how several can use it"
        )
