"""Stacks as authors write them: what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path
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
    Restart,
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
        ({"image": 7}, "image must be a text or an Image, not a number"),
        ({"command": "run it"}, "command must be a list of texts, not a text; put it into [ ]"),
        ({"command": ["run", 7]}, "command must be a list of texts, not of a number"),
        ({"environment": ["A=b"]}, "environment must be a mapping, not a list"),
        ({"environment": {"A": ["b"]}}, "environment: A must be a text, not a list"),
        ({"environment": {7: "b"}}, "environment: the key 7 must be a text"),
        ({"networks": Network("a")}, "networks must be a list of Network, not a Network; put it into [ ]"),
        ({"networks": ["a"]}, "networks must be a list of Network, not of a text"),
        ({"ports": [80]}, "ports must be a list of Port, not of a number"),
        ({"configs": {"/a": "text"}}, "configs: /a must be a Config, not a text"),
        ({"configs": {7: Config(text="a")}}, "configs: the key 7 must be a text"),
        ({"volumes": ["/data"]}, "volumes must be a mapping, not a list"),
        ({"volumes": {"/data": "data"}}, "volumes: /data must be a Volume or a Bind, not a text"),
        ({"healthcheck": ["true"]}, "healthcheck must be a Healthcheck, not a list"),
        ({"placement": ["node.role == manager"]}, "placement must be a Placement, not a list"),
        ({"resources": "128M"}, "resources must be Resources, not a text"),
        ({"restart": None}, "restart must be a Restart, not nothing"),
        ({"update": {}}, "update must be an Update, not a mapping"),
        ({"labels": "a=b"}, "labels must be a mapping, not a text"),
        ({"replicas": "2"}, "replicas must be a whole number from 0, not '2'"),
        ({"user": 1000}, "user must be a text, not a number"),
        ({"init": "yes"}, "init must be True or False, not a text"),
        ({"tmpfs": "/tmp"}, "tmpfs must be a list of texts, not a text; put it into [ ]"),
        ({"extra": []}, "extra must be a mapping, not a list"),
        ({"stop_grace_period": 10}, "stop_grace_period must be a duration such as 30s"),
        ({"secrets": ["KEY"]}, "secrets must be a mapping, not a list"),
        ({"secrets": {"a b": Secret.env("A")}}, "secret 'a b' isn't a name of letters"),
        ({"secrets": {"key": "hunter2"}}, 'secrets: key must be a Secret, such as Secret.env("VARIABLE")'),
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
        (
            lambda: Placement(max_per_node="2"),
            "Placement: max_per_node must be a whole number from 1, not '2'",
        ),
        (
            lambda: Placement("node.role == manager"),
            "constraints must be a list of texts, not a text; put it into",
        ),
        (lambda: Placement([7]), "Placement: constraints must be a list of texts, not of a number"),
        (lambda: Placement(spread="node.labels.zone"), "Placement: spread must be a list of texts"),
        (lambda: Restart(max_attempts="3"), "Restart: max_attempts must be a whole number from 1, not '3'"),
        (lambda: Update(max_failure_ratio="all"), "Update: max_failure_ratio must be from 0 to 1, not 'all'"),
        (lambda: Update(parallelism=1.5), "Update: parallelism must be a whole number from 0, not 1.5"),
        (lambda: Healthcheck(["true", 1]), "Healthcheck: command must be a list of texts, not of a number"),
        (lambda: Healthcheck(["true"], retries="3"), "Healthcheck: retries must be a whole number from 1"),
        (lambda: Network("a", internal="yes"), "network 'a': internal must be True or False, not a text"),
        (lambda: Volume("a", options="x"), "volume 'a': options must be a mapping, not a text"),
        (lambda: Volume("a", driver=None), "volume 'a': driver must be a text, not nothing"),
        (lambda: Bind(Path("/srv")), "Bind: source must be a text, not a PosixPath"),
        (lambda: Config(text=b"a"), "Config: text must be a text, not a bytes"),
        (lambda: Image(7, "Dockerfile"), "Image: name must be a text, not a number"),
        (lambda: Image("a", "Dockerfile", arguments=["A"]), "image 'a': arguments must be a mapping"),
        (
            lambda: Stack("shop", Service("web", "web:1")),
            "services must be a list of Service, not a Service; put",
        ),
        (lambda: Stack("shop", []), "stack 'shop' has no service"),
        (lambda: Stack("shop", ["web"]), "stack 'shop': services must be a list of Service, not of a text"),  # type: ignore[list-item]
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
