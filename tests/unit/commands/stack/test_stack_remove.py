"""`provision stack remove` against a stand-in for the client docker."""

from __future__ import annotations

from pathlib import Path

from support.commands import Shell
from support.docker_standin import Swarm


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
