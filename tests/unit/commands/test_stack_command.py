"""`provision stack` against a stand-in for the client docker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.ship.swarm import converge, undo
from provision.tools import docker
from support.commands import Shell, project
from support.docker_standin import Swarm, standin

STACKS = """\
from provision.author import Config, Image, Network, Placement, Secret, Service, Stack, Volume, env

_edge = Network("edge", of="shop")
_image = env.get("web_image", "web:1")
shop = Stack("shop", [
    Service("web", _image, networks=[_edge], replicas=env.get("replicas", 2), secrets={"key": Secret.env("SHOP_KEY")}),
    Service("db", env.get("db_image", "db:1"), volumes={"/data": Volume("data")}, placement=Placement(["node.labels.data == true"])),
])
watch = Stack("watch", [
    Service("probe", Image("probe", "Dockerfile"), networks=[_edge], configs={"/etc/probe.yml": Config(text=env.get("text", "a"))}),
    Service("agent", "agent:1", mode="global"),
])
"""
PYPROJECT = """\
[tool.provision]
name = "shop"

[tool.provision.env.next.variables]
web_image = "web:2"
db_image = "db:2"
text = "b"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = project(tmp_path / "shop", provisioning__stacks=STACKS, Dockerfile="FROM scratch\n")
    (root / "provisioning" / "stacks").rename(root / "provisioning" / "stacks.py")
    (root / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.chdir(root)
    monkeypatch.setattr(converge, "SETTLED_SECONDS", 0.0)
    monkeypatch.setenv("SHOP_KEY", "hunter2")
    return root


@pytest.fixture
def swarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Swarm:
    return standin(tmp_path / "client", monkeypatch)


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
    monkeypatch.setattr(converge, "SETTLED_SECONDS", 2.0)
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
    monkeypatch.setattr(converge, "_SILENT_SECONDS", 0.0)
    with swarm.changed() as state:
        state["away"] = 1000
    ran = provision("stack", "deploy", "shop", *([] if rollback else ["--no-rollback"]))
    said = "stack shop: docker node ls: rpc error: The swarm does not have a leader."
    assert ran.err.splitlines()[-1] == f"Error: {said}"
    assert ran.code == (1 if rollback else 4)
    assert bool(swarm.state["services"]) is not rollback


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


def test_scale_gives_a_service_another_number_of_tasks(provision: Shell, root: Path, swarm: Swarm) -> None:
    ran = provision("stack", "deploy", "shop", "--scale", "web=4")
    assert "  ✓  web  4/4" in ran.out
    for scale, said in (
        ("db", "'db' isn't SERVICE=N, such as client=3"),
        ("nobody=1", "--scale: these stacks have no service 'nobody'; they have agent, db, probe, web"),
        ("agent=2", "--scale: agent has one task on each node"),
        ("db=2", "--scale: db has the volume 'data' for one task; say in the sources how several can use it"),
    ):
        ran = provision("stack", "deploy", "--scale", scale)
        assert ran.code == 2
        assert said in ran.err


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


def test_an_engine_that_cannot_be_asked(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for info, said in (
        ("inactive false []", "docker: this engine is in no Swarm; start one with: docker swarm init"),
        (
            "active false []",
            "docker: this engine is a worker, and only managers know of stacks; ask a manager: --context or DOCKER_HOST",
        ),
    ):
        with swarm.changed() as state:
            state["info"] = info
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


def _with_key(root: Path, key: str) -> None:
    source = root / "provisioning" / "stacks.py"
    source.write_text(STACKS.replace('"key": Secret.env("SHOP_KEY")', key))


def test_a_secret_is_kept_as_long_as_a_rollback_needs_it(provision: Shell, root: Path, swarm: Swarm) -> None:
    assert provision("stack", "deploy", "shop").code == 0
    _with_key(root, '"key": Secret.env("SHOP_KEY", version="2")')
    assert provision("stack", "deploy", "shop").code == 0
    assert sorted(swarm.state["secret"]) == ["shop_key", "shop_key-2"]
    docker.call(docker.find(), "service", "rollback", "shop_web")
    mounted = swarm.state["services"]["shop_web"]["Spec"]["TaskTemplate"]["ContainerSpec"]["Secrets"]
    assert mounted == [{"SecretName": "shop_key"}]
    for _ in range(2):
        assert provision("stack", "deploy", "shop").code == 0
    assert sorted(swarm.state["secret"]) == ["shop_key-2"]


def test_secrets_of_a_deploy_that_failed_are_gone(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_key(root, '"key": Secret.env("SHOP_KEY"), "other": Secret.env("SHOP_KEY")')
    label = "com.docker.stack.namespace=shop"
    with swarm.changed() as state:
        state["refuse"] = {
            f"secret create --label {label} shop_other": "Error response from daemon: no leader"
        }
    ran = provision("stack", "deploy", "shop")
    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "Error: stack shop: docker secret create: no leader",
    )
    assert "secret create shop_key" in swarm.calls
    assert swarm.state["secret"] == {}
    # The next attempt takes the value that is given then.
    with swarm.changed() as state:
        state["refuse"] = {}
    monkeypatch.setenv("SHOP_KEY", "hunter3")
    assert provision("stack", "deploy", "shop").code == 0
    assert swarm.state["given"] == {"shop_key": "hunter3", "shop_other": "hunter3"}
    # Nor is one left that an update would have had that the Swarm took back.
    with swarm.changed() as state:
        state["broken"] = ["web:2"]
    _with_key(root, '"key": Secret.env("SHOP_KEY", version="2")')
    assert provision("stack", "deploy", "shop", "--env", "next").code == 1
    assert sorted(swarm.state["secret"]) == ["shop_key", "shop_other"]


def test_a_secret_that_is_given_and_not_used_is_told(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "shop: already there, and kept with the value they have: shop_key; another value needs another version of the secret"
    assert said not in provision("stack", "deploy", "shop").err
    monkeypatch.setenv("SHOP_KEY", "hunter3")
    ran = provision("stack", "deploy", "shop")
    assert said in ran.err.splitlines()
    assert "hunter3" not in ran.out + ran.err
    assert swarm.state["given"] == {"shop_key": "hunter2"}
    monkeypatch.delenv("SHOP_KEY")
    ran = provision("stack", "deploy", "shop")
    assert (ran.code, "already there" in ran.err) == (0, False)


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

    monkeypatch.setattr(converge, "wait", interrupted)
    with swarm.changed() as state:
        state["refuse"] = {"service rm shop_db": "Error response from daemon: no leader"}
    ran = provision("stack", "deploy", "shop")
    assert ran.code == 130
    said = ran.err.splitlines()
    assert "shop: docker: docker service rm: no leader" in said
    assert "shop_db: removed again" not in said
    assert "shop_web: removed again" in said


def test_a_project_without_stacks(provision: Shell, shop: Path, swarm: Swarm) -> None:
    assert (
        provision("stack", "status").sentence == "the project has no stack; write a Stack under provisioning/"
    )
