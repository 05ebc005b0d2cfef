"""What every lab that can be broken has in common, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from provision.model import Definition

if TYPE_CHECKING:
    from provision.lab.drill.values import Event


class Scene(Protocol):
    """A lab to try something on."""

    @property
    def folder(self) -> Path:
        """Where is written down what is to be healed (`provision.lab.drill.healing`)."""

    @property
    def definitions(self) -> Sequence[Definition]:
        """The project's, compiled for it."""

    @property
    def resend_seconds(self) -> float:
        """How often its Prometheus tells again of an alert that fires."""

    @property
    def runs_on(self) -> str:
        """What runs it: `processes`, or the `engine` of a Swarm."""

    @property
    def entries(self) -> tuple[str, ...]:
        """Where users get in: `host:port`, the next where one doesn't answer, as with several addresses of a name."""

    @property
    def host(self) -> str:
        """What users call it; empty: by its address."""

    def url(self, name: str) -> str:
        """Where `Prometheus`, `Alertmanager` and the `notifications` are."""

    def conditions(self) -> list[Event]:
        """How the things that run it are now, each as an event; raises OSError where nobody can say."""
