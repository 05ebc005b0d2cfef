from __future__ import annotations

from typing import Any

import pytest

from provision.compile.dialect.shaped_stack import ShapedStack
from provision.errors import ProvisionError
from provision.model import Place
from provision.ship.swarm import labelling, needs
from provision.ship.swarm.live import Node
from provision.ship.swarm.placing import Label

A = Node("1", "a", "manager", True, {})
B = Node("2", "b", "worker", True, {})
FORMER = Node("0", "b", "worker", False, {}, "down")


def shop(replicas: int = 1, driver: str = "local") -> ShapedStack:
    db: dict[str, Any] = {
        "deploy": {
            "mode": "replicated",
            "replicas": replicas,
            "placement": {"constraints": ["node.labels.data == true"]},
        },
        "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
    }
    compose = {"services": {"db": db}, "volumes": {"data": {"driver": driver}}}
    return ShapedStack("shop", compose, (), {}, {}, (), Place("stacks.py"))


def test_a_node_that_left_and_joined_again_gets_the_label_where_it_is() -> None:
    wanted = Label("b", "data", "true", "2")
    for nodes in ([A, B, FORMER], [A, FORMER, B]):
        assert labelling.resolved([shop()], nodes, [Label("b", "data", "true")]) == (wanted,)
    paused = Node("2", "b", "worker", False, {}, "paused")
    assert labelling.resolved([shop()], [FORMER, paused], [Label("b", "data", "true")]) == (wanted,)


def test_the_label_that_is_plain_goes_to_the_node_that_is_up() -> None:
    assert needs.labels_to_set([shop()], [B, FORMER], ()) == (Label("b", "data", "true", "2"),)


def test_nodes_of_one_name_are_told_apart_by_their_ids() -> None:
    twin = Node("3", "b", "worker", True, {})
    with pytest.raises(ProvisionError, match="^the Swarm has 2 nodes b; name one by its id: 2, 3$"):
        labelling.resolved([], [A, B, twin], [Label("b", "data", "true")])
    found = labelling.resolved([], [A, B, twin], [Label("3", "data", "true")])
    assert [label.id for label in found] == ["3"]
    with pytest.raises(ProvisionError, match="choose one of 2, 3: --label 2:data=true$"):
        needs.labels_to_set([shop()], [B, twin], ())


def test_a_label_that_data_lies_by_is_not_given_to_a_second_node() -> None:
    there = Node("1", "a", "manager", True, {"data": "true"})
    with pytest.raises(ProvisionError) as refused:
        labelling.resolved([shop()], [there, B], [Label("b", "data", "true")])
    assert str(refused.value) == (
        "stack shop, service db: with data=true on b and a its volume 'data' would be on two nodes; "
        "to move it, which leaves its data behind, first: docker node update --label-rm data a"
    )
    with pytest.raises(ProvisionError, match="on a and b .* would be on two nodes; choose one of them$"):
        labelling.resolved([shop()], [A, B], [Label("a", "data", "true"), Label("b", "data", "true")])
    former = Node("0", "b", "worker", False, {"data": "true"}, "down")
    (label,) = labelling.resolved([shop()], [A, B, former], [Label("b", "data", "true")])
    assert label.id == "2"  # the same node, and the same data
    # Nor does one get it by itself, since it is the only one that fits.
    stack = shop()
    stack.compose["services"]["db"]["deploy"]["placement"]["constraints"].append("node.role == manager")
    demoted, manager = Node("1", "a", "worker", True, {"data": "true"}), Node("2", "b", "manager", True, {})
    with pytest.raises(ProvisionError, match="would be on two nodes"):
        needs.labels_to_set([stack], [demoted, manager], ())


@pytest.mark.parametrize(
    "stack", [shop(replicas=2), shop(driver="nfs"), None], ids=["several tasks", "shared", "no such"]
)
def test_a_label_that_no_data_lies_by_may_be_on_several_nodes(stack: ShapedStack | None) -> None:
    there = Node("1", "a", "manager", True, {"data": "true"})
    asked = [Label("b", "data", "true")]
    assert labelling.resolved([stack] if stack else [], [there, B], asked) == (
        Label("b", "data", "true", "2"),
    )
    assert labelling.resolved([shop()], [there, B], [Label("a", "data", "true")])  # it has it
    assert labelling.resolved([shop()], [there, B], [Label("b", "other", "true")])
