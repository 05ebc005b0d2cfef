"""Secrets of stacks, against a stand-in for the client docker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provision.tools import docker
from support.commands import Shell
from support.docker_standin import Swarm


def _with_key(root: Path, key: str) -> None:
    source = root / "provisioning" / "stacks.py"
    source.write_text(source.read_text().replace('"key": Secret.env("SHOP_KEY")', key))


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


def test_a_secret_may_hold_any_bytes(
    provision: Shell, root: Path, swarm: Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = os.fsdecode(b"\xff\xfekey")
    monkeypatch.setenv("SHOP_KEY", value)
    assert provision("stack", "deploy", "shop").code == 0
    assert swarm.state["given"] == {"shop_key": value}
