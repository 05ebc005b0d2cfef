"""What the commands of `provision stack` share: which stacks are meant, and the types of their options."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from provision.commands.options import given
from provision.commands.sources import loaded, not_empty
from provision.errors import UsageError, did_you_mean
from provision.model import Definition
from provision.project import Project

if TYPE_CHECKING:
    from provision.compile.dialect.shaped_stack import ShapedStack
    from provision.ship.swarm.placing import Label

stacks_argument = click.argument("names", metavar="[STACK]...", nargs=-1, type=given)

context_option = click.option(
    "--context", metavar="NAME", type=given, help="The client's context (default: DOCKER_HOST, or its own)."
)

registry_option = click.option(
    "--registry", metavar="HOST:PORT", type=given,
    help="The registry of the project's own images (default: the setting registry; without one the nodes have them).",
)  # fmt: skip


def duration(value: str) -> float:
    """The type of a duration; in seconds."""
    from provision.author.durations import seconds

    try:
        return seconds(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def label(value: str) -> Label:
    """The type of a label for a node."""
    from provision.ship.swarm.placing import Label

    match = re.fullmatch(r"([^:=\s]+):([\w.-]+)=([\w.-]+)", value)
    if match is None:
        raise click.BadParameter(f"{value!r} isn't NODE:KEY=VALUE, such as worker-1:app-data=true")
    return Label(*match.groups())


@dataclass(frozen=True, slots=True)
class Sources:
    """What the project's sources made: definitions, and the files that stacks may mount."""

    project: Project
    definitions: tuple[Definition, ...]
    files: Mapping[str, bytes]


def files_of(project: Project) -> Sources:
    """Compile the project.

    Raises:
        SourceErrors: some sources are broken; all are listed.
    """
    from provision.compile.dialect import files

    definitions = not_empty(project, loaded(project)).definitions
    built = {file.key: file.body for file in files.shape(definitions, project)}
    return Sources(project, definitions, built)


def shaped(
    sources: Sources, registry: str, images: Mapping[str, str] | None = None
) -> tuple[ShapedStack, ...]:
    """The project's stacks, each after those whose networks it uses.

    Args:
        images: name of an own image → the reference to run.
    """
    from provision.compile.dialect import shaped_stack, stacks

    made = stacks.shape(sources.definitions, sources.files, sources.project, registry, images)
    return shaped_stack.in_order(sorted(made, key=lambda stack: (bool(stack.images), stack.name)))


def chosen(stacks: Sequence[ShapedStack], names: Sequence[str]) -> tuple[ShapedStack, ...]:
    """The stacks of these names, in their order; all when none is named.

    Raises:
        UsageError: there is no such stack, or none at all.
    """
    known = [stack.name for stack in stacks]
    if not known:
        raise UsageError("the project has no stack", remedy="write a Stack under provisioning/")
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no stack {name!r}",
                remedy=did_you_mean(name, known, f"there are {', '.join(known)}"),
            )
    return tuple(stack for stack in stacks if not names or stack.name in names)


def registry_of(project: Project, named: str | None) -> str:
    """The registry that is named on the command line or in the settings; empty when there is none."""
    return named or project.setting("registry", str, "")
