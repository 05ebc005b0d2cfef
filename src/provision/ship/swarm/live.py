"""What a Swarm runs: nodes, services and tasks, as frozen values read through the client."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provision.errors import ProvisionError
from provision.tools import docker
from provision.tools.docker import Engine

PAUSED: Final = "paused"
"""Of a node that takes no new task, and keeps those that it has."""

_UNAVAILABLE: Final = {"drain": "drained", "pause": PAUSED}
DOWN: Final = "down"
"""Of a node that the managers have given up, unlike one that is only out of touch."""

IDLE: Final = frozenset(_UNAVAILABLE.values())
"""Why nodes that are up take no task: somebody has said so."""

_UNASKED: Final = {
    "inactive": ("this engine is in no Swarm", "start one with: docker swarm init"),
    "locked": (
        "the Swarm of this engine is locked, as after a restart",
        "give it its key with: docker swarm unlock",
    ),
    "pending": ("this engine is still joining a Swarm", "try again once it has joined"),
}
"""State of an engine's node → what is wrong with it, and what to do. Source: moby's api/types/swarm, LocalNodeState."""

_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the Swarm; `ready` when it is up and takes tasks, else `why_not` in a word, such as `down` or `drained`.

    Attributes:
        facts: what else constraints may ask for: `node.platform.os`, `node.platform.arch`, `node.ip`, `engine.labels.KEY`.
    """

    id: str
    name: str
    role: str
    ready: bool
    labels: Mapping[str, str]
    why_not: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def up(self) -> bool:
        """Whether it is there, taking tasks or not, as far as the Swarm knows: after a change of its leader that takes a moment."""
        return self.why_not not in (DOWN, "disconnected")

    @property
    def absence(self) -> str:
        """Why one that isn't ready takes no task, in words: `worker-1 is down`."""
        return f"{self.name} is {self.why_not}"


@dataclass(frozen=True, slots=True)
class LiveService:
    """A service as the Swarm has it.

    Attributes:
        name: as the sources have it, without the stack's.
        full_name: on the Swarm.
        replicas: how many tasks it is to have; None for a global one.
        constraints: of its placement.
        image: without the digest that the client adds.
        pinned: whether it has added one, so that every node runs the same.
        configs, secrets: names on the Swarm of what it mounts, sorted.
        earlier_configs, earlier_secrets: what it mounted before its last update; a rollback needs them.
        update: how its last update went, such as `completed` or `rollback_completed`; empty: it had none.
        message: what the Swarm says of that.
        labels: of the service.
        version: grows with every change.
        definition: of all that the service is, the same for the same.
        earlier_definition: before its last update; empty once that can't be taken back.
        restart: when a task that ended is started again: `any`, `on-failure` or `none`.
    """

    id: str
    name: str
    full_name: str
    replicas: int | None
    constraints: tuple[str, ...]
    image: str
    pinned: bool
    configs: tuple[str, ...]
    secrets: tuple[str, ...]
    earlier_configs: tuple[str, ...]
    earlier_secrets: tuple[str, ...]
    update: str
    message: str
    labels: Mapping[str, str]
    version: int
    definition: str = ""
    earlier_definition: str = ""
    restart: str = "any"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a service.

    Attributes:
        slot: its number among the replicas; 0 in a global service.
        state: such as `running`, `preparing`, `starting`, `failed`.
        wanted: the state it is to have: `running`, or `shutdown` once another one takes its place.
        error: what the engine says when it can't run, or why it ended.
    """

    id: str
    service: str
    slot: int
    node: str
    state: str
    wanted: str
    error: str
    image: str
    created: str


def require_manager(engine: Engine) -> None:
    """Raises ProvisionError when the engine can't be asked for a Swarm."""
    said = docker.call(
        engine, "info", "--format", "{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{.ServerErrors}}"
    )
    state, control, errors = said.strip("\n").split(" ", 2)
    if errors != "[]":
        docker.call(engine, "node", "ls", "-q")  # `info` hides what keeps it from asking; this tells it
    if state in _UNASKED:
        what, remedy = _UNASKED[state]
        raise ProvisionError(what, where=engine.called, remedy=remedy)
    if state == "error":
        why = docker.call(engine, "info", "--format", "{{.Swarm.Error}}").strip()
        raise ProvisionError(
            f"this engine can't take part in its Swarm: {why}",
            where=engine.called,
            remedy="ask another manager: --context or DOCKER_HOST",
        )
    if state != "active":
        raise ProvisionError(
            f"it can't be told whether this engine is in a Swarm: {errors}", where=engine.called
        )
    if control != "true":
        raise ProvisionError(
            "this engine is a worker, and only managers know of stacks",
            where=engine.called,
            remedy="ask a manager: --context or DOCKER_HOST",
        )


def nodes(engine: Engine) -> tuple[Node, ...]:
    """All nodes, by name."""
    found = docker.inspected(engine, "node", docker.listed(engine, "node", "ls", "-q"))
    return tuple(sorted(map(_node, found), key=lambda node: node.name))


def services(engine: Engine, stack: str) -> tuple[LiveService, ...]:
    """The services of a stack, by name."""
    ids = list(docker.in_stack(engine, "service", stack).values())
    found = [_service(stack, body) for body in docker.inspected(engine, "service", ids)]
    return tuple(sorted(found, key=lambda service: service.name))


def tasks(engine: Engine, of: Iterable[LiveService]) -> tuple[Task, ...]:
    """All tasks of these services that the Swarm remembers, the newest of a slot first."""
    names = {service.id: service.name for service in of}
    if not names:
        return ()
    ids = docker.listed(engine, "service", "ps", "-q", "--no-trunc", *names)
    found = [_task(names, body) for body in docker.inspected(engine, "task", ids)]
    found.sort(key=lambda task: task.created, reverse=True)
    return tuple(
        sorted(found, key=lambda task: (task.service, task.slot, task.node if not task.slot else ""))
    )


def plain_image(reference: str) -> str:
    """An image's reference without the digest that the client adds."""
    return _DIGEST.sub("", reference)


def _node(body: Mapping[str, Any]) -> Node:
    state, availability = body["Status"]["State"], body["Spec"]["Availability"]
    why_not = state if state != "ready" else _UNAVAILABLE.get(availability, "")
    return Node(
        body["ID"],
        body["Description"]["Hostname"],
        body["Spec"]["Role"],
        not why_not,
        body["Spec"].get("Labels") or {},
        why_not,
        dict(_facts(body)),
    )


def _facts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    description = body["Description"]
    platform = description.get("Platform") or {}
    yield "node.platform.os", platform.get("OS", "")
    yield "node.platform.arch", platform.get("Architecture", "")
    yield "node.ip", body["Status"].get("Addr", "")
    for key, value in ((description.get("Engine") or {}).get("Labels") or {}).items():
        yield f"engine.labels.{key}", value


def _service(stack: str, body: Mapping[str, Any]) -> LiveService:
    spec = body["Spec"]
    update = body.get("UpdateStatus") or {}
    replicated = spec["Mode"].get("Replicated")
    image = spec["TaskTemplate"]["ContainerSpec"]["Image"]
    return LiveService(
        body["ID"],
        spec["Name"].removeprefix(f"{stack}_"),
        spec["Name"],
        None if replicated is None else int(replicated.get("Replicas", 0)),
        tuple((spec["TaskTemplate"].get("Placement") or {}).get("Constraints") or ()),
        plain_image(image),
        bool(_DIGEST.search(image)),
        _mounted(spec, "Config"),
        _mounted(spec, "Secret"),
        _mounted(body.get("PreviousSpec") or {}, "Config"),
        _mounted(body.get("PreviousSpec") or {}, "Secret"),
        update.get("State", ""),
        update.get("Message", ""),
        spec.get("Labels") or {},
        int(body["Version"]["Index"]),
        _definition(spec),
        _definition(body.get("PreviousSpec")),
        (spec["TaskTemplate"].get("RestartPolicy") or {}).get("Condition", "any"),
    )


def _definition(spec: Mapping[str, Any] | None) -> str:
    """What tells two definitions apart, without what an engine fills in: that stands in the present one only, not in the one
    before."""
    if not spec:
        return ""
    container = (spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}
    told = [spec.get("Labels"), spec.get("Mode"), *(container.get(name) for name in _TELLING)]
    return hashlib.sha256(json.dumps([each or None for each in told], sort_keys=True).encode()).hexdigest()


_TELLING: Final = ("Image", "Labels", "Args", "Command", "Env", "Mounts", "Configs", "Secrets")


def _mounted(spec: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    container = (spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}
    references: Sequence[Mapping[str, str]] = container.get(f"{kind}s") or ()
    return tuple(sorted(reference[f"{kind}Name"] for reference in references))


def _task(names: Mapping[str, str], body: Mapping[str, Any]) -> Task:
    status = body.get("Status") or {}
    return Task(
        body["ID"],
        names.get(body["ServiceID"], body["ServiceID"]),
        int(body.get("Slot") or 0),
        body.get("NodeID", ""),
        status.get("State", ""),
        body.get("DesiredState", ""),
        status.get("Err", ""),
        plain_image(body["Spec"]["ContainerSpec"]["Image"]),
        body.get("CreatedAt", ""),
    )
