"""`provision stack remove` against a stand-in for the client docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.ship.swarm import networks
from support.commands import Shell
from support.docker_standin import Swarm, standin


def test_remove_waits_until_all_is_gone_and_keeps_data(provision: Shell, root: Path, swarm: Swarm) -> None:
    provision("stack", "deploy")
    with swarm.changed() as state:
        state["linger"] = 2
    ran = provision("stack", "remove", "shop", "watch")
    assert ran.code == 0
    assert ran.err.splitlines() == ["stack watch is removed", "stack shop is removed"]
    state = swarm.state
    assert (state["services"], state["config"], state["secret"]) == ({}, {}, {})
    assert state["volume"] == {"shop_data": "shop"}
    assert provision("stack", "remove", "shop").err == "there is no stack shop\n"
    with swarm.changed() as state:
        state["held"] = 2  # a container that had the volume is still going
    assert (
        provision("stack", "remove", "shop", "--volumes").err.splitlines()[0] == "volume shop_data is removed"
    )
    assert swarm.state["volume"] == {}
    assert provision("stack", "remove").code == 2
    assert provision("stack", "deploy", "shop").code == 0
    with swarm.changed() as state:
        state["refuse"] = {"volume rm": "Error response from daemon: no such plugin"}
    for code in (4, 1):  # the second time nothing else is there any more
        ran = provision("stack", "remove", "shop", "--volumes")
        assert (ran.code, ran.sentence) == (code, "docker: docker volume rm: no such plugin")


def test_remove_takes_a_stack_that_no_source_has_any_more_if_it_was_this_projects(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    assert provision("stack", "deploy").code == 0
    file = root / "provisioning" / "stacks.py"
    file.write_text(file.read_text().split("watch = Stack")[0])
    assert "there is no stack 'other'" in provision("stack", "remove", "other").sentence
    with swarm.changed() as state:
        state["services"]["watch_agent"]["Spec"]["Labels"]["provision.project"] = "another"
    refused = provision("stack", "remove", "watch", "shop")
    assert (refused.code, "there is no stack 'watch'" in refused.sentence) == (2, True)
    assert "watch_agent" in swarm.state["services"]
    with swarm.changed() as state:
        state["services"]["watch_agent"]["Spec"]["Labels"]["provision.project"] = "shop"
    ran = provision("stack", "remove", "shop", "watch")
    assert (ran.code, ran.err.splitlines()) == (0, ["stack watch is removed", "stack shop is removed"])
    assert swarm.state["services"] == {}
    # Also when it was the last one.
    assert provision("stack", "deploy").code == 0
    file.write_text("")
    assert provision("stack", "remove", "shop").err == "stack shop is removed\n"


def test_remove_says_what_is_left_when_the_time_is_over(provision: Shell, root: Path, swarm: Swarm) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["linger"] = 99
    ran = provision("stack", "remove", "shop", "--timeout", "1s")
    assert ran.code == 4
    assert ran.sentence == "stack shop: still there after 1 s: task t-old; remove first what uses it"


def test_a_stack_that_is_gone_makes_a_removal_that_fails_one_in_part(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    provision("stack", "deploy")
    with swarm.changed() as state:
        state["refuse"] = {"stack rm shop": "Error response from daemon: no leader"}
    for code, gone in ((4, ["stack watch is removed"]), (1, ["there is no stack watch"])):
        ran = provision("stack", "remove", "shop", "watch")
        assert (ran.code, ran.err.splitlines()) == (
            code,
            [*gone, "Error: docker: docker stack rm: no leader"],
        )


def test_a_stack_whose_network_another_one_uses_is_not_touched(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    assert provision("stack", "deploy").code == 0
    before = swarm.state
    ran = provision("stack", "remove", "shop")
    assert (ran.code, ran.sentence) == (
        1,
        "stack shop: its network shop_edge is used by watch_probe; remove watch in the same call, or first",
    )
    assert swarm.state == before
    with swarm.changed() as state:
        state["services"]["watch_probe"]["Spec"]["Labels"].pop("com.docker.stack.namespace")
        state["services"].pop("watch_agent")
    ran = provision("stack", "remove", "shop")
    assert ran.sentence == "stack shop: its network shop_edge is used by watch_probe; remove that first"
    assert set(swarm.state["services"]) == {"shop_web", "shop_db", "watch_probe"}


def test_of_stacks_that_no_source_has_any_more_those_go_first_that_use_the_others_networks(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    assert provision("stack", "deploy").code == 0
    (root / "provisioning" / "stacks.py").write_text("")
    ran = provision("stack", "remove", "shop", "watch")
    assert (ran.code, ran.err.splitlines()) == (0, ["stack watch is removed", "stack shop is removed"])


def test_a_removal_that_the_engine_carries_out_in_part_says_what_is_left(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert provision("stack", "deploy").code == 0
    monkeypatch.setattr(networks, "uses", lambda *_: ())  # somebody deploys it in this moment
    ran = provision("stack", "remove", "shop")
    assert ran.code == 4
    assert ran.sentence.startswith("stack shop: docker stack rm: Failed to remove network id-shop_edge: ")
    assert ran.sentence.endswith(
        "network id-shop_edge is in use by service s9; still there: network shop_edge; remove first what uses it"
    )


def test_a_node_that_is_down_keeps_no_removal_waiting(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "two", monkeypatch, {"manager-1": "manager", "worker-2": "worker"})
    assert provision("stack", "deploy", "shop", "--label", "manager-1:data=true").code == 0
    with swarm.changed() as state:
        state["nodes"][1]["state"] = "down"
        state["stays"] = {"t1": "n2"}
    service = next(name for name, each in swarm.state["services"].items() if each["ID"] == "s1")
    ran = provision("stack", "remove", "shop", "--timeout", "1s")
    assert (ran.code, ran.err.splitlines()) == (
        0,
        [f"worker-2 is down: its task of {service} goes when it is back", "stack shop is removed"],
    )
    # It is told again, without the name of what is gone.
    assert provision("stack", "remove", "shop").err.splitlines() == [
        "worker-2 is down: its task of the stack shop goes when it is back",
        "there is no stack shop",
    ]
    with swarm.changed() as state:
        state["nodes"][1]["state"] = "ready"
    assert provision("stack", "deploy", "shop").code == 0
    assert (
        "still there after 0.5 s: task t1"
        in provision("stack", "remove", "shop", "--timeout", "500ms").sentence
    )
