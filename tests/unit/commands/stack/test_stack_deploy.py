"""`provision stack deploy` and `build` against a stand-in for the client docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.commands import Shell
from support.docker_standin import Swarm, standin


def test_a_first_deploy_needs_no_second(provision: Shell, root: Path, swarm: Swarm) -> None:
    ran = provision("stack", "deploy")
    assert ran.code == 0, ran
    assert ran.out.splitlines() == [
        "stack shop: deployed",
        "  ✓  db   1/1",
        "  ✓  web  2/2",
        "stack watch: deployed",
        "  ✓  agent  1/1",
        "  ✓  probe  1/1",
    ]
    assert "node manager-1 is labelled data=true" in ran.err
    assert swarm.calls == [
        "node update --label-add data=true n1",
        "secret create shop_key",
        "stack deploy shop",
        "stack deploy watch",
    ]
    assert swarm.state["given"] == {"shop_key": "hunter2"}
    assert "hunter2" not in ran.out + ran.err
    assert provision("stack", "status").code == 0
    # What is there already is not written again.
    assert provision("stack", "deploy").code == 0
    assert swarm.calls[4:] == ["stack deploy shop", "stack deploy watch"]


def test_an_update_leaves_nothing_that_is_no_longer_used(provision: Shell, root: Path, swarm: Swarm) -> None:
    provision("stack", "deploy")
    (first,) = swarm.state["config"]
    ran = provision("stack", "deploy", "--env", "next")
    assert ran.code == 0
    assert "shop: it was deployed for the environment 'default', and gets what 'next' says" in ran.err
    assert len(swarm.state["config"]) == 2  # a rollback would need the earlier one
    source = root / "provisioning" / "stacks.py"
    source.write_text(
        source.read_text()
        .replace('env.get("text", "a")', '"c"')
        .replace('"agent", "agent:1"', '"helper", "agent:1"')
    )
    ran = provision("stack", "deploy", "watch")
    assert ran.code == 0
    assert "watch_agent: removed, no source has it any more" in ran.err
    assert first not in swarm.state["config"]
    assert "watch_agent" not in swarm.state["services"]
    assert [line.split()[1] for line in ran.out.splitlines()[1:]] == ["helper", "probe"]


def test_own_images_are_built_pushed_and_run_by_what_they_are(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    ran = provision("stack", "deploy", "--build", "--registry", "registry:5000")
    assert ran.code == 0, ran
    calls = swarm.calls
    built = next(index for index, call in enumerate(calls) if call.startswith("build --quiet --file"))
    assert calls.index("stack deploy shop") < built < calls.index("stack deploy watch")
    image = swarm.state["services"]["watch_probe"]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
    assert image.startswith("registry:5000/probe:")
    assert f"push {image}" in calls
    assert "push registry:5000/probe:latest" in calls
    assert provision("stack", "status", "watch", "--registry", "registry:5000").code == 0
    ran = provision("stack", "build", "watch")
    assert ran.code == 0
    assert ran.err.startswith("image probe:")
    assert swarm.calls[-1] == "tag probe:latest"
    assert "no image of the project's own" in provision("stack", "build", "shop").err
    assert provision("stack", "build", "--push").code == 2
    (root / "Dockerfile").unlink()
    assert provision("stack", "build").sentence == f"{root}/Dockerfile: there is no such Dockerfile"


def test_what_is_missing_is_told_before_anything_is_touched(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_KEY")
    ran = provision("stack", "deploy")
    assert (ran.code, ran.sentence) == (
        1,
        "stack shop: secrets are missing: shop_key needs the environment variable SHOP_KEY, which isn't set",
    )
    assert provision("stack", "deploy", "watch").sentence == (
        "stack watch: it uses the network shop_edge, which isn't there; deploy shop as well"
    )
    ran = provision("stack", "deploy", "--label", "worker-9:data=true")
    assert ran.sentence == "the Swarm has no node worker-9; it has manager-1"
    assert "isn't NODE:KEY=VALUE" in provision("stack", "deploy", "--label", "data").err
    assert "is not a duration" in provision("stack", "deploy", "--timeout", "soon").err
    assert provision("stack", "deploy", "shopp").sentence == "there is no stack 'shopp'; did you mean 'shop'?"
    assert swarm.calls == []


def test_where_data_is_to_lie_is_asked_when_it_is_not_plain(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "three", monkeypatch, {"a": "manager", "b": "worker", "c": "worker"})
    assert provision("stack", "deploy", "shop").sentence == (
        "stack shop, service db: no node fits node.labels.data == true; choose one of a, b, c: --label a:data=true"
    )
    assert provision("stack", "deploy", "shop", "--label", "b:data=true").code == 0
    assert swarm.calls[0] == "node update --label-add data=true n2"


def test_a_label_goes_to_the_node_that_is_up_of_two_of_one_name(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "twins", monkeypatch, {"a": "manager", "b": "worker"})
    with swarm.changed() as state:
        state["nodes"].append({**state["nodes"][1], "id": "n3", "state": "down"})  # as it was before it left
    assert provision("stack", "deploy", "shop", "--label", "b:data=true").code == 0
    assert [call for call in swarm.calls if call.startswith("node")] == [
        "node update --label-add data=true n2"
    ]


def test_a_service_of_each_node_of_a_platform_is_complete_without_the_others(
    provision: Shell, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = standin(tmp_path / "platforms", monkeypatch, {"a": "manager", "b": "worker", "c": "worker"})
    with swarm.changed() as state:
        for node, architecture, disk in zip(
            state["nodes"], ("x86_64", "aarch64", "x86_64"), ("ssd", "ssd", "tape"), strict=True
        ):
            engine = {"Labels": {"disk": disk}}
            node["description"] = {
                "Platform": {"OS": "linux", "Architecture": architecture},
                "Engine": engine,
            }
            node["address"] = f"10.0.0.{node['id'][1:]}"
    source = root / "provisioning" / "stacks.py"
    asked = ["node.platform.arch == x86_64", "node.ip == 10.0.0.0/24", "engine.labels.disk == ssd"]
    source.write_text(
        source.read_text().replace('mode="global"', f'mode="global", placement=Placement({asked})')
    )
    ran = provision("stack", "deploy", "--label", "a:data=true", "--timeout", "5s")
    assert (ran.code, "  ✓  agent  1/1" in ran.out.splitlines()) == (0, True), ran


def test_services_of_others_are_left_alone(provision: Shell, root: Path, swarm: Swarm) -> None:
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["services"]["shop_web"]["Spec"]["Labels"]["provision.project"] = "another"
    said = "stack shop: shop_web is a service that this project didn't deploy; "
    assert (
        provision("stack", "deploy", "shop").sentence
        == said + "rename the stack, or take it over with --force"
    )
    assert provision("stack", "remove", "shop").sentence == said + "remove it with: docker stack rm shop"
    assert provision("stack", "deploy", "shop", "--force").code == 0


def test_an_engine_that_cannot_be_asked(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for info, said in (
        ("inactive false []", "docker: this engine is in no Swarm; start one with: docker swarm init"),
        (
            "active false []",
            "docker: this engine is a worker, and only managers know of stacks; ask a manager: --context or DOCKER_HOST",
        ),
        (
            "locked false []",
            "docker: the Swarm of this engine is locked, as after a restart; give it its key with: docker swarm unlock",
        ),
        (
            "pending false []",
            "docker: this engine is still joining a Swarm; try again once it has joined",
        ),
        (
            "error false []",
            "docker: this engine can't take part in its Swarm: certificate expired; ask another manager: --context or DOCKER_HOST",
        ),
    ):
        with swarm.changed() as state:
            state["info"], state["why"] = info, "certificate expired"
        assert provision("stack", "status").sentence == said
    with swarm.changed() as state:
        state["info"] = '"" false [Cannot connect to the Docker daemon at unix:///x.]'
        state["refuse"] = {
            "node ls": "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"
        }
    assert provision("stack", "status", "--context", "far").sentence == (
        "docker context far: no engine answers; start it, or name another with --context or DOCKER_HOST"
    )
    with swarm.changed() as state:
        state["refuse"] = {"node ls": "permission denied while trying to connect to the Docker daemon socket"}
    ran = provision("stack", "status")
    assert (ran.code, ran.sentence) == (
        3, "docker: this user may not ask it; use another user, or add this one to the group docker",
    )  # fmt: skip
    with swarm.changed() as state:
        state["info"] = " false [Error response from daemon: client version 1.50 is too new]"
        state["refuse"] = {"node ls": "Error response from daemon: client version 1.50 is too new"}
    said = "docker: docker node ls: client version 1.50 is too new"
    assert provision("stack", "status").sentence == said
    with swarm.changed() as state:
        state["refuse"] = {}
    assert provision("stack", "status").sentence.startswith(
        "docker: it can't be told whether this engine is in a Swarm: [Error response"
    )
    monkeypatch.setenv("PATH", "/nowhere")
    assert provision("stack", "status").sentence == (
        "docker: not found on the PATH; install Docker's client (Debian: docker.io)"
    )


def test_what_the_engine_refuses_is_told_in_its_words(provision: Shell, root: Path, swarm: Swarm) -> None:
    with swarm.changed() as state:
        state["refuse"] = {"stack deploy": "Error response from daemon: no such plugin"}
    ran = provision("stack", "deploy", "shop")
    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "Error: stack shop: docker stack deploy: no such plugin",
    )
    assert swarm.state["secret"] == {}
    with swarm.changed() as state:
        state["refuse"] = {"stack deploy": "Cannot connect to the Docker daemon at unix:///x."}
    assert provision("stack", "deploy", "shop").err.splitlines()[-1] == (
        "Error: stack shop: no engine answers; start it, or name another with --context or DOCKER_HOST"
    )
    with swarm.changed() as state:
        state["refuse"] = {}
    provision("stack", "deploy", "shop")
    with swarm.changed() as state:
        state["refuse"] = {"build": "no space left"}
    ran = provision("stack", "deploy", "--build")
    assert (ran.code, ran.err.splitlines()[-1]) == (4, "Error: docker: docker build: no space left")


def test_what_the_client_warns_of_is_told(provision: Shell, root: Path, swarm: Swarm) -> None:
    with swarm.changed() as state:
        state["warn"] = {
            "stack deploy": "Ignoring deprecated options:\n\nexpose: Exposing ports is unnecessary\n\n"
            "image web:1 could not be accessed on a registry to record\nits digest.\n\n"
        }
    ran = provision("stack", "deploy", "shop")
    assert ran.code == 0
    assert [line for line in ran.err.splitlines() if "docker stack deploy" in line] == [
        "shop: docker stack deploy: Ignoring deprecated options:",
        "shop: docker stack deploy: expose: Exposing ports is unnecessary",
        "shop: docker stack deploy: image web:1 could not be accessed on a registry to record its digest.",
    ]


def test_images_that_may_differ_from_node_to_node_are_told(
    provision: Shell, root: Path, swarm: Swarm
) -> None:
    with swarm.changed() as state:
        state["digests"] = {"db:1": f"sha256:{'0' * 64}"}
    said = "shop: nodes may run different versions of web:1: no registry said the digest"
    assert said in provision("stack", "deploy", "shop").err.splitlines()
    # Of those that are there the client warns itself.
    assert "no registry said" not in provision("stack", "deploy", "shop").err
    assert "no registry said" not in provision("stack", "deploy", "watch", "--resolve-image", "never").err
    assert provision("stack", "status").code == 0


def test_a_project_without_stacks(provision: Shell, shop: Path, swarm: Swarm) -> None:
    assert (
        provision("stack", "status").sentence == "the project has no stack; write a Stack under provisioning/"
    )
