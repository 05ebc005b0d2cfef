from __future__ import annotations

from pathlib import Path

import pytest

from provision.ship.swarm import waiting
from support.commands import project
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
    monkeypatch.setattr(waiting, "SETTLED_SECONDS", 0.0)
    monkeypatch.setenv("SHOP_KEY", "hunter2")
    return root


@pytest.fixture
def swarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Swarm:
    return standin(tmp_path / "client", monkeypatch)
