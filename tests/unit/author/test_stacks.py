"""Stacks as authors write them: what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from provision.author import (
    Bind,
    Config,
    Image,
    Network,
    Placement,
    Port,
    Secret,
    Service,
    Stack,
    Update,
    Volume,
)

PINNED = Placement(["node.labels.data == true"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"image": "not an image"}, "image 'not an image' isn't a reference such as redis:7.4"),
        ({"stop_grace_period": "soon"}, "stop_grace_period must be a duration such as 30s"),
        ({"mode": "some"}, "mode must be replicated or global, not 'some'"),
        ({"replicas": -1}, "replicas must be a whole number from 0, not -1"),
        ({"replicas": True}, "replicas must be a whole number from 0, not True"),
        ({"mode": "global", "replicas": 2}, "a global service has one task on each node"),
        ({"endpoint_mode": "lb"}, "endpoint_mode must be vip or dnsrr, not 'lb'"),
        ({"endpoint_mode": "dnsrr", "ports": [Port(80, 80)]}, 'publish it with mode="host"'),
        (
            {"ports": [Port(80, 80, mode="host")], "update": Update(order="start-first")},
            'use Update(order="stop-first")',
        ),
        ({"ports": [Port(80, 80), Port(81, 80)]}, "port 80 is published twice"),
        ({"tmpfs": ["tmp"]}, "'tmp' isn't an absolute path in the container"),
        ({"configs": {"/etc/app": Config(built="app/")}}, "must both end in '/' or neither"),
        ({"secrets": {"a b": Secret.env("A")}}, "secret 'a b' isn't a name of letters"),
        ({"secrets": {"key": "hunter2"}}, 'secret key must be a Secret, such as Secret.env("VARIABLE")'),
        (
            {"secrets": {"key": Secret.env("KEY", version="a b")}},
            "the version of secret key is part of a name",
        ),
        (
            {"environment": {"DB_PASSWORD": "hunter2"}},
            "the environment variable DB_PASSWORD would show a secret to everybody",
        ),
    ],
)
def test_a_service_that_cannot_run(fields: dict[str, Any], said: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        Service(**{"name": "web", "image": "web:1", **fields})
    assert str(caught.value).startswith("service 'web': ")
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_where_a_secret_lies_is_none() -> None:
    for value in ("/run/secrets/password", "$__file{/run/secrets/password}"):
        Service("web", "web:1", environment={"DB_PASSWORD": value, "DB_PASSWORD_FILE": value})


def test_a_path_of_a_node_needs_that_node() -> None:
    folder = {"/data": Bind("/srv/data")}
    for placement in (
        Placement(),
        Placement(["node.role == manager"]),
        Placement(["node.hostname != a"]),
        PINNED,
    ):
        with pytest.raises(
            ValueError, match="/srv/data at /data is a path of one node, and the service may run on several"
        ):
            Service("web", "web:1", volumes=folder, placement=placement)
    for constraint in ("node.hostname == a", "node.id==abc"):
        Service("web", "web:1", volumes=folder, placement=Placement([constraint]))
    Service("web", "web:1", volumes={"/s": Bind("/var/run/docker.sock", every_node=True)})


def test_a_local_volume_needs_a_task_that_stays() -> None:
    data = {"/data": Volume("data")}
    for fields in ({}, {"placement": PINNED, "replicas": 2}, {"placement": PINNED, "mode": "global"}):
        with pytest.raises(ValueError, match="volume 'data' lies on one node"):
            Service("db", "db:1", volumes=data, **fields)
    Service("db", "db:1", volumes=data, placement=PINNED)
    Service("db", "db:1", volumes={"/data": Volume("data", driver="nfs")}, replicas=3)
    Service("db", "db:1", volumes={"/cache": Volume("cache", per_node=True)}, replicas=3)


def test_the_order_of_an_update_follows_what_two_tasks_cannot_share() -> None:
    def order(**fields: Any) -> str:
        return Service("web", "web:1", **fields).update_order

    assert order() == order(ports=[Port(80, 80)]) == "start-first"
    assert order(ports=[Port(80, 80, mode="host")]) == order(mode="global") == "stop-first"
    assert order(volumes={"/data": Volume("data")}, placement=PINNED) == "stop-first"
    assert order(update=Update(order="stop-first")) == "stop-first"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Service("Web", "web:1"), "Service: 'Web' isn't a name of lower-case letters"),
        (lambda: Network("a_b"), "Network: 'a_b' isn't a name"),
        (lambda: Network("a", of="B"), "network 'a': of: 'B' isn't a name"),
        (lambda: Volume(""), "Volume: '' isn't a name"),
        (lambda: Bind("data"), "Bind: 'data' isn't an absolute path on the node"),
        (lambda: Config(), "Config: give either text or built"),
        (lambda: Config(text="a", built="b"), "Config: give either text or built"),
        (lambda: Config(built="../etc/passwd"), "must be a path below the folder that `build` writes"),
        (lambda: Image("Gallery", "Dockerfile"), "Image: 'Gallery' isn't a name"),
        (lambda: Image("gallery", "Dockerfile", tag="a:b"), "image 'gallery': tag 'a:b' isn't letters"),
        (lambda: Stack("shop", []), "stack 'shop' has no service"),
        (lambda: Stack("shop", ["web"]), "stack 'shop': a service must be a Service, not 'web'"),  # type: ignore[list-item]
        (
            lambda: Stack("s" * 60, [Service("web", "web:1")]),
            "web is longer than 63 characters",
        ),
    ],
)
def test_names_and_values_that_are_none(make: Any, said: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        make()
    assert said in str(caught.value)


def test_one_name_means_one_thing_in_a_stack() -> None:
    def stack(a: dict[str, Any], b: dict[str, Any], names: tuple[str, str] = ("a", "b")) -> Stack:
        return Stack("shop", [Service(names[0], "a:1", **a), Service(names[1], "b:1", **b)])

    with pytest.raises(ValueError, match="two different services are called 'a'"):
        stack({}, {}, ("a", "a"))
    with pytest.raises(ValueError, match="two different networks are called 'shop_net'"):
        stack({"networks": [Network("net")]}, {"networks": [Network("net", internal=True)]})
    with pytest.raises(ValueError, match="two different secrets are called 'key'"):
        stack({"secrets": {"key": Secret.env("A")}}, {"secrets": {"key": Secret.env("B")}})
    with pytest.raises(ValueError, match="two different volumes are called 'v'"):
        stack(
            {"volumes": {"/v": Volume("v", per_node=True)}},
            {"volumes": {"/v": Volume("v", driver="nfs")}},
        )
    same = {"networks": [Network("net")], "secrets": {"key": Secret.env("A")}}
    assert len(stack(same, same).services) == 2
