"""Which nodes fit a service's constraints, as the Swarm's scheduler would say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provision.ship.swarm.live import Node


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
    """The nodes that fit all constraints, as they will be labelled. What only the Swarm knows of a node counts as
    fitting."""
    return [node for node in nodes if all(_fits(constraint, node, labels) for constraint in constraints)]


def label_of(constraint: str) -> tuple[str, str] | None:
    """Key and value of the label of a node that a constraint asks for; None when it asks for something else."""
    match = re.fullmatch(r"node\.labels\.(\S+?)\s*==\s*(\S+)", constraint)
    return (match[1], match[2]) if match else None


def _fits(constraint: str, node: Node, labels: Sequence[Label]) -> bool:
    operator = "==" if "==" in constraint else "!="
    key, _, value = (part.strip() for part in constraint.partition(operator))
    facts = dict(_facts(node, labels))
    if key not in facts and not key.startswith("node.labels."):
        return True
    return (facts.get(key, "") == value) == (operator == "==")


def _facts(node: Node, labels: Sequence[Label]) -> Iterator[tuple[str, str]]:
    yield from (("node.id", node.id), ("node.hostname", node.name), ("node.role", node.role))
    yield from ((f"node.labels.{key}", value) for key, value in node.labels.items())
    for label in labels:
        if (label.id or label.node) == (node.id if label.id else node.name):
            yield f"node.labels.{label.key}", label.value
