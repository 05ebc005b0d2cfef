"""What is known of a cluster while it is there: one file, `swarm.json`, in its folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from provision.errors import ProvisionError
from provision.lab.processes import Process
from provision.tools.writing import write_beside

FILE: Final = "swarm.json"
IMAGES: Final = "images-"
"""What begins the name of the folder in which images lie on their way to the nodes."""

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a cluster.

    Attributes:
        name: its host name, such as `manager-1`.
        role: `manager` or `worker`, as it joined.
        address: on the cluster's network.
        process: what its engine runs under; None while it is halted.
    """

    name: str
    role: str
    address: str
    process: Process | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster.

    Attributes:
        id: in the names of its network devices and of its control groups, and in the environment of its processes.
        folder: what it keeps, absolute.
        sockets: the folder of the engines' sockets, whose path has to be short.
        subnet: of its network, such as `172.31.64`; the machine itself is `.1` there.
        nodes: in the order in which they were made; the first one began the Swarm.
        made_for: what it was made for, when something else made it than a person; it goes with that.
    """

    id: str
    folder: Path
    sockets: Path
    subnet: str
    nodes: tuple[Node, ...] = ()
    made_for: str = ""

    def node(self, name: str) -> Node:
        """The node of that name.

        Raises:
            ProvisionError: there is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise ProvisionError(
            f"there is no node {name}",
            where=str(self.folder),
            remedy=f"there are {', '.join(node.name for node in self.nodes)}",
        )

    def host(self, name: str) -> str:
        """Where the engine of a node is asked: `DOCKER_HOST`."""
        return f"unix://{self.sockets / f'{self.node(name).name}.sock'}"


def read(folder: Path) -> Cluster | None:
    """The cluster in a folder; None when there is none.

    Raises:
        ProvisionError: its file isn't one.
    """
    file = folder / FILE
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found.pop("format") != _FORMAT:
            raise ValueError
        nodes = tuple(
            Node(**{**node, "process": Process(**node["process"]) if node["process"] else None})
            for node in found.pop("nodes")
        )
        return Cluster(
            **{**found, "folder": Path(found["folder"]), "sockets": Path(found["sockets"])}, nodes=nodes
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ProvisionError(
            "isn't what this version of the lab writes",
            where=str(file),
            remedy="end its engines by hand, and remove the folder",
        ) from None


def claim(cluster: Cluster) -> bool:
    """Write the file if there is none yet; whether it did. Of two that try at once, one does."""
    beside = cluster.folder / f".{FILE}.{cluster.id}"
    try:
        beside.write_bytes(_content(cluster))
        os.link(beside, cluster.folder / FILE)
    except FileExistsError:
        return False
    finally:
        beside.unlink(missing_ok=True)
    return True


def write(cluster: Cluster) -> None:
    """Replace the file by one that says this."""
    write_beside(cluster.folder / FILE, _content(cluster))


def _content(cluster: Cluster) -> bytes:
    body = {**asdict(cluster), "folder": str(cluster.folder), "sockets": str(cluster.sockets)}
    return (json.dumps({"format": _FORMAT, **body}, indent=2) + "\n").encode()
