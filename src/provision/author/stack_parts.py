"""What the services of a stack share, or bring along: images of the project's own, networks, volumes, files of configs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provision.author import kinds

_NAME: Final = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
"""What is a name for a stack and a service, and in DNS as well."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the project's own, which `provision stack build` makes.

    Attributes:
        name: without registry and tag, such as `gallery`.
        dockerfile: its Dockerfile, relative to the project's root.
        context: the folder that the Dockerfile sees, relative to the project's root.
        arguments: the Dockerfile's `ARG`s.
        tag: in the files that `build` writes; a deploy that builds names the image by its own id instead.
    """

    name: str
    dockerfile: str
    context: str = "."
    arguments: Mapping[str, str] = field(default_factory=dict)
    tag: str = "latest"

    def __post_init__(self) -> None:
        kinds.text("Image", name=self.name, dockerfile=self.dockerfile, context=self.context, tag=self.tag)
        kinds.mapped(f"image {self.name!r}", str | int | float, "a text", arguments=self.arguments)
        if not re.fullmatch(r"[a-z0-9]+(?:[._/-][a-z0-9]+)*", self.name):
            raise ValueError(
                f"Image: {self.name!r} isn't a name of lower-case letters, digits, '.', '_', '-' and '/'"
            )
        if not re.fullmatch(r"\w[\w.-]{0,127}", self.tag, re.ASCII):
            raise ValueError(f"image {self.name!r}: tag {self.tag!r} isn't letters, digits, '_', '.' and '-'")


@dataclass(frozen=True, slots=True)
class Network:
    """An overlay network between services, on all nodes.

    Attributes:
        name: within its stack.
        of: the stack that it belongs to, when services of another one use it as well; none: their own.
        attachable: whether containers that are no service's may join.
        internal: whether nothing in it reaches the outside.
        encrypted: whether traffic between nodes is encrypted.
    """

    name: str
    of: str | None = None
    attachable: bool = False
    internal: bool = False
    encrypted: bool = False

    def __post_init__(self) -> None:
        check_name("Network", self.name)
        if self.of is not None:
            check_name(f"network {self.name!r}: of", self.of)
        flags = {"attachable": self.attachable, "internal": self.internal, "encrypted": self.encrypted}
        kinds.flag(f"network {self.name!r}", **flags)


@dataclass(frozen=True, slots=True)
class Volume:
    """A named volume. That of the driver `local` lies on one node: a task that starts on another one finds it empty.

    Attributes:
        name: within its stack.
        driver: the volume driver.
        options: of the driver.
        per_node: whether it is meant that each node has one of its own, as of a cache.
    """

    name: str
    driver: str = "local"
    options: Mapping[str, str] = field(default_factory=dict)
    per_node: bool = False

    def __post_init__(self) -> None:
        check_name("Volume", self.name)
        kinds.text(f"volume {self.name!r}", driver=self.driver)
        kinds.mapped(f"volume {self.name!r}", str | int | float, "a text", options=self.options)
        kinds.flag(f"volume {self.name!r}", per_node=self.per_node)


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder of the node that a task runs on.

    Attributes:
        source: its absolute path on the node.
        read_only: whether the task may only read it.
        every_node: whether every node has one of its own there and that one is meant, as of the engine's socket.
            Otherwise the service has to be pinned to one node by `node.hostname` or `node.id`.
        propagation: such as `rslave`; none: the engine's default.
    """

    source: str
    read_only: bool = True
    every_node: bool = False
    propagation: str | None = None

    def __post_init__(self) -> None:
        kinds.text("Bind", source=self.source)
        kinds.optional_text(f"Bind {self.source!r}", propagation=self.propagation)
        kinds.flag(f"Bind {self.source!r}", read_only=self.read_only, every_node=self.every_node)
        if not self.source.startswith("/"):
            raise ValueError(f"Bind: {self.source!r} isn't an absolute path on the node")


@dataclass(frozen=True, slots=True)
class Config:
    """A file that the Swarm gives to a service's tasks, named by its content: another content is another config.

    Attributes:
        text: what it holds; or
        built: the path of a file that `build` writes, such as `prometheus/prometheus.yml`; one that ends in `/` means
            every file below it.
    """

    text: str | None = None
    built: str | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.built is None):
            raise ValueError("Config: give either text or built")
        kinds.optional_text("Config", text=self.text, built=self.built)
        if self.built is not None and (self.built.startswith("/") or ".." in self.built.split("/")):
            raise ValueError(
                f"Config: built {self.built!r} must be a path below the folder that `build` writes"
            )


def check_name(what: str, name: object) -> None:
    """Raises ValueError when it can't be the name of a stack, or of something in one."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"{what}: {name!r} isn't a name of lower-case letters, digits and '-' that begins with a letter"
        )
