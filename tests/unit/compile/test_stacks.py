from __future__ import annotations

from typing import Any

import pytest

from provision.author import (
    Bind,
    Config,
    Healthcheck,
    Image,
    Network,
    Placement,
    Port,
    Resources,
    Secret,
    Service,
    Stack,
    Update,
    Volume,
)
from provision.compile.assemble import assemble
from provision.compile.stacks import compile_stack
from provision.model import Definition, Place, decode

HERE = Place("provisioning/stacks.py", 1)


def compiled(stack: Stack) -> Definition:
    (definition,) = compile_stack(
        "provisioning/stacks.py", stack, HERE, lambda where: Place("provisioning/stacks.py", where[1])
    )
    return definition


def service(**fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = decode(compiled(Stack("shop", [Service("web", "web:1", **fields)])).body)[
        "services"
    ]["web"]
    return found


def test_a_plain_service_has_policies_and_nothing_empty() -> None:
    assert service() == {
        "image": "web:1",
        "networks": [],
        "stop_grace_period": "10s",
        "deploy": {
            "mode": "replicated",
            "replicas": 1,
            "endpoint_mode": "vip",
            "restart_policy": {"condition": "any", "delay": "2s"},
            "update_config": {
                "parallelism": 1, "delay": "2s", "order": "start-first", "failure_action": "rollback",
                "monitor": "5s", "max_failure_ratio": 0,
            },
            "rollback_config": {
                "parallelism": 1, "delay": "2s", "order": "start-first", "failure_action": "pause",
                "monitor": "5s", "max_failure_ratio": 0,
            },
        },
    }  # fmt: skip


@pytest.mark.parametrize("name", ["volumes", "environment", "deploy", "configs", "image", "tmpfs"])
def test_what_has_a_field_isnt_given_beside_it(name: str) -> None:
    with pytest.raises(ValueError, match=f"extra: {name} has a field of its own; give it there"):
        service(extra={name: {}})


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("privileged", "leave it out"),
        ("devices", "leave it out"),
        ("depends_on", "leave it out"),
        ("shm_size", r'give tmpfs=\["/dev/shm"\]'),
        ("restart", "give a Restart"),
    ],
)
def test_what_a_swarm_would_pass_over_is_refused(name: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=f"service 'web': extra: a Swarm passes over {name}; {remedy}"):
        service(extra={"cap_add": ["NET_ADMIN"], name: True})
    assert service(extra={"cap_add": ["NET_ADMIN"]})["cap_add"] == ["NET_ADMIN"]


def test_all_that_a_service_may_say() -> None:
    found = service(
        command=["run"],
        environment={"PORT": 8080},
        ports=[Port(8080, 80, mode="host")],
        tmpfs=["/tmp"],
        configs={"/etc/web.yml": Config(text="a: 1"), "/etc/rules/": Config(built="prometheus/rules/")},
        secrets={"key": Secret.env("KEY", version="2")},
        volumes={"/data": Volume("data"), "/sock": Bind("/sock", every_node=True, propagation="rslave")},
        healthcheck=Healthcheck(["true"], start_period="90s"),
        placement=Placement(["node.labels.data==true"], spread=["node.labels.zone"], max_per_node=2),
        resources=Resources(cpus=0.5, memory="64M", reserved_memory="32M"),
        update=Update(on_failure="continue", monitor="1d"),
        labels={"traefik.enable": True},
        extra={"cap_add": ["NET_ADMIN"]},
    )
    assert found["environment"] == {"PORT": "8080"}
    assert found["ports"] == [{"target": 8080, "published": 80, "protocol": "tcp", "mode": "host"}]
    assert found["configs"] == {
        "/etc/web.yml": {"text": "a: 1"},
        "/etc/rules/": {"built": "prometheus/rules/"},
    }
    assert found["secrets"] == {"key": {"source": "env", "name": "KEY", "version": "2"}}
    assert found["volumes"] == [
        {"type": "volume", "source": "data", "target": "/data"},
        {
            "type": "bind",
            "source": "/sock",
            "target": "/sock",
            "read_only": True,
            "bind": {"propagation": "rslave"},
        },
        {"type": "tmpfs", "target": "/tmp"},
    ]
    assert "tmpfs" not in found  # `docker stack deploy` would pass it over
    assert found["healthcheck"]["start_period"] == "1m30s"
    assert found["cap_add"] == ["NET_ADMIN"]
    deploy = found["deploy"]
    assert deploy["placement"] == {
        "constraints": ["node.labels.data == true"],
        "preferences": [{"spread": "node.labels.zone"}],
        "max_replicas_per_node": 2,
    }
    assert deploy["resources"] == {
        "limits": {"cpus": "0.5", "memory": "64M"},
        "reservations": {"memory": "32M"},
    }
    # Compose reads nothing longer than an hour.
    assert deploy["update_config"]["monitor"] == "24h"
    assert deploy["rollback_config"]["failure_action"] == "continue"
    assert deploy["labels"] == {"traefik.enable": "True"}


def test_a_service_is_known_by_its_own_line() -> None:
    web, db = Service("web", "web:1"), Service("db", "db:1")
    definition = compiled(Stack("shop", [web, db]))
    assert definition.place_of("/services/web/image").line == web.where[1]
    assert definition.key == "shop"


def test_an_image_of_the_projects_own() -> None:
    stack = Stack("shop", [Service("web", Image("web", "docker/web", arguments={"BASE": "python"}))])
    assert decode(compiled(stack).body)["services"]["web"]["image"] == {
        "name": "web", "tag": "latest", "dockerfile": "docker/web", "context": ".", "arguments": {"BASE": "python"},
    }  # fmt: skip


def test_a_network_is_one_for_those_who_share_it() -> None:
    edge = Network("edge", of="shop", attachable=True)
    shop = compiled(Stack("shop", [Service("web", "web:1", networks=[edge])]))
    watch = compiled(Stack("watch", [Service("probe", "probe:1", networks=[edge])]))
    assert decode(shop.body)["networks"] == {"edge": {"attachable": True}}
    assert decode(watch.body)["networks"] == {"shop_edge": {"of": "shop", "name": "edge"}}
    assert assemble([shop, watch])[1] == ()


def test_a_network_that_nobody_has() -> None:
    service = Service("probe", "probe:1", networks=[Network("edge", of="shop")])
    watch = compiled(Stack("watch", [service]))
    _, problems = assemble([watch])
    assert [str(problem) for problem in problems] == [
        f"provisioning/stacks.py:{service.where[1]}: there is no stack 'shop', whose network 'edge' stack 'watch' uses"
    ]
    _, problems = assemble([watch, compiled(Stack("shop", [Service("web", "web:1")]))])
    assert problems[0].message == "stack 'shop' has no network 'edge', which stack 'watch' uses"


def test_a_name_that_is_taken() -> None:
    _, problems = assemble(
        [compiled(Stack("shop", [Service("web", "web:1")])), compiled(Stack("shop", [Service("db", "db:1")]))]
    )
    assert problems[0].message.startswith("two stacks are called 'shop'; ")
