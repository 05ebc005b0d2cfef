"""A stack as the Swarm is told of it, and what is done with it as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from provision.compile.yamltext.writing import render
from provision.model import Place
from provision.project import DEFAULT_ENVIRONMENT

PROJECT_LABEL: Final = "provision.project"
"""On a service: the project that it belongs to."""

ENVIRONMENT_LABEL: Final = "provision.environment"
"""On a service: the environment whose settings and variables it was made with."""

SOURCE_LABEL: Final = "provision.source"
"""On a service: a digest of what the sources say of it, so that it can be told whether it is still the same."""


@dataclass(frozen=True, slots=True)
class MountedFile:
    """A file that services mount as a config.

    Attributes:
        key: what the Compose file calls it, such as `prometheus-rules-traefik.yml`.
        name: on the Swarm, STACK_KEY-HASH.
        path: below the folder that `build` writes.
        content: what it holds.
    """

    key: str
    name: str
    path: str
    content: bytes

    @property
    def own(self) -> bool:
        """Whether it is made for the stack alone, and is nothing that `build` writes anyway."""
        return self.path.startswith("stacks/")


@dataclass(frozen=True, slots=True)
class ShapedStack:
    """A stack as the Swarm is told of it.

    Attributes:
        name: the stack's name.
        compose: the Compose file as a JSON value; paths in it are relative to `stacks/NAME/`.
        configs: the files that services mount, each once, in the order of their keys.
        secrets: name on the Swarm → reference to the secret.
        images: service → the project's own image that it runs, as the definition has it.
        needs: the stacks whose networks it uses.
        place: where it was written.
        environment: that it was made for.
    """

    name: str
    compose: dict[str, Any]
    configs: tuple[MountedFile, ...]
    secrets: Mapping[str, Mapping[str, str]]
    images: Mapping[str, Mapping[str, Any]]
    needs: tuple[str, ...]
    place: Place
    environment: str = DEFAULT_ENVIRONMENT

    def other_environment(self, labels: Mapping[str, str]) -> str:
        """The environment that a service with these labels was deployed for, if it isn't this one's; else empty, as for a
        service that doesn't say."""
        named = labels.get(ENVIRONMENT_LABEL, self.environment)
        return named if named != self.environment else ""

    @property
    def path(self) -> str:
        """Of the Compose file, below the folder that `build` writes."""
        return f"stacks/{self.name}/compose.yml"

    def compose_bytes(self) -> bytes:
        """The Compose file."""
        return render(self.compose, header=f"Made by provision. Edit {self.place.path} instead.")


def scaled(stack: ShapedStack, replicas: Mapping[str, int]) -> ShapedStack:
    """The stack with another number of tasks for some services; those that it doesn't have are passed over."""
    services = dict(stack.compose["services"])
    for name in set(replicas) & set(services):
        services[name] = {
            **services[name],
            "deploy": {**services[name]["deploy"], "replicas": replicas[name]},
        }
    return replace(stack, compose={**stack.compose, "services": services})


def in_order(stacks: Iterable[ShapedStack]) -> tuple[ShapedStack, ...]:
    """The stacks so that each comes after those whose networks it uses; else in the order given."""
    left = {stack.name: stack for stack in stacks}
    done: list[ShapedStack] = []
    while left:
        ready = [stack for stack in left.values() if not set(stack.needs) & set(left) - {stack.name}]
        # Stacks that use each other's networks have no order; then the first goes first.
        following = (ready or list(left.values()))[0]
        done.append(left.pop(following.name))
    return tuple(done)
