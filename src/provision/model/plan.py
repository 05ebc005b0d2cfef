"""A plan: an immutable, ordered list of actions, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from provision.model.nouns import Live, Resource


class Verb(StrEnum):
    """What a plan does with a resource. `conflict` and `foreign` stop it."""

    KEEP = "keep"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"
    CONFLICT = "conflict"
    FOREIGN = "foreign"

    @property
    def writes(self) -> bool:
        """Whether carrying it out sends a write."""
        return self in (Verb.CREATE, Verb.UPDATE, Verb.DELETE, Verb.ADOPT)

    @property
    def stops(self) -> bool:
        """Whether it keeps the resource from being written."""
        return self in (Verb.CONFLICT, Verb.FOREIGN)


@dataclass(frozen=True, slots=True)
class Action:
    """What is to happen to one resource.

    Attributes:
        desired: what the sources ask for; None for `delete`.
        live: what the target holds; None for `create`.
        reason: why it stops, or why it is unusual; one sentence, or empty.
        former: what is put back by an action that undoes another: `desired` has its body, and it gets its own
            mark instead of the project's. None for any other action.
        base: what this project applied last, of what was edited since; None where the target doesn't know it.
    """

    verb: Verb
    kind: str
    key: str
    desired: Resource | None
    live: Live | None
    reason: str = ""
    former: Live | None = None
    base: bytes | None = None

    @property
    def before(self) -> bytes | None:
        """The live body, or None."""
        return self.live.body if self.live else None

    @property
    def after(self) -> bytes | None:
        """The desired body, or None."""
        return self.desired.body if self.desired else None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is to happen on one target, in order.

    Attributes:
        target: what a person calls the target, such as `grafana http://127.0.0.1:3000`.
        owner: the project's name, which marks what it owns.
        actions: in the order they are carried out.
        left: what the owner has on the target and no source defines any more, where nothing is to be deleted.
        owned: how many resources the owner has on the target.
        verdict: why it isn't carried out unless it is forced; a sentence with the counts, or empty.
        asked: what the user asked for when it was made: `overwrite`, `adopt`, `prune`, `force`,
            `own_policy_tree`.
        identity: what tells the target apart from every other, for a plan that is kept and carried out later.
        instance: what the settings or the command line call the target; empty when it has no name there.
    """

    target: str
    owner: str
    actions: tuple[Action, ...]
    left: tuple[Live, ...] = ()
    owned: int = 0
    verdict: str = ""
    asked: tuple[str, ...] = ()
    identity: str = ""
    instance: str = ""

    @property
    def refused(self) -> bool:
        """Whether it isn't carried out as it changes too much at once, and nobody forced it."""
        return bool(self.verdict) and "force" not in self.asked

    @property
    def heading(self) -> str:
        """The target with its name, such as `eu: grafana https://eu.example.org`."""
        return f"{self.instance}: {self.target}" if self.instance else self.target

    @property
    def writes(self) -> tuple[Action, ...]:
        """The actions that send a write."""
        return tuple(action for action in self.actions if action.verb.writes)

    @property
    def stops(self) -> tuple[Action, ...]:
        """The actions that stop a resource from being written."""
        return tuple(action for action in self.actions if action.verb.stops)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action.

    Attributes:
        status: `done`; `failed`; `skipped` when it wasn't tried (interrupted, or what it needs failed);
            `undone` when it was put back.
        message: one sentence for a person; empty when there is nothing to say.
        url: where to look at the result, if anywhere.
        seconds: how long the write took.
        left_behind: whether something of a write that failed may still be on the target.
        not_allowed: whether it failed because the server refused the credentials (401, 403).
        remedy: what can be done about a failure, where more is known than that it is to be mended; the message may
            say it, too.
    """

    action: Action
    status: Literal["done", "failed", "skipped", "undone"]
    message: str = ""
    url: str = ""
    seconds: float = 0.0
    left_behind: bool = False
    not_allowed: bool = False
    remedy: str = ""
