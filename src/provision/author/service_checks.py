"""What is refused of a service, and in which words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provision.author import kinds
from provision.author.secrets import Secret
from provision.author.service_parts import Healthcheck, Placement, Port, Resources, Restart, Update
from provision.author.stack_parts import Bind, Config, Image, Network, Volume

if TYPE_CHECKING:
    from provision.author.service import Service


def kinds_of(owner: str, service: Service) -> None:
    """Raises TypeError for a field of another kind than it has."""
    kinds.one(owner, str | Image, "a text or an Image", image=service.image)
    kinds.texts(
        owner, command=service.command, entrypoint=service.entrypoint, aliases=service.aliases, tmpfs=service.tmpfs
    )  # fmt: skip
    kinds.listed(owner, Network, "Network", networks=service.networks)
    kinds.listed(owner, Port, "Port", ports=service.ports)
    kinds.mapped(owner, object, "", extra=service.extra)
    plain = str | int | float
    kinds.mapped(owner, plain, "a text", environment=service.environment, labels=service.labels)
    kinds.mapped(owner, Config, "a Config", configs=service.configs)
    kinds.mapped(owner, Volume | Bind, "a Volume or a Bind", volumes=service.volumes)
    never = 'a Secret, such as Secret.env("VARIABLE"), never the secret itself'
    kinds.mapped(owner, Secret, never, secrets=service.secrets)
    kinds.one(owner, Healthcheck | None, "a Healthcheck", healthcheck=service.healthcheck)
    kinds.one(owner, Placement, "a Placement", placement=service.placement)
    kinds.one(owner, Resources, "Resources", resources=service.resources)
    kinds.one(owner, Restart, "a Restart", restart=service.restart)
    kinds.one(owner, Update, "an Update", update=service.update)
    kinds.optional_text(owner, user=service.user, hostname=service.hostname)
    kinds.flag(owner, init=service.init, read_only=service.read_only)


def tasks(owner: str, service: Service) -> None:
    """Raises ValueError when mode, number, ports and updates of its tasks don't go together."""
    if service.mode not in ("replicated", "global"):
        raise ValueError(f"{owner}: mode must be replicated or global, not {service.mode!r}")
    kinds.whole(owner, 0, replicas=service.replicas)
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


def paths(owner: str, service: Service) -> None:
    """Raises ValueError for a path in the container, or the name of a secret, that can't be one."""
    for path in (*service.configs, *service.volumes, *service.tmpfs):
        if not path.startswith("/"):
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
        if not re.fullmatch(r"[\w.-]{0,16}", secret.version, re.ASCII):
            raise ValueError(
                f"{owner}: the version of secret {name} is part of a name on the Swarm: at most 16 letters, digits, '_', "
                "'.' and '-'"
            )


def places(owner: str, service: Service) -> None:
    """Raises ValueError when a service that may run on several nodes has what lies on one only."""
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
