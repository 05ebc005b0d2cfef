"""Stacks of a Docker Swarm: services with what they need, as `docker stack deploy` takes them.

    web = Network("web")
    data = Volume("data")
    redis = Service(
        "redis", "redis:7", networks=[web], volumes={"/data": data}, placement=Placement(["node.labels.data == true"])
    )
    shop = Stack("shop", [redis])

What a service needs it refers to; a stack has what its services refer to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from provision.author import plain_secrets
from provision.author.durations import check
from provision.author.place import Written, written
from provision.author.secrets import Secret
from provision.author.service_parts import Healthcheck, Placement, Port, Resources, Restart, Update

_NAME: Final = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
"""What is a name for a stack and a service, and in DNS as well."""

_LONGEST_NAME: Final = 63
"""Of a service as the Swarm has it, STACK_SERVICE. Source: swarmkit, which takes it for a host name."""

_IMAGE: Final = re.compile(r"[a-z0-9][\w.:/@-]*", re.ASCII)


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
        _check_name("Network", self.name)
        if self.of is not None:
            _check_name(f"network {self.name!r}: of", self.of)


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
        _check_name("Volume", self.name)


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
        if self.built is not None and (self.built.startswith("/") or ".." in self.built.split("/")):
            raise ValueError(
                f"Config: built {self.built!r} must be a path below the folder that `build` writes"
            )


@dataclass(frozen=True, slots=True)
class Service:
    """A service: how many tasks of which image run where.

    Attributes:
        name: within its stack; its tasks find each other under it, and each of them under `tasks.NAME`.
        image: a reference such as `redis:7.4`, or an `Image` of the project's own.
        command, entrypoint: arguments and program; none: the image's.
        environment: variables; never a secret.
        networks: the networks that it is in.
        aliases: further names for it there, such as the host name that clients ask for.
        ports: what is reached from outside.
        configs: path in the container → file; a config of several files has a path that ends in `/`.
        secrets: name under `/run/secrets/` → where the secret is found at the moment it is written to the Swarm.
        volumes: path in the container → volume, or a path of the node.
        tmpfs: paths in the container that are kept in memory.
        healthcheck: how a task is known to be well; without one it counts as soon as it runs.
        mode: `replicated`, or `global` for one task on each node that fits.
        replicas: how many tasks, when replicated.
        placement, resources, restart, update: where, how much, and what happens when a task ends or the service changes.
        labels: of the service (Compose: `deploy.labels`), where a reverse proxy finds its routes.
        endpoint_mode: `vip`, one address for all tasks, or `dnsrr`, the address of each; for kernels without IPVS.
        user: user of the container, as the image knows it.
        hostname: may be a template, such as `{{.Node.Hostname}}-{{.Task.Slot}}`.
        init: whether a small init stands above the program and clears up after it.
        read_only: whether the container's own files can't be changed.
        stop_grace_period: how long a task may take to end, a duration.
        extra: any further fields, as Compose names them.
    """

    name: str
    image: str | Image
    command: Sequence[str] = ()
    entrypoint: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    networks: Sequence[Network] = ()
    aliases: Sequence[str] = ()
    ports: Sequence[Port] = ()
    configs: Mapping[str, Config] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    volumes: Mapping[str, Volume | Bind] = field(default_factory=dict)
    tmpfs: Sequence[str] = ()
    healthcheck: Healthcheck | None = None
    mode: Literal["replicated", "global"] = "replicated"
    replicas: int = 1
    placement: Placement = field(default_factory=Placement)
    resources: Resources = field(default_factory=Resources)
    restart: Restart = field(default_factory=Restart)
    update: Update = field(default_factory=Update)
    labels: Mapping[str, str] = field(default_factory=dict)
    endpoint_mode: Literal["vip", "dnsrr"] = "vip"
    user: str | None = None
    hostname: str | None = None
    init: bool = False
    read_only: bool = False
    stop_grace_period: str = "10s"
    extra: Mapping[str, Any] = field(default_factory=dict)
    where: Written = written()

    def __post_init__(self) -> None:
        _check_name("Service", self.name)
        owner = f"service {self.name!r}"
        if isinstance(self.image, str) and not _IMAGE.fullmatch(self.image):
            raise ValueError(f"{owner}: image {self.image!r} isn't a reference such as redis:7.4")
        check(owner, stop_grace_period=self.stop_grace_period)
        plain_secrets.refuse_environment(owner, self.environment)
        _check_tasks(owner, self)
        _check_paths(owner, self)
        _check_places(owner, self)

    @property
    def update_order(self) -> Literal["start-first", "stop-first"]:
        """As the author says, or else a new task starts before the old one stops, unless they would be in each other's
        way: by a port of the node or by data on a volume."""
        taken = any(port.mode == "host" for port in self.ports)
        shares = any(isinstance(volume, Volume) for volume in self.volumes.values())
        return self.update.order or (
            "stop-first" if taken or shares or self.mode == "global" else "start-first"
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """Services that are deployed and removed together.

    Attributes:
        name: stands before the names of all that it has: `NAME_SERVICE`.
        services: each once.
    """

    name: str
    services: Sequence[Service]
    where: Written = written()

    def __post_init__(self) -> None:
        _check_name("Stack", self.name)
        if not self.services:
            raise ValueError(f"stack {self.name!r} has no service")
        seen: dict[tuple[str, str], object] = {}
        for service in self.services:
            if not isinstance(service, Service):
                raise TypeError(f"stack {self.name!r}: a service must be a Service, not {service!r:.80}")
            if len(f"{self.name}_{service.name}") > _LONGEST_NAME:
                raise ValueError(
                    f"stack {self.name!r}: {self.name}_{service.name} is longer than {_LONGEST_NAME} characters"
                )
            self._once(seen, "service", service.name, service, twice=True)
            for network in service.networks:
                self._once(seen, "network", f"{network.of or self.name}_{network.name}", network)
            for volume in service.volumes.values():
                if isinstance(volume, Volume):
                    self._once(seen, "volume", volume.name, volume)
            for name, secret in service.secrets.items():
                self._once(seen, "secret", name, secret)

    def _once(
        self, seen: dict[tuple[str, str], object], noun: str, name: str, value: object, *, twice: bool = False
    ) -> None:
        """Remember what a name means here; it may mean one thing only."""
        known = seen.setdefault((noun, name), value)
        if (twice and known is not value) or known != value:
            raise ValueError(f"stack {self.name!r}: two different {noun}s are called {name!r}")


def _check_tasks(owner: str, service: Service) -> None:
    if service.mode not in ("replicated", "global"):
        raise ValueError(f"{owner}: mode must be replicated or global, not {service.mode!r}")
    if isinstance(service.replicas, bool) or not isinstance(service.replicas, int) or service.replicas < 0:
        raise ValueError(f"{owner}: replicas must be a whole number from 0, not {service.replicas!r}")
    if service.mode == "global" and service.replicas != 1:
        raise ValueError(f"{owner}: a global service has one task on each node, so replicas can't be given")
    if service.endpoint_mode not in ("vip", "dnsrr"):
        raise ValueError(f"{owner}: endpoint_mode must be vip or dnsrr, not {service.endpoint_mode!r}")
    ingress = [port.published for port in service.ports if port.mode == "ingress"]
    if service.endpoint_mode == "dnsrr" and ingress:
        raise ValueError(
            f"{owner}: with endpoint_mode dnsrr there is no address for port {ingress[0]} to lead to; publish it with "
            'mode="host"'
        )
    hosts = [port.published for port in service.ports if port.mode == "host"]
    if hosts and service.update.order == "start-first":
        raise ValueError(
            f"{owner}: a new task can't have port {hosts[0]} of the node while the old one still has it; "
            'use Update(order="stop-first")'
        )
    published = [(port.published, port.protocol) for port in service.ports]
    for port in published:
        if published.count(port) > 1:
            raise ValueError(f"{owner}: port {port[0]} is published twice")


def _check_paths(owner: str, service: Service) -> None:
    for path in (*service.configs, *service.volumes, *service.tmpfs):
        if not isinstance(path, str) or not path.startswith("/"):
            raise ValueError(f"{owner}: {path!r} isn't an absolute path in the container")
    for path, config in service.configs.items():
        several = config.built is not None and config.built.endswith("/")
        if several != path.endswith("/"):
            raise ValueError(
                f"{owner}: {path!r} and {config.built!r} must both end in '/' or neither: a folder of files goes to a "
                "folder"
            )
    for name, secret in service.secrets.items():
        if not re.fullmatch(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?", name, re.ASCII):
            raise ValueError(f"{owner}: secret {name!r} isn't a name of letters, digits, '_', '.' and '-'")
        if not isinstance(secret, Secret):
            raise TypeError(
                f'{owner}: secret {name} must be a Secret, such as Secret.env("VARIABLE"), never the secret itself'
            )
        if not re.fullmatch(r"[\w.-]{0,16}", secret.version, re.ASCII):
            raise ValueError(
                f"{owner}: the version of secret {name} is part of a name on the Swarm: at most 16 letters, digits, '_', "
                "'.' and '-'"
            )


def _check_places(owner: str, service: Service) -> None:
    """What lies on one node only is for a service that stays on that node."""
    for path, volume in service.volumes.items():
        if isinstance(volume, Bind) and not (volume.every_node or service.placement.one_node):
            raise ValueError(
                f"{owner}: {volume.source} at {path} is a path of one node, and the service may run on several; pin it "
                "with Placement(['node.hostname == NAME']), use a Volume or a Config, or say every_node=True if every "
                "node has its own"
            )
        if not isinstance(volume, Volume) or volume.driver != "local" or volume.per_node:
            continue
        if service.mode == "global" or service.replicas > 1 or not service.placement.labelled:
            raise ValueError(
                f"{owner}: volume {volume.name!r} lies on one node, and a task that starts on another finds it empty; "
                "run one replica and pin it with Placement(['node.labels.NAME == true']), use a shared driver, or say "
                "per_node=True"
            )


def _check_name(what: str, name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"{what}: {name!r} isn't a name of lower-case letters, digits and '-' that begins with a letter"
        )
