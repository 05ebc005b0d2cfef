"""One server a module. A target reads what is live and carries out batches of actions.

`Target` is all that planning and applying know of a server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from provision.model import Action, Live, Outcome, Plan, Resource


class Target(Protocol):
    """One organisation, tenant or folder that holds resources.

    Attributes:
        name: what a person calls it, such as `grafana http://127.0.0.1:3000`.
        identity: what tells it apart from every other target, such as `http://127.0.0.1:3000 default`.
        order: kinds in the order they are written; deletions go the other way round.
        marks: the kinds for which the server has room for a mark of ownership.
    """

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def identity(self) -> str:
        """What tells it apart from every other target."""
        ...

    @property
    def order(self) -> tuple[str, ...]:
        """Kinds in the order they are written."""
        ...

    @property
    def marks(self) -> frozenset[str]:
        """Kinds that carry a mark."""
        ...

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """What the target holds now, of the kinds in `order`, with GETs only: at least what this project
        owns and each (kind, key) in `wanted`.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        ...

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        """What is live as it is to be compared with what is desired: the part that it is of something which projects
        share, without secrets that the sources only refer to. Asked after `read`; sends nothing.

        Args:
            live: what was read under that kind and key.
        """
        ...

    def applied(self, live: Live) -> bytes | None:
        """The body that the owner of a live resource sent last, as its mark says; None where the target doesn't keep
        it. Sends GETs only."""
        ...

    def missing_permissions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What the credentials may not do of `actions`, one sentence a resource; empty when nothing is missing
        or the server has no way to ask. Sends GETs only."""
        ...

    def obstacles(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What the server would refuse of `actions` though it is allowed, one sentence each. Sends GETs only."""
        ...

    def begin(self, plan: Plan) -> None:
        """Called once before the first write of a plan: where a target keeps marks apart from what they mark, it
        writes them down now, so that a push that is killed knows its own work again.

        Raises:
            ProvisionError: it can't; then nothing was written.
        """
        ...

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        """Carry out actions that may run together, and say what came of each, in any order. A failure of one
        is an `Outcome`, not an exception. Every write carries the owner's mark where there is room for it.

        `batch` is taken from lazily, an action when it is about to be begun: it ends early when the user
        interrupts, and what was not taken from it gets no outcome here.
        """
        ...
