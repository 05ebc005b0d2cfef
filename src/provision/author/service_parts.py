"""What a service of a stack is told about its tasks: ports, health, place, resources, and what happens to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from provision.author import kinds
from provision.author.durations import check

_CONSTRAINT: Final = re.compile(
    r"\s*(?P<key>node\.(?:id|hostname|role|ip|platform\.(?:os|arch)|labels\.[\w.-]+)|engine\.labels\.[\w.-]+)"
    r"\s*(?P<is>==|!=)\s*(?P<value>[\w.:/-]+)\s*",
    re.ASCII,
)
"""Source: docs.docker.com, `docker service create --constraint`."""

_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)([bkmg])b?", re.IGNORECASE)
_UNITS: Final = {"b": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_LEAST_MEMORY: Final = 6 * 2**20
"""The engine refuses a lower limit."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port that is reached from outside.

    Attributes:
        target: in the container.
        published: on the nodes.
        mode: `ingress`, at every node, or `host`, at the nodes that a task runs on.
        protocol: `tcp` or `udp`.
    """

    target: int
    published: int
    mode: Literal["ingress", "host"] = "ingress"
    protocol: Literal["tcp", "udp"] = "tcp"

    def __post_init__(self) -> None:
        for name, number in (("target", self.target), ("published", self.published)):
            if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 65535:
                raise ValueError(f"Port: {name} must be a whole number from 1 to 65535, not {number!r}")
        if self.mode not in ("ingress", "host"):
            raise ValueError(f"Port: mode must be ingress or host, not {self.mode!r}")
        if self.protocol not in ("tcp", "udp"):
            raise ValueError(f"Port: protocol must be tcp or udp, not {self.protocol!r}")


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """A program in the container that says by its exit code whether a task is well.

    Attributes:
        command: the program and its arguments.
        interval: time between two checks, a duration.
        timeout: how long one may take, a duration.
        retries: how many failures in a row make a task unwell; it is replaced then.
        start_period: how long failures don't count after the start, a duration.
    """

    command: Sequence[str]
    interval: str = "5s"
    timeout: str = "5s"
    retries: int = 3
    start_period: str = "60s"

    def __post_init__(self) -> None:
        if isinstance(self.command, str) or not self.command:
            raise ValueError("Healthcheck: command must be a list: a program and its arguments")
        kinds.texts("Healthcheck", command=self.command)
        check("Healthcheck", interval=self.interval, timeout=self.timeout, start_period=self.start_period)
        kinds.whole("Healthcheck", 1, retries=self.retries)


@dataclass(frozen=True, slots=True)
class Placement:
    """The nodes that may run a service's tasks.

    Attributes:
        constraints: such as `node.role == manager`; all must hold.
        spread: labels over whose values tasks are spread evenly, such as `node.labels.zone`.
        max_per_node: the most tasks of it on one node; none: any number.
    """

    constraints: Sequence[str] = ()
    spread: Sequence[str] = ()
    max_per_node: int | None = None

    def __post_init__(self) -> None:
        kinds.texts("Placement", constraints=self.constraints, spread=self.spread)
        for constraint in self.constraints:
            if not _CONSTRAINT.fullmatch(constraint):
                raise ValueError(
                    f"Placement: {constraint!r} isn't a constraint such as node.role == manager or "
                    "node.labels.data == true"
                )
        if self.max_per_node is not None:
            kinds.whole("Placement", 1, max_per_node=self.max_per_node)

    @property
    def one_node(self) -> bool:
        """Whether the constraints name one node."""
        return any(key in ("node.hostname", "node.id") for key in self._equal())

    @property
    def labelled(self) -> bool:
        """Whether the constraints name one node, or the nodes of a label."""
        return self.one_node or any(
            key.startswith(("node.labels.", "engine.labels.")) for key in self._equal()
        )

    def _equal(self) -> list[str]:
        found = [_CONSTRAINT.fullmatch(constraint) for constraint in self.constraints]
        return [match["key"] for match in found if match and match["is"] == "=="]


@dataclass(frozen=True, slots=True)
class Resources:
    """What a task may use at most, and what a node keeps free for it.

    Attributes:
        cpus: processors at most; none: no limit.
        memory: memory at most, such as `128M`; a task that needs more is ended. None: no limit.
        reserved_cpus, reserved_memory: the same, kept free; a node without as much gets no task.
    """

    cpus: float | None = None
    memory: str | None = None
    reserved_cpus: float | None = None
    reserved_memory: str | None = None

    def __post_init__(self) -> None:
        for name, number in (("cpus", self.cpus), ("reserved_cpus", self.reserved_cpus)):
            if number is not None and (
                isinstance(number, bool) or not isinstance(number, int | float) or number <= 0
            ):
                raise ValueError(f"Resources: {name} must be a number above 0, not {number!r}")
        limit = _bytes("memory", self.memory)
        reserved = _bytes("reserved_memory", self.reserved_memory)
        if limit is not None and limit < _LEAST_MEMORY:
            raise ValueError(f"Resources: memory must be 6M or more, not {self.memory!r}")
        if limit is not None and reserved is not None and reserved > limit:
            raise ValueError(
                f"Resources: reserved_memory {self.reserved_memory} is more than memory {self.memory} allows"
            )
        if self.cpus is not None and self.reserved_cpus is not None and self.reserved_cpus > self.cpus:
            raise ValueError(
                f"Resources: reserved_cpus {self.reserved_cpus} is more than cpus {self.cpus} allows"
            )


@dataclass(frozen=True, slots=True)
class Restart:
    """What happens when a task ends.

    Attributes:
        condition: `any`, `on-failure` or `none`.
        delay: how long until another one starts, a duration.
        max_attempts: how often; none: for ever.
        window: within which those are counted, a duration; none: for ever.
    """

    condition: Literal["any", "on-failure", "none"] = "any"
    delay: str = "2s"
    max_attempts: int | None = None
    window: str | None = None

    def __post_init__(self) -> None:
        if self.condition not in ("any", "on-failure", "none"):
            raise ValueError(f"Restart: condition must be any, on-failure or none, not {self.condition!r}")
        check("Restart", delay=self.delay, window=self.window)
        if self.max_attempts is not None:
            kinds.whole("Restart", 1, max_attempts=self.max_attempts)


@dataclass(frozen=True, slots=True)
class Update:
    """How tasks are replaced when a service changes; a rollback goes the same way.

    Attributes:
        parallelism: how many at once; 0: all.
        delay: how long between them, a duration.
        order: `start-first` or `stop-first`; none: as the service's ports and volumes allow.
        on_failure: `rollback`, `pause` or `continue`.
        monitor: how long a new task is watched, a duration.
        max_failure_ratio: the part of the tasks that may fail, from 0 to 1.
    """

    parallelism: int = 1
    delay: str = "2s"
    order: Literal["start-first", "stop-first"] | None = None
    on_failure: Literal["rollback", "pause", "continue"] = "rollback"
    monitor: str = "5s"
    max_failure_ratio: float = 0

    def __post_init__(self) -> None:
        kinds.whole("Update", 0, parallelism=self.parallelism)
        check("Update", delay=self.delay, monitor=self.monitor)
        if self.order not in (None, "start-first", "stop-first"):
            raise ValueError(f"Update: order must be start-first or stop-first, not {self.order!r}")
        if self.on_failure not in ("rollback", "pause", "continue"):
            raise ValueError(
                f"Update: on_failure must be rollback, pause or continue, not {self.on_failure!r}"
            )
        ratio = self.max_failure_ratio
        if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 <= ratio <= 1:
            raise ValueError(f"Update: max_failure_ratio must be from 0 to 1, not {self.max_failure_ratio!r}")


def _bytes(name: str, size: str | None) -> float | None:
    if size is None:
        return None
    match = _SIZE.fullmatch(size) if isinstance(size, str) else None
    if match is None:
        raise ValueError(f"Resources: {name} must be a size such as 128M or 1G, not {size!r}")
    return float(match[1]) * _UNITS[match[2].lower()]
