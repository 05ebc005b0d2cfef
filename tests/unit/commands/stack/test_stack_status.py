"""`provision stack status` against a stand-in for the client docker."""

from __future__ import annotations

import json
from pathlib import Path

from support.commands import Shell
from support.docker_standin import Swarm


def test_status_says_in_what_the_swarm_is_not_as_the_sources_ask(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    ran = provision("stack", "status", "shop")
    assert (ran.code, ran.out) == (
        1,
        "stack shop: not as the sources ask\n  ✗  db   –\n      isn't deployed\n  ✗  web  –\n      isn't deployed\n",
    )
    provision("stack", "deploy")
    with swarm.changed() as state:
        state["services"]["shop_web"]["Spec"]["Mode"] = {"Replicated": {"Replicas": 5}}
    ran = provision("stack", "status", "--env", "next")
    assert ran.code == 1
    assert "runs web:1 instead of web:2" in ran.out
    assert "5 replicas instead of 2 replicas" in ran.out
    assert "was deployed for the environment 'default', and is compared with 'next'" in ran.out
    assert "mounts other configs: watch_probe-etc-probe.yml-" in ran.out
    assert "      configs: watch_probe-etc-probe.yml-" in ran.out
    found = json.loads(provision("stack", "status", "--format", "json").out)
    assert found["format"] == "provision.stack-status/1"
    shop, _ = found["stacks"]
    (db, web) = shop["services"]
    assert (db["differs"], db["running"], db["nodes"]) == ([], 1, ["manager-1"])
    assert web["differs"] == ["5 replicas instead of 2 replicas"]
    with swarm.changed() as state:
        state["services"]["shop_web"]["Spec"]["Labels"]["provision.source"] = "v1:other"
        state["services"]["shop_old"] = json.loads(json.dumps(state["services"]["shop_db"]))
        state["services"]["shop_old"]["Spec"]["Name"] = "shop_old"
        state["services"]["shop_old"]["ID"] = "s99"
    said = provision("stack", "status", "shop").out
    assert "was deployed from other sources" in said
    assert "no source has it" in said
    assert provision("stack", "status", "-q", "shop").out == ""


def test_status_names_the_nodes_that_miss(provision: Shell, root: Path, swarm: Swarm) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["nodes"][0]["state"] = "down"
        state["failing"] = ["db:1"]
    ran = provision("stack", "status", "shop")
    assert ran.code == 1
    assert "      manager-1 is down, and it may run there" in ran.out.splitlines(), ran.out


def test_status_says_what_a_node_that_is_paused_keeps(provision: Shell, root: Path, swarm: Swarm) -> None:
    assert provision("stack", "deploy").code == 0
    with swarm.changed() as state:
        state["nodes"][0]["availability"] = "pause"
    assert "is paused and runs" not in provision("stack", "status", "watch").out
    with swarm.changed() as state:
        state["elsewhere"] = {"n1": "agent:0"}
    ran = provision("stack", "status", "watch")
    assert ran.code == 1
    assert "      manager-1 is paused and runs what was before" in ran.out.splitlines()
    with swarm.changed() as state:
        state["nodes"][0]["availability"] = "active"  # it is about to be replaced
    assert "is paused and runs" not in provision("stack", "status", "watch").out


def test_many_configs_are_named_in_lines_of_their_own(provision: Shell, root: Path, swarm: Swarm) -> None:
    source = root / "provisioning" / "stacks.py"
    files = ", ".join(f'"/etc/a-probe-{number}.yml": Config(text="{number}")' for number in range(6))
    source.write_text(
        source.read_text().replace(
            'configs={"/etc/probe.yml": Config(text=env.get("text", "a"))}', f"configs={{{files}}}"
        )
    )
    provision("stack", "deploy")
    lines = provision("stack", "status", "watch").out.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("      configs: "))
    assert max(map(len, lines)) <= 116
    named = " ".join(lines[first:]).split()[1:7]
    assert [name.rstrip(",").rpartition("-")[0] for name in named] == [
        f"watch_probe-etc-a-probe-{n}.yml" for n in range(6)
    ]


def test_status_says_that_another_image_runs_in_the_place_of_an_own_one(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    assert provision("stack", "deploy").code == 0
    for image, well in (
        ("probe:latest", True),
        ("probe:0123456789ab", True),  # as `--build` names it
        ("probe:old", False),
        ("elsewhere:5000/probe:latest", False),
        ("another:0123456789ab", False),
    ):
        with swarm.changed() as state:
            state["services"]["watch_probe"]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] = image
        ran = provision("stack", "status", "watch")
        assert (ran.code, f"runs {image} instead of probe:latest" in ran.out) == (0 if well else 1, not well)
