from __future__ import annotations

import pytest

from provision.ship.swarm.live import Node
from provision.ship.swarm.placing import Label, fitting, label_of

A = Node(
    "1", "a", "manager", True, {"data": "true"},
    facts={"node.platform.os": "linux", "node.platform.arch": "x86_64", "node.ip": "10.0.1.4", "engine.labels.disk": "ssd"},
)  # fmt: skip
B = Node(
    "2", "b", "worker", True, {},
    facts={"node.platform.os": "linux", "node.platform.arch": "aarch64", "node.ip": "2001:db8::2"},
)  # fmt: skip


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
        ("engine.labels.disk == ssd", ["a"]),
        ("engine.labels.disk != ssd", ["b"]),
        ("engine.labels.Disk == ssd", []),  # names of labels tell capitals apart
        ("node.platform.os == linux", ["a", "b"]),
        ("node.platform.os == windows", []),
        ("node.platform.arch == x86_64", ["a"]),
        ("node.platform.arch == amd64", []),  # the engine's own word is compared
        ("node.platform.arch != x86_64", ["b"]),
        ("Node.Role == MANAGER", ["a"]),
        ("Node.Labels.data == TRUE", ["a"]),
        ("node.ip == 10.0.1.4", ["a"]),
        ("node.ip == 10.0.0.9/16", ["a"]),
        ("node.ip != 10.0.0.0/16", ["b"]),
        ("node.ip == 2001:db8:0::2", ["b"]),
        ("node.ip != here", []),
        ("node.colour != red", []),  # the Swarm knows no such thing
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


def test_a_node_that_does_not_say_what_it_is() -> None:
    silent = Node("4", "d", "worker", True, {})
    assert fitting(["node.platform.os == linux"], [silent]) == []
    assert fitting(["node.ip == 10.0.1.4"], [silent]) == []
    assert fitting(["node.ip != 10.0.1.4", "node.platform.arch != x86_64"], [silent]) == [silent]


def test_the_label_that_is_asked_for() -> None:
    assert label_of("node.labels.app-data == true") == ("app-data", "true")
    assert label_of("node.labels.x==1") == ("x", "1")
    assert label_of("node.labels.x != 1") is None
    assert label_of("node.role == manager") is None
