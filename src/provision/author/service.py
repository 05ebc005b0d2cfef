"""A service of a stack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from provision.author import plain_secrets, service_checks
from provision.author.durations import check
from provision.author.place import Written, written
from provision.author.secrets import Secret
from provision.author.service_parts import Healthcheck, Placement, Port, Resources, Restart, Update
from provision.author.stack_parts import Bind, Config, Image, Network, Volume, check_name

_IMAGE: Final = re.compile(r"[a-z0-9][\w.:/@-]*", re.ASCII)


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
        check_name("Service", self.name)
        owner = f"service {self.name!r}"
        service_checks.kinds_of(owner, self)
        if isinstance(self.image, str) and not _IMAGE.fullmatch(self.image):
            raise ValueError(f"{owner}: image {self.image!r} isn't a reference such as redis:7.4")
        check(owner, stop_grace_period=self.stop_grace_period)
        plain_secrets.refuse_environment(owner, self.environment)
        service_checks.tasks(owner, self)
        service_checks.paths(owner, self)
        service_checks.places(owner, self)

    @property
    def update_order(self) -> Literal["start-first", "stop-first"]:
        """As the author says, or else a new task starts before the old one stops, unless they would be in each other's
        way: by a port of the node or by data on a volume."""
        taken = any(port.mode == "host" for port in self.ports)
        shares = any(isinstance(volume, Volume) for volume in self.volumes.values())
        return self.update.order or (
            "stop-first" if taken or shares or self.mode == "global" else "start-first"
        )
