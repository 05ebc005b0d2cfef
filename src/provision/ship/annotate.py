"""A note on a Grafana's time line that a push has changed something there (`--annotate`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

from provision.errors import ProvisionError
from provision.model import Outcome, Verb
from provision.ship.fleet import Leg

TAG: Final = "provision"
"""The tag of every such note; the other one is the project's name."""

_DID: Final = {
    Verb.CREATE: "created",
    Verb.UPDATE: "updated",
    Verb.DELETE: "deleted",
    Verb.ADOPT: "taken over",
}
_COMMIT: Final = 12
"""Hex digits of a commit that tell it apart, even in a large repository."""


@runtime_checkable
class Annotated(Protocol):
    """A target that keeps notes."""

    def annotate(self, text: str, tags: Sequence[str]) -> None:
        """Leave a note.

        Raises:
            ProvisionError: the server doesn't take it.
        """
        ...


def annotate_all(legs: Sequence[Leg], commit: str) -> tuple[str, ...]:
    """Leave a note wherever the push has written something; a sentence for each that could not be left.

    Args:
        commit: the id of the commit that the sources are at; empty for none.
    """
    said = []
    for leg in legs:
        written = any(outcome.status == "done" for outcome in leg.outcomes)
        if written and isinstance(leg.target, Annotated):
            try:
                leg.target.annotate(note(leg.plan.owner, leg.outcomes, commit), (TAG, leg.plan.owner))
            except ProvisionError as error:
                said.append(f"the annotation could not be left: {error}")
    return tuple(said)


def note(owner: str, outcomes: Sequence[Outcome], commit: str) -> str:
    """Such as `provision: shop at 1f2e3d4c5b6a: 2 created, 1 updated; 1 not done`."""
    done = Counter(outcome.action.verb for outcome in outcomes if outcome.status == "done")
    counts = ", ".join(f"{done[verb]} {word}" for verb, word in _DID.items() if done[verb])
    missed = sum(outcome.status != "done" for outcome in outcomes)
    at = f" at {commit[:_COMMIT]}" if commit else ""
    return f"provision: {owner}{at}: {counts}{f'; {missed} not done' if missed else ''}"
