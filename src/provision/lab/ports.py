"""The ports of a lab, all on the loopback address: free ones, but for those that the user wants to be certain ones."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from types import MappingProxyType

from provision.errors import ProvisionError

HOST = "127.0.0.1"
REPLICAS = 3


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens on 127.0.0.1."""

    replicas: tuple[int, ...]
    web: int
    websecure: int
    traefik: int
    prometheus: int
    alertmanager: int
    webhook: int
    containers: int
    redis: int
    grafana: int


NAMES = (*(f"app-{n}" for n in range(1, REPLICAS + 1)), *(each.name for each in fields(Ports)[1:]))
"""What a port is for, by the name that a user gives one under."""


@contextmanager
def reserved(given: Mapping[str, int] = MappingProxyType({})) -> Iterator[Ports]:
    """Ports that nobody listens on, all different; nobody else gets them before the end of the block.

    Args:
        given: the ports that must be these, by a name of `NAMES`; the others are any that are free.

    Raises:
        ProvisionError: one that is given is taken, or can't be had.
    """
    numbers = {}
    with ExitStack() as stack:
        # Those that are given first: another one could get the same number.
        for name in sorted(NAMES, key=lambda name: name not in given):
            holder = stack.enter_context(socket.socket())
            if name in given:
                # What an earlier lab's connections there left behind for a minute doesn't count.
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind((HOST, given.get(name, 0)))
            except OSError as error:
                raise _not_had(name, given.get(name, 0), error) from None
            numbers[name] = int(holder.getsockname()[1])
        found = [numbers[name] for name in NAMES]
        yield Ports(tuple(found[:REPLICAS]), *found[REPLICAS:])


def _not_had(name: str, number: int, error: OSError) -> ProvisionError:
    taken = error.errno == errno.EADDRINUSE
    return ProvisionError(
        f"port {number}, which {name} is to have, "
        + ("is taken" if taken else f"can't be had: {error.strerror}"),
        where=HOST,
        remedy=f"choose another with --port {name}=N, or leave that out for a free one",
    )


def url(port: int, scheme: str = "http") -> str:
    """The address of a port of ours."""
    return f"{scheme}://127.0.0.1:{port}"
