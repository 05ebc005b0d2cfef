"""A Swarm that a drill has, against a client `docker` that answers as written in a test."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from provision.compile.load import load
from provision.lab import processes
from provision.lab.drill import healing
from provision.lab.drill.swarm import breaks, clauses, hung
from provision.lab.drill.swarm.stage import SwarmStage
from provision.lab.processes import Process
from provision.lab.swarm import cluster as clusters
from provision.lab.swarm import state
from provision.lab.swarm.state import Cluster, Node
from provision.model import Definition
from provision.project import open_project
from provision.tools import docker
from provision.tools.docker import Engine
from support.servers import REPOSITORY
from support.swarm_asked import Asked


@pytest.fixture(scope="session")
def definitions() -> tuple[Definition, ...]:
    found = load(open_project(REPOSITORY, "swarm"), use_cache=False)
    assert not found.problems
    return found.definitions


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(docker, "find", lambda: Engine(Path("docker")))
    monkeypatch.setattr(docker, "call", asked.call)
    for module in (breaks, clauses, healing, hung):
        for name in (
            "_PAUSE_SECONDS",
            "_SPREAD_SECONDS",
            "MOVED_SECONDS",
            "SPREAD_SECONDS",
            "NOTICED_SECONDS",
            "_PATIENCE_SECONDS",
        ):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, 0.01 if "PAUSE" in name else 0.2)
    return asked


@pytest.fixture
def done() -> list[tuple[str, bool]]:
    """Which nodes were halted (False) and started (True)."""
    return []


@pytest.fixture
def stage(
    tmp_path: Path,
    definitions: tuple[Definition, ...],
    asked: Asked,
    done: list[tuple[str, bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> SwarmStage:
    here = processes.identify(os.getpid())
    members = tuple(
        Node(name, name.partition("-")[0], f"172.31.64.{number}", here)
        for number, name in enumerate(("manager-1", "manager-2", "worker-1", "worker-2"), 11)
    )
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    state.write(Cluster("abcd", tmp_path, sockets, "172.31.64", members))

    def changed(name: str, process: Process | None) -> None:
        cluster = state.read(tmp_path)
        assert cluster is not None
        state.write(
            replace(
                cluster,
                nodes=tuple(
                    replace(each, process=process) if each.name == name else each for each in cluster.nodes
                ),
            )
        )
        done.append((name, process is not None))

    monkeypatch.setattr(clusters, "halt", lambda _, name: changed(name, None))
    monkeypatch.setattr(clusters, "start", lambda _, name: changed(name, here))
    return SwarmStage(tmp_path, definitions, "myhbsapp.com", "http://172.31.64.1:9/alerts")
