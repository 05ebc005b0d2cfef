"""What a drill acts on: a lab that runs, and the project that was compiled for it."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from provision.author.durations import seconds
from provision.errors import ProvisionError
from provision.lab import processes, stack, state, supervisor
from provision.lab.drill.values import Event
from provision.lab.stack import Component
from provision.lab.state import Lab, Running
from provision.model import Definition

_GIVEN: Final = frozenset({"PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", supervisor.MARK})
"""Variables that every process of a lab gets."""

_READY: Final = {"app": "/health", "prometheus": "/-/ready"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A lab to try something on.

    Attributes:
        folder: its state folder.
        definitions: the project's, compiled for it.
    """

    folder: Path
    definitions: Sequence[Definition]

    @property
    def lab(self) -> Lab:
        """What is known of it now.

        Raises:
            ProvisionError: it was stopped.
        """
        lab = state.read(self.folder)
        if lab is None:
            raise ProvisionError("the lab was stopped", where=str(self.folder))
        return lab

    def url(self, name: str) -> str:
        """Where a person looks for it, such as `Prometheus`."""
        return self.lab.urls[name]

    @property
    def runs_on(self) -> str:
        """What runs it."""
        return "processes"

    @property
    def entries(self) -> tuple[str, ...]:
        """Where users get in."""
        return (self.url("application").removeprefix("http://"),)

    @property
    def host(self) -> str:
        """What users call it: nothing but its address."""
        return ""

    @property
    def resend_seconds(self) -> float:
        """How often Prometheus tells again of an alert."""
        return seconds(stack.RESEND)

    def conditions(self) -> list[Event]:
        """How its processes are."""
        return [
            Event(time.time(), "processes", f"{entry.name} (pid {entry.pid}) {_condition(entry.process)}")
            for entry in self.lab.processes
        ]

    def running(self, name: str) -> Running:
        """The process of that name, such as `app-2`.

        Raises:
            ProvisionError: it doesn't run.
        """
        for entry in self.lab.processes:
            if entry.name == name and processes.alive(entry.process):
                return entry
        raise ProvisionError(
            f"{name} doesn't run", where=f"the lab in {self.folder}", remedy="start another lab"
        )

    def component(self, name: str) -> Component:
        """How the process of that name is started again: as it was started that runs now."""
        entry = self.running(name)
        told = processes.PROC / str(entry.pid)
        command, environment = (_texts((told / name).read_bytes()) for name in ("cmdline", "environ"))
        own = dict(text.split("=", 1) for text in environment if text.partition("=")[0] not in _GIVEN)
        ready = _READY.get(entry.service, "")
        most, _ = resource.prlimit(entry.pid, resource.RLIMIT_DATA)
        return Component(name, entry.service, command, entry.url, ready, environment=own, data_bytes=most)

    @property
    def routes_file(self) -> Path:
        """Traefik's dynamic configuration, which it watches."""
        return self.folder / "traefik" / "routes.yml"

    def routes(self) -> dict[str, Any]:
        """The same, read."""
        found: dict[str, Any] = yaml.load(self.routes_file.read_bytes(), yaml.CSafeLoader)
        return found

    def balancer(self) -> dict[str, Any]:
        """Of it, the load balancer of the application."""
        found: dict[str, Any] = self.routes()["http"]["services"]["app"]["loadBalancer"]
        return found

    def health_check_seconds(self, gone: int = 1) -> float:
        """The longest that so many servers may be gone before Traefik's health check has noticed: a whole interval,
        and the time-out of each check that fails. It asks one server after the other (Traefik, pkg/healthcheck)."""
        check = self.balancer()["healthCheck"]
        return seconds(check["interval"]) + gone * seconds(check["timeout"])

    def answer_timeout_seconds(self) -> float:
        """How long Traefik waits for a server to answer, as it was started."""
        return seconds(_argument(self.component("traefik").command, "responseheadertimeout"))

    def dial_timeout_seconds(self) -> float:
        """How long Traefik waits for a connection to a server."""
        return seconds(_argument(self.component("traefik").command, "dialtimeout"))

    @property
    def replicas(self) -> int:
        """How many servers Traefik has for the application."""
        return len(self.balancer()["servers"])


def _condition(process: processes.Process) -> str:
    fields = processes.stat(process.pid)
    if fields is None or not processes.alive(process):
        return "has ended"
    return "is stopped" if fields[0] in "Tt" else "runs"


def _texts(zero_ended: bytes) -> tuple[str, ...]:
    return tuple(os.fsdecode(part) for part in zero_ended.rstrip(b"\0").split(b"\0") if part)


def _argument(command: Sequence[str], name: str) -> str:
    """The value of the argument whose name ends so, such as `…dialtimeout=1s`."""
    found = (
        each.partition("=")[2] for each in command if each.partition("=")[0].lower().endswith(f".{name}")
    )
    return next(found, "30s")  # what Traefik takes for both of them: its documentation of serversTransport
