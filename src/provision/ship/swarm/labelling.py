"""The labels that nodes are asked to get: which node is meant, and whether data would lie on two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provision.compile.dialect.shaped_stack import ShapedStack
from provision.errors import ProvisionError
from provision.ship.swarm import volumes
from provision.ship.swarm.live import Node
from provision.ship.swarm.placing import Label, label_of


def resolved(
    stacks: Sequence[ShapedStack], nodes: Sequence[Node], asked: Sequence[Label]
) -> tuple[Label, ...]:
    """Labels that were asked for by the names or ids of nodes, each with the id of its node.

    Raises:
        ProvisionError: there is no such node, or several that may be meant; or services of these stacks that keep data on
            the one node with the label would find two.
    """
    found = tuple(replace(label, id=_meant(label.node, nodes).id) for label in asked)
    for label in found:
        check_alone(stacks, nodes, label, found)
    return found


def called(node: Node, nodes: Sequence[Node]) -> str:
    """How the client is told which node is meant: by its name, or by its id where another one has that name as well."""
    return node.name if sum(each.name == node.name for each in nodes) == 1 else node.id


def _meant(named: str, nodes: Sequence[Node]) -> Node:
    """A node that left and joined again is there twice until its former self is removed: only one of them is up."""
    meant = [node for node in nodes if node.id == named] or [node for node in nodes if node.name == named]
    if not meant:
        known = ", ".join(sorted({node.name for node in nodes}))
        raise ProvisionError(f"the Swarm has no node {named}", remedy=f"it has {known}")
    best = [node for node in meant if node.ready] or [node for node in meant if node.up] or meant
    if len(best) > 1:
        ids = ", ".join(node.id for node in best)
        raise ProvisionError(f"the Swarm has {len(best)} nodes {named}", remedy=f"name one by its id: {ids}")
    return best[0]


def check_alone(
    stacks: Sequence[ShapedStack], nodes: Sequence[Node], label: Label, asked: Sequence[Label]
) -> None:
    """Raises ProvisionError when a node is to get a label that another one has, and data is where the label is."""
    having = {node.id for node in nodes if node.labels.get(label.key) == label.value}
    if label.id in having:
        return
    to_have = {each.id for each in asked if (each.key, each.value) == (label.key, label.value)}
    # A node that left and joined again is still the one that has the data, though its former self has the label.
    others = [
        node
        for node in nodes
        if node.id in (having | to_have) - {label.id} and (node.up or node.name != label.node)
    ]
    if not others:
        return
    there = called(others[0], nodes)
    for stack in stacks:
        for service, body in stack.compose["services"].items():
            wanted = map(label_of, body["deploy"].get("placement", {}).get("constraints", ()))
            volume = volumes.on_one_node(stack, service)
            if volume and (label.key, label.value) in wanted:
                raise ProvisionError(
                    f"with {label.key}={label.value} on {label.node} and {there} its volume {volume!r} would be on two nodes",
                    where=f"stack {stack.name}, service {service}",
                    remedy=f"to move it, which leaves its data behind, first: docker node update --label-rm {label.key} {there}"
                    if others[0].id in having
                    else "choose one of them",
                )
