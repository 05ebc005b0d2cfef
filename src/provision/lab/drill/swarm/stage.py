"""What a drill on a Swarm acts on: a cluster of nested engines that runs the project's stacks."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provision.author.durations import seconds
from provision.compile.kinds import STACK
from provision.errors import ProvisionError, Unreachable
from provision.lab.drill.values import Event
from provision.lab.swarm import cluster as clusters
from provision.lab.swarm import node as nodes
from provision.lab.swarm import state
from provision.lab.swarm.state import Cluster
from provision.model import Definition, decode
from provision.tools import docker
from provision.tools.docker import Engine

GALLERY: Final = "app_gallery"
TRAEFIK: Final = "app_traefik"
FIRST: Final = "manager-1"
"""The manager that keeps the data of both stacks, and is never taken away but by the drill that says so."""

_LIMIT_SECONDS: Final = 10.0

REMEMBERED_SECONDS: Final = 1.0
"""For how long the nodes aren't asked again how they are: a question starts two clients, on the machine that is measured."""

_NO_LEADER: Final = re.compile(r"\bswarm does not have a leader\b", re.IGNORECASE)
"""What a manager says that has heard of no leader for 11 s, and no other one does: until then it lets the question wait, and
a leader that has lost the others answers from what it knows until it has noticed, after 10 to 20 s. Source:
moby/swarmkit, manager/state/raft."""


@dataclass(slots=True)
class _Remembered:
    """What was seen last, and until when (`time.monotonic`) that will do."""

    events: list[Event] = field(default_factory=list)
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class SwarmStage:
    """A Swarm to try something on.

    Attributes:
        cluster_folder: where the cluster keeps what it needs.
        definitions: the project's, compiled for it.
        host: what users call the gallery.
        notifications: where what Alertmanager delivers can be read.
        resend_seconds: how often Prometheus tells again of an alert.
    """

    cluster_folder: Path
    definitions: Sequence[Definition]
    host: str
    notifications: str
    resend_seconds: float = 60.0
    _last: _Remembered = field(default_factory=_Remembered, compare=False, repr=False)

    @property
    def cluster(self) -> Cluster:
        """The cluster as it is now.

        Raises:
            ProvisionError: it was taken away.
        """
        found = state.read(self.cluster_folder)
        if found is None:
            raise ProvisionError("the Swarm was taken away", where=str(self.cluster_folder))
        return found

    @property
    def folder(self) -> Path:
        """Where it is written down what is to be healed: it goes with the cluster."""
        return self.cluster.sockets

    @property
    def runs_on(self) -> str:
        """What runs it."""
        return "engine"

    @property
    def entries(self) -> tuple[str, ...]:
        """Traefik, on every manager."""
        return tuple(f"{each.address}:80" for each in self.cluster.nodes if each.role == "manager")

    def url(self, name: str) -> str:
        """Where `Prometheus`, `Alertmanager` and the `notifications` are."""
        if name == "notifications":
            return self.notifications
        port = {"Prometheus": 9090, "Alertmanager": 9093}[name]
        return f"http://{self.cluster.node(FIRST).address}:{port}"

    def engine(self, name: str = "") -> Engine:
        """The engine of a node; of the first manager that runs, when none is named.

        Raises:
            Unreachable: no manager runs.
        """
        return clusters.engine(self.cluster, name) if name else a_manager(self.cluster)

    def docker(self, *arguments: str, node: str = "") -> str:
        """What the client printed on a node's engine, by default that of the first manager that runs.

        Raises:
            ProvisionError: no manager runs, or it refuses, such as without a quorum.
        """
        return docker.call(self.engine(node), *arguments, time_limit_seconds=_LIMIT_SECONDS)

    def service(self, stack: str, name: str) -> Mapping[str, Any]:
        """A service as it was compiled."""
        for item in self.definitions:
            if (item.kind, item.key) == (STACK, stack):
                found: Mapping[str, Any] = decode(item.body)["services"][name]
                return found
        raise ProvisionError(f"there is no stack {stack}", where="provisioning/")

    def health_check_seconds(self, gone: int = 1) -> float:
        """As `provision.lab.drill.stage.Stage.health_check_seconds`, by the labels of the gallery."""
        labels = self.service("app", "gallery")["deploy"]["labels"]
        check = {name.rpartition(".")[2]: text for name, text in labels.items() if ".healthcheck." in name}
        return seconds(check["interval"]) + gone * seconds(check["timeout"])

    def labels(self) -> Mapping[str, str]:
        """The labels of the gallery that Traefik reads, as they are now."""
        found: Mapping[str, str] = json.loads(
            self.docker("service", "inspect", GALLERY, "--format", "{{json .Spec.Labels}}")
        )
        return {name: text for name, text in found.items() if name.startswith("traefik.")}

    def has_quorum(self) -> bool:
        """Whether the managers can decide anything: False where one of them says that they have no leader.

        Raises:
            ProvisionError: nobody can say, as where no manager runs, or none answers in time.
        """
        try:
            self.docker("node", "ls", "--quiet")
        except ProvisionError as error:
            if not _NO_LEADER.search(error.what):
                raise
            return False
        return True

    def places(self) -> Counter[str]:
        """How many tasks of the gallery run on each node, as the managers see it.

        Raises:
            ProvisionError: they can't say.
        """
        lines = self.docker(
            "service",
            "ps",
            GALLERY,
            "--filter",
            "desired-state=running",
            "--format",
            "{{.Node}} {{.CurrentState}}",
        )
        return Counter(line.split()[0] for line in lines.splitlines() if line.split()[1:2] == ["Running"])

    def is_updating(self, service: str = GALLERY) -> bool:
        """Whether tasks of a service are being replaced, one after the other."""
        form = "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}"
        return self.docker("service", "inspect", service, "--format", form).strip() == "updating"

    def conditions(self) -> list[Event]:
        """How the nodes are, and where the gallery's tasks are; as they were less than a second ago, where that was asked."""
        if time.monotonic() >= self._last.until:
            self._last.events = self._looked_at()
            self._last.until = time.monotonic() + REMEMBERED_SECONDS
        return list(self._last.events)

    def _looked_at(self) -> list[Event]:
        now = time.time()
        try:
            listed = self.docker(
                "node", "ls", "--format", "{{.Hostname}}\t{{.Status}}\t{{.Availability}}\t{{.ManagerStatus}}"
            )
            places = self.places()
        except ProvisionError as error:
            if _NO_LEADER.search(error.what):
                said = "the managers have no quorum: nothing can be changed, what runs goes on"
            else:
                said = f"the managers can't be asked: {error.what}"
            return [Event(now, "engine", said)]
        found = [Event(now, "engine", _said(line)) for line in listed.splitlines()]
        where = ", ".join(f"{count} on {name}" for name, count in sorted(places.items())) or "none"
        return [*found, Event(now, "engine", f"tasks of the gallery that run: {where}")]


def a_manager(cluster: Cluster) -> Engine:
    """The engine of the first manager that runs.

    Raises:
        Unreachable: none does.
    """
    for each in cluster.nodes:
        if each.role == "manager" and nodes.runs(each):
            return clusters.engine(cluster, each.name)
    raise Unreachable("no manager runs", where=str(cluster.folder))


def _said(line: str) -> str:
    name, status, availability, manager = line.split("\t")
    extra = "" if availability == "Active" else f", {availability.lower()}"
    role = f" ({manager.lower()})" if manager else ""
    return f"{name}{role} is {status.lower()}{extra}"
