"""Which nodes fit a service's constraints, as the Swarm's scheduler would say. Source: swarmkit, manager/constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from provision.ship.swarm.live import Node

_LABELS: Final = ("node.labels.", "engine.labels.")


@dataclass(frozen=True, slots=True)
class Label:
    """A label that a node is to have.

    Attributes:
        node: what the user calls it.
        id: of the node, once it is known which one is meant: several may have one name.
    """

    node: str
    key: str
    value: str
    id: str = ""


def fitting(constraints: Sequence[str], nodes: Sequence[Node], labels: Sequence[Label] = ()) -> list[Node]:
    """The nodes that fit all constraints, as they will be labelled."""
    return [node for node in nodes if all(_fits(constraint, node, labels) for constraint in constraints)]


def label_of(constraint: str) -> tuple[str, str] | None:
    """Key and value of the label of a node that a constraint asks for; None when it asks for something else."""
    match = re.fullmatch(r"(?i:node\.labels)\.(\S+?)\s*==\s*(\S+)", constraint)
    return (match[1], match[2]) if match else None


def _fits(constraint: str, node: Node, labels: Sequence[Label]) -> bool:
    operator = "==" if "==" in constraint else "!="
    key, _, value = (part.strip() for part in constraint.partition(operator))
    key = _plain(key)
    facts = dict(_facts(node, labels))
    if key == "node.ip":
        same = _within(facts.get(key, ""), value)
    elif key in facts or key.startswith(_LABELS):
        same = facts.get(key, "").lower() == value.lower()
    else:
        same = None
    # What the Swarm doesn't understand fits no node, whatever the operator.
    return same is not None and same == (operator == "==")


def _plain(key: str) -> str:
    """A key as facts have it: only the names of labels tell capitals apart."""
    start = next((start for start in _LABELS if key.lower().startswith(start)), "")
    return start + key[len(start) :] if len(key) > len(start) > 0 else key.lower()


def _within(address: str, wanted: str) -> bool | None:
    """Whether an address is that one, or in that network; None when it is neither an address nor a network."""
    try:
        network = ip_network(wanted, strict=False)
    except ValueError:
        return None
    try:
        return ip_address(address) in network
    except ValueError:
        return False


def _facts(node: Node, labels: Sequence[Label]) -> Iterator[tuple[str, str]]:
    yield from (("node.id", node.id), ("node.hostname", node.name), ("node.role", node.role))
    yield from (("node.platform.os", ""), ("node.platform.arch", ""))
    yield from node.facts.items()
    yield from ((f"node.labels.{key}", value) for key, value in node.labels.items())
    for label in labels:
        if (label.id or label.node) == (node.id if label.id else node.name):
            yield f"node.labels.{label.key}", label.value
