"""Which network a Swarm gets, when several are started at once."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.swarm import cluster, node, wires
from provision.lab.swarm.state import Cluster


def test_one_chooses_at_a_time() -> None:
    inside: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def choose(number: int) -> None:
        with wires.choosing():
            with lock:
                inside.append(number)
                most.append(len(inside))
            with lock:
                inside.remove(number)

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(choose, range(6)))
    assert most == [1] * 6


def test_who_waits_for_ever_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "_CHOOSING_SECONDS", 0.0)
    with (
        wires.choosing(),
        pytest.raises(ProvisionError, match="no network can be chosen: Address already in use; wait until"),
        wires.choosing(),
    ):
        pass


def test_swarms_that_start_at_once_have_networks_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    def laid(made: Cluster) -> None:
        taken.append(made.subnet)

    def ip(*_: str) -> str:
        return json.dumps([{"dst": "default"}, *({"dst": f"{subnet}.0/24"} for subnet in taken)])

    monkeypatch.setattr(wires, "_ip", ip)
    monkeypatch.setattr(wires, "lay", laid)
    for name in ("connect", "take_up"):
        monkeypatch.setattr(wires, name, lambda *_: None)
    monkeypatch.setattr(node, "require", lambda: None)
    monkeypatch.setattr(cluster, "_started", lambda made, _: made)
    monkeypatch.setattr(cluster, "_join", lambda _: None)
    with ThreadPoolExecutor(max_workers=5) as pool:
        made = list(pool.map(lambda number: cluster.up(tmp_path / str(number), 1, 0), range(5)))
    for each in made:
        each.sockets.rmdir()
    assert len({each.subnet for each in made}) == 5


def test_of_two_in_one_folder_one_is_refused_and_leaves_the_other_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "_ip", lambda *_: "[]")
    monkeypatch.setattr(wires, "connect", lambda *_: None)
    monkeypatch.setattr(node, "require", lambda: None)
    monkeypatch.setattr(cluster, "_started", lambda made, _: made)
    monkeypatch.setattr(cluster, "_join", lambda _: None)
    monkeypatch.setattr(cluster.state, "read", lambda _: None)  # both have looked before either has written
    first = cluster.up(tmp_path / "one", 1, 0)
    with pytest.raises(ProvisionError, match="a Swarm runs there; end it with"):
        cluster.up(tmp_path / "one", 1, 0)
    assert first.id in (tmp_path / "one" / "swarm.json").read_text()
    assert first.sockets.is_dir()
    first.sockets.rmdir()
