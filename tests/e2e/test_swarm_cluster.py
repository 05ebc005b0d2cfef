"""Swarms of several nested engines: managers that are halted, a worker that is, and what is left when one is taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.swarm import cluster, images, node, state, wires
from provision.lab.swarm.state import Cluster
from provision.tools import docker
from support.engines import require_engines

# In the group of the lab, so that its engines are gone while drills are measured.
pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab")]


@contextmanager
def swarm(folder: Path, managers: int, workers: int) -> Iterator[Cluster]:
    require_engines()
    made = cluster.up(folder, managers, workers)
    try:
        yield made
    finally:
        assert cluster.down(folder)
    assert not folder.exists()
    assert not made.sockets.exists()
    assert not list(Path("/sys/class/net").glob(f"{wires.bridge(made)}*"))
    assert not list(Path("/sys/fs/cgroup").glob(f"**/provision-lab-{made.id}"))


def states(made: Cluster) -> dict[str, str]:
    """Node → what the Swarm says of it; empty when it can't be asked."""
    try:
        said = docker.call(
            cluster.engine(made), "node", "ls", "--format", "{{.Hostname}} {{.Status}}", time_limit_seconds=5
        )
    except ProvisionError:
        return {}
    return dict(line.split() for line in said.splitlines())


def until(condition: Callable[[], bool], what: str, seconds: float = 90.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.3)


def test_three_managers_survive_the_loss_of_one_and_not_of_two(tmp_path: Path) -> None:
    names = ("manager-1", "manager-2", "manager-3")
    with swarm(tmp_path / "three", 3, 0) as made:
        until(lambda: states(made) == dict.fromkeys(names, "Ready"), "all are there")
        two = cluster.halt(made, "manager-3")
        until(lambda: states(made).get("manager-3") == "Down", "two of three still know of each other")
        one = cluster.halt(two, "manager-2")
        until(lambda: states(made) == {}, "one of three knows nothing for certain")
        cluster.start(cluster.start(one, "manager-2"), "manager-3")
        until(lambda: states(made) == dict.fromkeys(names, "Ready"), "all are back")


def test_the_tasks_of_a_worker_that_is_halted_run_elsewhere(tmp_path: Path) -> None:
    with swarm(tmp_path / "two", 1, 1) as made:
        leader = cluster.engine(made)
        images.make(leader, "small:1", images.Recipe(command=("sleep", "100000")))
        archive = tmp_path / "small.tar"
        docker.call(leader, "save", "--output", str(archive), "small:1")
        cluster.load(made, archive, ["worker-1"])
        docker.call(
            leader, "service", "create", "--detach", "--no-resolve-image", "--replicas", "2", "--endpoint-mode", "dnsrr",
            "--name", "small", "small:1",
        )  # fmt: skip

        def where() -> list[str]:
            form = "{{.Node}} {{.CurrentState}}"
            said = docker.call(
                leader, "service", "ps", "--filter", "desired-state=running", "--format", form, "small"
            )
            return sorted(line.split()[0] for line in said.splitlines() if " Running" in line)

        until(lambda: where() == ["manager-1", "worker-1"], "one task on each")
        halted = cluster.halt(made, "worker-1")
        assert [node.runs(each) for each in halted.nodes] == [True, False]
        until(lambda: where() == ["manager-1", "manager-1"], "both on the node that is left")
        back = cluster.start(halted, "worker-1")
        assert cluster.start(back, "worker-1") == back
        until(lambda: states(made).get("worker-1") == "Ready", "it is back")
        # Nothing moves back by itself.
        assert where() == ["manager-1", "manager-1"]


def test_swarms_that_start_at_once_are_in_each_others_way_nowhere(tmp_path: Path) -> None:
    require_engines()
    folders = [tmp_path / "one", tmp_path / "other"]
    try:
        with ThreadPoolExecutor(max_workers=2) as pool:
            one, other = pool.map(lambda folder: cluster.up(folder, 1, 0), folders)
        assert one.subnet != other.subnet
        for made in (one, other):
            until(lambda made=made: states(made) == {"manager-1": "Ready"}, "it is a Swarm")  # type: ignore[misc]
    finally:
        assert [cluster.down(folder) for folder in folders] == [True, True]


def test_a_swarm_whose_start_was_killed_is_taken_away_all_the_same(tmp_path: Path) -> None:
    with swarm(tmp_path / "one", 1, 0) as made:
        forgotten = Cluster(made.id, made.folder, made.sockets, made.subnet, tuple(
            state.Node(each.name, each.role, each.address) for each in made.nodes
        ))  # fmt: skip
        state.write(forgotten)  # as if it had been killed before it wrote down what runs
