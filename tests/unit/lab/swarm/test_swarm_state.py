from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.processes import Process
from provision.lab.swarm import state
from provision.lab.swarm.state import Cluster, Node


def cluster(folder: Path) -> Cluster:
    nodes = (
        Node("manager-1", "manager", "172.31.64.11", Process(7, 9)),
        Node("worker-1", "worker", "172.31.64.12"),
    )
    return Cluster("ab12", folder, Path("/tmp/s"), "172.31.64", nodes)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert state.read(tmp_path) is None
    state.write(cluster(tmp_path))
    assert state.read(tmp_path) == cluster(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9}', '{"format": 1, "nodes": [{}]}', '{"format": 1}'])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / state.FILE).write_text(text)
    with pytest.raises(ProvisionError, match="isn't what this version of the lab writes"):
        state.read(tmp_path)


def test_a_node_is_known_by_name(tmp_path: Path) -> None:
    assert cluster(tmp_path).host("worker-1") == "unix:///tmp/s/worker-1.sock"
    with pytest.raises(ProvisionError, match="there is no node worker-9; there are manager-1, worker-1"):
        cluster(tmp_path).node("worker-9")


def test_of_two_that_claim_a_folder_one_has_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        ours = [replace(cluster(tmp_path), id=f"ab{number}") for number in range(8)]
        claimed = list(pool.map(state.claim, ours))
    assert claimed.count(True) == 1
    assert state.read(tmp_path) == ours[claimed.index(True)]
    assert [path.name for path in tmp_path.iterdir()] == [state.FILE]
