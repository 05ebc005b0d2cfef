"""Stacks of a Docker Swarm: services with what they need, as `docker stack deploy` takes them.

    web = Network("web")
    data = Volume("data")
    redis = Service(
        "redis", "redis:7", networks=[web], volumes={"/data": data}, placement=Placement(["node.labels.data == true"])
    )
    shop = Stack("shop", [redis])

What a service needs it refers to; a stack has what its services refer to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provision.author import kinds
from provision.author.place import Written, written
from provision.author.service import Service
from provision.author.stack_parts import Volume, check_name

_LONGEST_NAME: Final = 63
"""Of a service as the Swarm has it, STACK_SERVICE. Source: swarmkit, which takes it for a host name."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Services that are deployed and removed together.

    Attributes:
        name: stands before the names of all that it has: `NAME_SERVICE`.
        services: each once.
    """

    name: str
    services: Sequence[Service]
    where: Written = written()

    def __post_init__(self) -> None:
        check_name("Stack", self.name)
        kinds.listed(f"stack {self.name!r}", Service, "Service", services=self.services)
        if not self.services:
            raise ValueError(f"stack {self.name!r} has no service")
        seen: dict[tuple[str, str], object] = {}
        for service in self.services:
            if len(f"{self.name}_{service.name}") > _LONGEST_NAME:
                raise ValueError(
                    f"stack {self.name!r}: {self.name}_{service.name} is longer than {_LONGEST_NAME} characters"
                )
            self._once(seen, "service", service.name, service, twice=True)
            for network in service.networks:
                self._once(seen, "network", f"{network.of or self.name}_{network.name}", network)
            for volume in service.volumes.values():
                if isinstance(volume, Volume):
                    self._once(seen, "volume", volume.name, volume)
            for name, secret in service.secrets.items():
                self._once(seen, "secret", name, secret)

    def _once(
        self, seen: dict[tuple[str, str], object], noun: str, name: str, value: object, *, twice: bool = False
    ) -> None:
        """Remember what a name means here; it may mean one thing only."""
        known = seen.setdefault((noun, name), value)
        if (twice and known is not value) or known != value:
            raise ValueError(f"stack {self.name!r}: two different {noun}s are called {name!r}")
