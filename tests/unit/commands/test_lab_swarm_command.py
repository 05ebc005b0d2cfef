from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.processes import Process, identify
from provision.lab.swarm import cluster, node, platform, state
from provision.lab.swarm.state import Cluster, Node
from provision.tools import servers
from support.commands import Shell


def made(folder: Path) -> Cluster:
    ours = identify(os.getpid())
    nodes = (
        Node("manager-1", "manager", "172.31.64.11", ours),
        Node("worker-1", "worker", "172.31.64.12", Process(1, 1)),
    )
    found = Cluster("ab12", folder, folder / "sockets", "172.31.64", nodes)
    folder.mkdir(parents=True, exist_ok=True)
    state.write(found)
    return found


def test_where_there_is_none(provision: Shell, shop: Path) -> None:
    place = shop / ".provision" / "swarm"
    ran = provision("lab", "swarm", "status")
    assert (ran.code, ran.out) == (1, f"No Swarm runs in {place}.\n")
    for command in ("halt", "start"):
        ran = provision("lab", "swarm", command, "worker-1")
        assert ran.sentence == f"{place}: no Swarm runs there; start one with: provision lab swarm up"
    ran = provision("lab", "swarm", "down")
    assert (ran.code, ran.err) == (0, f"no Swarm runs in {place}\n")


def test_status_says_which_nodes_run(provision: Shell, shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swarm"
    made(folder)
    ran = provision("lab", "swarm", "status", "--state", folder)
    assert ran.code == 1  # one of them doesn't
    assert ran.out.splitlines() == [
        "manager-1    172.31.64.11    running",
        "worker-1     172.31.64.12    halted",
        f"export DOCKER_HOST=unix://{folder}/sockets/manager-1.sock",
    ]
    found = json.loads(provision("lab", "swarm", "status", "--state", folder, "--format", "json").out)
    assert [each["running"] for each in found["nodes"]] == [True, False]
    assert provision("lab", "swarm", "halt", "nobody", "--state", folder).sentence == (
        f"{folder}: there is no node nobody; there are manager-1, worker-1"
    )


def test_a_second_up_is_refused(
    provision: Shell, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "require", lambda: None)
    monkeypatch.setattr(platform, "require", lambda: None)
    made(tmp_path / "swarm")
    assert provision("lab", "swarm", "up", "--state", tmp_path / "swarm").sentence == (
        f"{tmp_path}/swarm: a Swarm runs there; end it with: provision lab swarm down --state {tmp_path}/swarm"
    )


def test_what_is_missing_is_told(
    provision: Shell, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert provision("lab", "swarm", "up").sentence == (
        "lab swarm: an engine of its own needs root; run it as root"
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(node, "PROGRAMS", {"no-such-dockerd": "docker.io", "sh": "dash"})
    assert provision("lab", "swarm", "up").sentence == (
        "lab swarm: no-such-dockerd can't be found; on Debian: apt-get install docker.io"
    )


def test_what_images_are_made_of_is_looked_for_before_an_engine_starts(
    provision: Shell, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "require", lambda: None)
    monkeypatch.setattr(cluster, "up", lambda *_: pytest.fail("an engine was started"))
    monkeypatch.setattr(platform, "_PACKAGES", {"sh": "dash", "no-such-proxy": "haproxy"})
    assert provision("lab", "swarm", "up").sentence == (
        "lab swarm: the images need programs of haproxy; on Debian: apt-get install haproxy"
    )
    monkeypatch.setattr(platform, "_PACKAGES", {"sh": "dash"})
    monkeypatch.setattr(platform, "_MODULES", ("click", "no-such-moto"))
    said = provision("lab", "swarm", "up").sentence
    assert said.startswith("lab swarm: the images need Python's no-such-moto; install it with: ")
    assert said.endswith("-m pip install 'provision[swarm]'")


def test_a_swarm_whose_images_cannot_be_made_is_taken_away_again(
    provision: Shell, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[Path] = []
    monkeypatch.setattr(cluster, "up", lambda folder, *_: made(folder))
    monkeypatch.setattr(cluster, "down", gone.append)
    monkeypatch.setattr(servers, "find_or_fetch", lambda *_: {})
    monkeypatch.setattr(node, "require", lambda: None)
    monkeypatch.setattr(platform, "require", lambda: None)

    def fail(*_: object) -> None:
        raise ProvisionError("no room")

    monkeypatch.setattr(platform, "make", fail)
    assert provision("lab", "swarm", "up", "--state", tmp_path / "swarm").err.endswith("Error: no room\n")
    assert gone == [tmp_path / "swarm"]
    ran = provision("lab", "swarm", "up", "--state", tmp_path / "swarm", "--no-images")
    assert ran.code == 0
