"""Deploys that fail, against a stand-in for the client docker: what goes back, and what is told."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from provision.ship.swarm import undo, waiting
from support.commands import Shell
from support.docker_standin import Swarm


def test_what_fails_goes_back_to_what_ran_before(provision: Shell, root: Path, swarm: Swarm) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["broken"] = ["web:2"]
    ran = provision("stack", "deploy", "--env", "next")
    assert ran.code == 1, ran
    assert ran.out.splitlines()[0] == "stack shop: failed, and is as it was before"
    assert "its update ended as rollback_completed: rollback completed" in ran.out
    assert "watch" not in ran.out  # those after it aren't touched
    assert swarm.state["services"]["shop_web"]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "web:1"
    assert "service rollback shop_db" in swarm.calls
    # What it went back to is what its sources ask, whatever became of the update.
    assert provision("stack", "status", "shop").code == 0
    assert provision("stack", "status", "shop", "--env", "next").code == 1


@pytest.mark.parametrize("patience", [2, 12])
def test_what_the_swarm_itself_takes_back_is_left_to_it(
    provision: Shell, root: Path, swarm: Swarm, patience: int
) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["broken"], state["failing"], state["patience"] = ["web:2"], ["db:2"], patience
    ran = provision("stack", "deploy", "shop", "--env", "next")
    assert ran.code == 1, ran
    assert ran.out.splitlines()[0] == "stack shop: failed, and is as it was before"
    images = [
        each["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] for each in swarm.state["services"].values()
    ]
    assert set(images) == {"web:1", "db:1"}
    assert "service rollback shop_db" not in swarm.calls
    assert "shop_db: runs as before" in ran.err


def test_a_service_that_cannot_go_back_is_named(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "_OWN_SECONDS", 0.0)  # so that two rollbacks meet
    monkeypatch.setattr(waiting, "SETTLED_SECONDS", 2.0)
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["broken"], state["failing"], state["patience"] = ["web:2"], ["db:2"], 4
    ran = provision("stack", "deploy", "shop", "--env", "next", "--timeout", "20s")
    assert ran.code == 4, ran
    assert "shop_db has the new definition, and the Swarm hasn't gone back to the one before" in ran.out
    assert swarm.state["services"]["shop_web"]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "web:1"


def test_a_service_that_the_swarm_does_not_take_back_in_time_is_named(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["broken"], state["failing"], state["patience"] = ["web:2"], ["db:2"], 1000
    ran = provision("stack", "deploy", "shop", "--env", "next", "--timeout", "1s")
    assert ran.code == 4, ran
    assert "shop_db has the new definition" in ran.out


def test_a_first_deploy_that_fails_leaves_nothing(provision: Shell, root: Path, swarm: Swarm) -> None:
    with swarm.changed() as state:
        state["broken"] = ["web:1"]
    ran = provision("stack", "deploy", "shop", "--timeout", "1s")
    assert ran.code == 1
    assert "  ✗  web  0/2  0 of 2 tasks run after 1 s · No such image: web:1" in ran.out
    state = swarm.state
    assert (state["services"], state["config"], state["secret"]) == ({}, {}, {})
    assert state["network"] == {"ingress": ""}
    assert "shop_web: removed again" in ran.err
    # A label stays, and a line has said so: it is where data may lie by now.
    assert "node manager-1 is labelled data=true" in ran.err
    assert state["nodes"][0]["labels"] == {"data": "true"}


def test_a_network_that_was_there_before_outlives_a_deploy_that_fails(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    assert provision("stack", "deploy", "shop").code == 0
    with swarm.changed() as state:
        state["broken"], state["network"]["shop_edge"] = ["web:2"], "shop"
    assert provision("stack", "deploy", "shop", "--env", "next", "--timeout", "1s").code == 1
    assert swarm.state["network"] == {"ingress": "", "shop_edge": "shop"}


def test_a_network_that_a_task_is_still_in_is_waited_for(provision: Shell, root: Path, swarm: Swarm) -> None:
    with swarm.changed() as state:
        state["broken"], state["held"] = ["web:1"], 2
    assert provision("stack", "deploy", "shop", "--timeout", "3s").code == 1
    assert swarm.state["network"] == {"ingress": ""}
    with swarm.changed() as state:
        state["held"] = 99
    ran = provision("stack", "deploy", "shop", "--timeout", "1s")
    assert ran.code == 4
    assert "network shop_edge is still in use" in ran.out


def test_a_swarm_without_a_leader_for_a_moment_is_asked_again(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    with swarm.changed() as state:
        state["away"] = 2
    ran = provision("stack", "deploy", "shop")
    assert ran.code == 0, ran
    assert swarm.state["away"] == 0


@pytest.mark.parametrize("rollback", [True, False])
def test_an_engine_that_is_gone_while_it_is_waited_for(
    provision: Shell, root: Path, swarm: Swarm, rollback: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SILENT_SECONDS", 0.0)
    with swarm.changed() as state:
        state["away"] = 1000
    ran = provision("stack", "deploy", "shop", *([] if rollback else ["--no-rollback"]))
    said = "docker node ls: rpc error: The swarm does not have a leader."
    more = f"; it couldn't go back to what ran before, or not all of it: {said}" if rollback else ""
    assert ran.err.splitlines()[-1] == f"Error: stack shop: {said}{more}"
    assert ran.code == 4
    assert set(swarm.state["services"]) == {"shop_db", "shop_web"}


def test_what_was_done_is_told_also_when_the_next_stack_cannot_be_deployed(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["refuse"] = {
            "stack deploy --resolve-image always --with-registry-auth --compose-file stacks/watch": "no"
        }
    ran = provision("stack", "deploy", "--format", "json")
    assert ran.code == 4
    assert [each["name"] for each in json.loads(ran.out)["stacks"]] == ["shop"]


def test_no_rollback_leaves_it_to_be_looked_at(provision: Shell, root: Path, swarm: Swarm) -> None:
    with swarm.changed() as state:
        state["slow"] = ["web:1"]
    ran = provision("stack", "deploy", "shop", "--timeout", "500ms", "--no-rollback", "--format", "json")
    assert ran.code == 4
    found = json.loads(ran.out)
    assert found["format"] == "provision.stack-deploy/1"
    assert found["stacks"][0]["outcome"] == "failed"
    assert found["stacks"][0]["services"][1] == {
        "name": "web", "running": 0, "wanted": 2, "settled": False,
        "failed": "0 of 2 tasks run after 0.5 s", "error": None,
    }  # fmt: skip
    assert "shop_web" in swarm.state["services"]


def test_what_cannot_be_cleared_up_is_told(provision: Shell, root: Path, swarm: Swarm) -> None:
    assert provision("stack", "deploy").code == 0
    source = root / "provisioning" / "stacks.py"
    source.write_text(source.read_text().replace('"agent", "agent:1"', '"helper", "agent:1"'))
    with swarm.changed() as state:
        state["refuse"] = {"service rm": "Error response from daemon: no leader"}
    ran = provision("stack", "deploy", "watch", "--quiet")
    assert ran.code == 4, ran
    assert "  ✗ docker: docker service rm: no leader" in ran.out.splitlines()
    assert "no source has it any more" not in ran.err
    with swarm.changed() as state:
        state["refuse"] = {"config ls": "Error response from daemon: no leader"}
    ran = provision("stack", "deploy", "watch")
    assert ran.code == 4
    assert "  ✗ it can't be told what is no longer used: docker config ls: no leader" in ran.out.splitlines()
    assert "watch_agent: removed, no source has it any more" in ran.err.splitlines()


def test_what_an_interrupted_deploy_leaves_is_told(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "wait", interrupted)
    monkeypatch.setattr(waiting, "SILENT_SECONDS", 0.0)
    with swarm.changed() as state:
        state["refuse"] = {"service rm shop_db": "Error response from daemon: no leader"}
    ran = provision("stack", "deploy", "shop")
    assert ran.code == 130
    said = ran.err.splitlines()
    assert said[-2:] == ["shop: docker: docker service rm: no leader", "Interrupted."]
    assert "shop_db: removed again" not in said
    assert "shop_web: removed again" in said
    # What can't be taken back is told even to who wants to hear nothing.
    with swarm.changed() as state:
        state["refuse"] = {"service rm shop_web": "Error response from daemon: no leader"}
    said = provision("stack", "deploy", "shop", "--quiet").err.splitlines()
    assert said == ["", "shop: docker: docker service rm: no leader", "Interrupted."]


def test_ctrl_c_does_not_cut_the_way_back_short(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    undone = undo.undo

    def impatient(*given: Any) -> tuple[str, ...]:
        os.kill(os.getpid(), signal.SIGINT)
        return undone(*given)

    monkeypatch.setattr(undo, "undo", impatient)
    with swarm.changed() as state:
        state["broken"] = ["web:1"]
    ran = provision("stack", "deploy", "shop", "--timeout", "1s")
    assert ran.code == 1
    assert "shop: it goes back to what ran before; then this ends" in ran.err.splitlines()
    assert swarm.state["services"] == {}
