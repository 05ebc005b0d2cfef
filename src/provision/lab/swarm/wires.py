"""The network of a cluster: a bridge, and for each node a network namespace with one end of a cable to it. Nothing leads
further: a node reaches the others and this machine, and no registry."""

from __future__ import annotations

import errno
import ipaddress
import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from provision.errors import ProvisionError
from provision.lab.swarm.state import Cluster, Node
from provision.tools.run import run

_SUBNETS: Final = tuple(f"172.31.{third}" for third in range(64, 128))

_CHOOSING: Final = "\0provision-lab-swarm-network"
"""An address that one process at a time has, in the same namespace as the routes; it goes with the process."""

_CHOOSING_SECONDS: Final = 60.0


@contextmanager
def choosing() -> Iterator[None]:
    """Nobody else chooses a network before the end of the block, by when a bridge has it.

    Raises:
        ProvisionError: somebody else doesn't come to an end.
    """
    limit = time.monotonic() + _CHOOSING_SECONDS
    with socket.socket(socket.AF_UNIX) as holder:
        while True:
            try:
                holder.bind(_CHOOSING)
                break
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > limit:
                    raise ProvisionError(
                        f"no network can be chosen: {error.strerror}",
                        where="this machine",
                        remedy="wait until the other Swarm has started",
                    ) from None
            time.sleep(0.05)
        yield


def free_subnet() -> str:
    """The first three bytes of a network that this machine has no route into; within `choosing`.

    Raises:
        ProvisionError: there is none.
    """
    routes = json.loads(_ip("-json", "route") or "[]")
    taken = [
        ipaddress.ip_network(route["dst"], strict=False) for route in routes if route.get("dst") != "default"
    ]
    for subnet in _SUBNETS:
        if not any(network.overlaps(ipaddress.ip_network(f"{subnet}.0/24")) for network in taken):
            return subnet
    raise ProvisionError("every network from 172.31.64.0 to 172.31.127.0 is taken", where="this machine")


def bridge(cluster: Cluster) -> str:
    """The name of the cluster's bridge; at most 15 characters, as the kernel has it."""
    return f"prov-{cluster.id}"


def namespace(cluster: Cluster, node: Node) -> str:
    """The name of a node's network namespace, as `ip netns` lists it."""
    return f"provision-{cluster.id}-{node.name}"


def lay(cluster: Cluster) -> None:
    """Make the bridge."""
    name = bridge(cluster)
    _ip("link", "add", name, "type", "bridge")
    _ip("address", "add", f"{cluster.subnet}.1/24", "dev", name)
    _ip("link", "set", name, "up")


def connect(cluster: Cluster, node: Node) -> None:
    """Make a node's namespace, and its cable to the bridge."""
    space = namespace(cluster, node)
    outer = f"prov-{cluster.id}-{node.address.rpartition('.')[2]}"
    _ip("netns", "add", space)
    _ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space)
    _ip("link", "set", outer, "master", bridge(cluster), "up")
    _ip("-netns", space, "address", "add", f"{node.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-netns", space, "link", "set", device, "up")


def cut(cluster: Cluster, nodes: Iterable[Node]) -> None:
    """Remove the namespaces of these nodes, and their cables with them."""
    there = {str(space["name"]) for space in json.loads(_ip("-json", "netns", "list") or "[]")}
    for node in nodes:
        if namespace(cluster, node) in there:
            _ip("netns", "delete", namespace(cluster, node))


def take_up(cluster: Cluster) -> None:
    """Remove all of the network; what isn't there any more is passed over."""
    cut(cluster, cluster.nodes)
    for link in json.loads(_ip("-json", "link", "show") or "[]"):
        name = link["ifname"]
        if name == bridge(cluster) or name.startswith(f"{bridge(cluster)}-"):
            # The kernel takes up a namespace's cables by itself, a moment later than the namespace.
            answer = run(["ip", "link", "delete", name])
            if answer.code != 0 and "Cannot find device" not in answer.text:
                raise ProvisionError(f"ip link delete {name}: {answer.text}", where="this machine")


def _ip(*arguments: str) -> str:
    answer = run(["ip", *arguments])
    if answer.code != 0:
        raise ProvisionError(f"ip {' '.join(arguments)}: {answer.text}", where="this machine")
    return answer.stdout.decode()
