from __future__ import annotations

import pytest

from provision.ship.swarm.live import Node
from provision.ship.swarm.placing import Label, fitting, label_of

A = Node("1", "a", "manager", True, {"data": "true"})
B = Node("2", "b", "worker", True, {})


@pytest.mark.parametrize(
    ("constraint", "names"),
    [
        ("node.role == manager", ["a"]),
        ("node.role!=manager", ["b"]),
        ("node.hostname == b", ["b"]),
        ("node.id == 1", ["a"]),
        ("node.labels.data == true", ["a"]),
        ("node.labels.data != true", ["b"]),
        ("node.labels.other == x", []),
        ("engine.labels.disk == ssd", ["a", "b"]),  # only the Swarm knows
    ],
)
def test_which_nodes_fit(constraint: str, names: list[str]) -> None:
    assert [node.name for node in fitting([constraint], [A, B])] == names


def test_all_must_hold_and_labels_to_come_count() -> None:
    both = ["node.role == worker", "node.labels.data == true"]
    assert fitting(both, [A, B]) == []
    assert fitting(both, [A, B], [Label("b", "data", "true")]) == [B]
    twin = Node("3", "b", "worker", False, {}, "down")
    assert fitting(both, [A, B, twin], [Label("b", "data", "true", "2")]) == [B]


def test_the_label_that_is_asked_for() -> None:
    assert label_of("node.labels.app-data == true") == ("app-data", "true")
    assert label_of("node.labels.x==1") == ("x", "1")
    assert label_of("node.labels.x != 1") is None
    assert label_of("node.role == manager") is None
