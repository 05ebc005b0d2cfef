"""A service of a stack, as Compose writes it."""

from __future__ import annotations

from typing import Any

from provision.author import Bind, Config, Image, Network, Port, Service, Volume
from provision.author.durations import seconds, shown
from provision.author.service_parts import Healthcheck, Placement, Resources, Restart, Update
from provision.compile.secrets import references
from provision.compile.stack_ignored import refuse_ignored
from provision.compile.values import each, mapping, texts


def network_key(network: Network, stack: str) -> str:
    """What a service of that stack calls a network: its name, with the stack's where it is another one's."""
    return network.name if network.of in (None, stack) else f"{network.of}_{network.name}"


def service_body(service: Service, stack: str) -> dict[str, Any]:
    """The service as Compose writes it, but for image, configs and secrets."""
    owner = f"service {service.name!r}"
    body: dict[str, Any] = {
        "image": _image(service.image),
        "command": texts(service.command, f"{owner}: command"),
        "entrypoint": texts(service.entrypoint, f"{owner}: entrypoint"),
        "environment": {
            name: str(value) for name, value in mapping(service.environment, "environment").items()
        },
        "networks": [
            network_key(network, stack) for network in each(service.networks, Network, f"{owner}: networks")
        ],
        "aliases": texts(service.aliases, f"{owner}: aliases"),
        "ports": [_port(port) for port in each(service.ports, Port, f"{owner}: ports")],
        "volumes": _mounts(service, owner),
        "configs": {path: _config(config) for path, config in sorted(service.configs.items())},
        "secrets": references(service.secrets, owner),
        "healthcheck": _healthcheck(service.healthcheck) if service.healthcheck else {},
        "user": service.user or "",
        "hostname": service.hostname or "",
        "init": service.init,
        "read_only": service.read_only,
        "stop_grace_period": _duration(service.stop_grace_period),
        "deploy": _deploy(service),
    }
    kept = {name: value for name, value in body.items() if value not in ("", [], {}, False)}
    extra = mapping(service.extra, f"{owner}: extra")
    if own := sorted((set(extra) & {*body, "tmpfs"}) - {"aliases"}):
        raise ValueError(f"{owner}: extra: {own[0]} has a field of its own; give it there")
    refuse_ignored(extra, owner)
    return {"networks": [], **kept, **extra}


def _image(image: str | Image) -> Any:
    if isinstance(image, str):
        return image
    return {
        "name": image.name,
        "tag": image.tag,
        "dockerfile": image.dockerfile,
        "context": image.context,
        "arguments": {name: str(value) for name, value in mapping(image.arguments, "arguments").items()},
    }


def _deploy(service: Service) -> dict[str, Any]:
    body: dict[str, Any] = {"mode": service.mode, "endpoint_mode": service.endpoint_mode}
    if service.mode == "replicated":
        body["replicas"] = service.replicas
    body |= {
        "placement": _placement(service.placement),
        "resources": _resources(service.resources),
        "restart_policy": _restart(service.restart),
        "update_config": _update(service.update, service.update_order),
        "rollback_config": _update(service.update, service.update_order, back=True),
        "labels": {name: str(value) for name, value in mapping(service.labels, "labels").items()},
    }
    return {name: value for name, value in body.items() if value != {}}


def _placement(placement: Placement) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if placement.constraints:
        body["constraints"] = [" ".join(_words(constraint)) for constraint in placement.constraints]
    if placement.spread:
        body["preferences"] = [{"spread": label} for label in texts(placement.spread, "spread")]
    if placement.max_per_node is not None:
        body["max_replicas_per_node"] = placement.max_per_node
    return body


def _words(constraint: str) -> tuple[str, str, str]:
    operator = "==" if "==" in constraint else "!="
    left, _, right = constraint.partition(operator)
    return left.strip(), operator, right.strip()


def _resources(resources: Resources) -> dict[str, Any]:
    limits = {"cpus": _cpus(resources.cpus), "memory": resources.memory}
    reserved = {"cpus": _cpus(resources.reserved_cpus), "memory": resources.reserved_memory}
    both = {
        "limits": {name: value for name, value in limits.items() if value is not None},
        "reservations": {name: value for name, value in reserved.items() if value is not None},
    }
    return {name: value for name, value in both.items() if value}


def _cpus(number: float | None) -> str | None:
    return None if number is None else f"{number:g}"


def _restart(restart: Restart) -> dict[str, Any]:
    body = {
        "condition": restart.condition,
        "delay": _duration(restart.delay),
        "max_attempts": restart.max_attempts,
        "window": None if restart.window is None else _duration(restart.window),
    }
    return {name: value for name, value in body.items() if value is not None}


def _update(update: Update, order: str, *, back: bool = False) -> dict[str, Any]:
    # A rollback that fails can't be rolled back in its turn.
    on_failure = "pause" if back and update.on_failure == "rollback" else update.on_failure
    return {
        "parallelism": update.parallelism,
        "delay": _duration(update.delay),
        "order": order,
        "failure_action": on_failure,
        "monitor": _duration(update.monitor),
        "max_failure_ratio": update.max_failure_ratio,
    }


def _healthcheck(check: Healthcheck) -> dict[str, Any]:
    return {
        "test": ["CMD", *texts(check.command, "Healthcheck: command")],
        "interval": _duration(check.interval),
        "timeout": _duration(check.timeout),
        "retries": check.retries,
        "start_period": _duration(check.start_period),
    }


def _duration(duration: str) -> str:
    """As Compose reads it, which knows nothing longer than an hour."""
    length = seconds(duration)
    hours, rest = divmod(length, 3600)
    return (f"{hours:.0f}h" if hours else "") + (shown(rest) if rest or not hours else "")


def _port(port: Port) -> dict[str, Any]:
    return {"target": port.target, "published": port.published, "protocol": port.protocol, "mode": port.mode}


def _mounts(service: Service, owner: str) -> list[dict[str, Any]]:
    # The field `tmpfs` of Compose is passed over by `docker stack deploy`; a mount of that type isn't.
    memory = [{"type": "tmpfs", "target": path} for path in texts(service.tmpfs, f"{owner}: tmpfs")]
    return [*(_mount(path, volume) for path, volume in sorted(service.volumes.items())), *memory]


def _mount(path: str, volume: Volume | Bind) -> dict[str, Any]:
    if isinstance(volume, Volume):
        return {"type": "volume", "source": volume.name, "target": path}
    body: dict[str, Any] = {
        "type": "bind",
        "source": volume.source,
        "target": path,
        "read_only": volume.read_only,
    }
    if volume.propagation:
        body["bind"] = {"propagation": volume.propagation}
    return body


def _config(config: Config) -> dict[str, Any]:
    return {"text": config.text} if config.text is not None else {"built": config.built}
