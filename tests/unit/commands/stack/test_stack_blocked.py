"""What keeps `provision stack deploy` from its end is told before anything is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import Shell
from support.docker_standin import Swarm, standin


@pytest.mark.parametrize(
    ("state", "availability", "why", "remedy"),
    [
        (
            "down",
            "active",
            "down",
            "start it, or if it is gone for good take it out of the Swarm: docker node rm b",
        ),
        ("ready", "drain", "drained", "let it take tasks: docker node update --availability active b"),
    ],
)
def test_a_service_that_is_new_wants_a_node_that_takes_tasks(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, availability: str, why: str,
    remedy: str,
) -> None:  # fmt: skip
    swarm = standin(tmp_path / "two", monkeypatch, {"a": "manager", "b": "worker"})
    with swarm.changed() as now:
        now["nodes"][1] |= {"labels": {"data": "true"}, "state": state, "availability": availability}
    ran = provision("stack", "deploy", "shop")
    assert (ran.code, ran.sentence) == (
        1,
        f"stack shop, service db: no node takes its tasks: b is {why}; {remedy}",
    )
    assert swarm.calls == []
    # One of which no task is to run waits for nothing, nor does one that runs on each node.
    assert provision("stack", "deploy", "shop", "--scale", "db=0").code == 0
    source = root / "provisioning" / "stacks.py"
    source.write_text(
        source.read_text().replace(
            'mode="global"', 'mode="global", placement=Placement(["node.hostname == b"])'
        )
    )
    assert "no node takes" not in provision("stack", "deploy", "watch", "--timeout", "500ms").err


def test_a_node_that_is_only_out_of_touch_is_waited_for(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "two", monkeypatch, {"a": "manager", "b": "worker"})
    with swarm.changed() as now:
        now["nodes"][1] |= {"labels": {"data": "true"}, "state": "unknown"}
    ran = provision("stack", "deploy", "shop", "--timeout", "1s")
    assert "shop_db: no node takes its next tasks: b is unknown" in ran.err.splitlines()
    assert "stack deploy shop" in swarm.calls


def test_a_manager_that_is_gone_is_demoted_first(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "two", monkeypatch, {"a": "manager", "b": "manager"})
    with swarm.changed() as now:
        now["nodes"][1] |= {"labels": {"data": "true"}, "state": "down"}
    ran = provision("stack", "deploy", "shop")
    assert ran.sentence.endswith("take it out of the Swarm: docker node demote b and docker node rm b")


def test_a_service_that_is_there_may_wait_for_its_node(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "two", monkeypatch, {"a": "manager", "b": "worker"})
    assert provision("stack", "deploy", "shop", "--label", "b:data=true").code == 0
    with swarm.changed() as state:
        state["nodes"][1]["state"] = "down"
    ran = provision("stack", "deploy", "shop")
    assert ran.code == 0
    assert "shop_db: no node takes its next tasks: b is down" in ran.err.splitlines()


def test_a_network_that_is_not_as_the_sources_ask_is_no_longer_passed_over(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    assert provision("stack", "deploy").code == 0
    source = root / "provisioning" / "stacks.py"
    plain = source.read_text()
    source.write_text(plain.replace('of="shop")', 'of="shop", encrypted=True, attachable=True)'))
    before = swarm.calls
    ran = provision("stack", "deploy", "shop")
    assert (ran.code, ran.sentence) == (
        1,
        "stack shop: its network shop_edge isn't attachable and isn't encrypted, and a deploy doesn't change a network that "
        "is there; remove watch and shop first, or leave it as it is with --force",
    )
    assert swarm.calls == before
    ran = provision("stack", "deploy", "shop", "--force")
    assert ran.code == 0
    assert (
        "shop: its network shop_edge isn't attachable and isn't encrypted, and a deploy doesn't change"
        in ran.err
    )
    ran = provision("stack", "status", "shop")
    assert ran.code == 1
    said = "its network shop_edge isn't attachable and isn't encrypted, and no deploy changes that: remove the stack first"
    assert [line.strip() for line in ran.out.splitlines() if "network" in line] == [said]
    # It is that of another stack to this one, which asks for nothing of it.
    assert "network" not in provision("stack", "status", "watch").out
    assert provision("stack", "remove", "shop", "watch").code == 0
    assert provision("stack", "deploy").code == 0
    assert provision("stack", "status").code == 0
    source.write_text(plain)
    ran = provision("stack", "deploy", "shop")
    assert "its network shop_edge is attachable and is encrypted, and a deploy" in ran.sentence
