"""A Grafana as a target: one organisation, over whichever API the server has for each kind.

| kind | resource API | classic API |
| --- | --- | --- |
| folder | manager annotations | the project's ledger |
| data source | – | a field of `jsonData` |
| dashboard | manager annotations | a tag, and the message of the newest version |
| library panel, and all of alerting | – | the project's ledger, as for folders of the classic API |
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from provision.client.grafana import open_client
from provision.client.session import Endpoint
from provision.compile.dialect.grafana import Binding, GrafanaDialect
from provision.compile.kinds import CONTACT_POINT, DASHBOARD, FOLDER, POLICY
from provision.errors import UsageError
from provision.model import Action, Live, Outcome, Plan, Resource, Verb, decode
from provision.ship.target import (
    grafana_applied,
    grafana_bindings,
    grafana_ledger_write,
    grafana_live,
    grafana_permissions,
)
from provision.ship.target.grafana_contacts import without_secrets
from provision.ship.target.grafana_default import replaced
from provision.ship.target.grafana_discovery import discover, keepers_for, organisation_of
from provision.ship.target.grafana_obstacles import obstacles
from provision.ship.target.grafana_server import Keeper, Server, at_once, ledgered
from provision.ship.target.grafana_standing import standing
from provision.ship.target.grafana_write import KINDS, carry_out, link

UI_EDITS: Final = ("locked", "allowed")


@dataclass(frozen=True, slots=True)
class Grafana:
    """One organisation of a Grafana.

    Attributes:
        dialect: what it understands, as discovered.
        organisation: its name; empty when the credentials may not know it.
    """

    server: Server
    organisation: str
    keepers: Mapping[str, Keeper] = field(repr=False)

    @property
    def dialect(self) -> GrafanaDialect:
        """What it understands."""
        return self.server.dialect

    @property
    def name(self) -> str:
        """What a person calls it."""
        suffix = (
            f" ({self.organisation})" if self.dialect.namespace != "default" and self.organisation else ""
        )
        return f"grafana {self.server.url}{suffix}"

    @property
    def identity(self) -> str:
        """What tells it apart from every other target."""
        return f"{self.server.url} {self.dialect.namespace}"

    @property
    def order(self) -> tuple[str, ...]:
        """Kinds in the order they are written."""
        return KINDS

    @property
    def marks(self) -> frozenset[str]:
        """Kinds that carry a mark."""
        return frozenset(self.keepers)

    @property
    def ledgered(self) -> frozenset[str]:
        """Kinds whose marks lie in the ledger."""
        return ledgered(self.keepers)

    def close(self) -> None:
        """Close all connections."""
        self.server.client.close()

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """What is live: everything in `wanted` that exists, and everything that carries a mark of this toolkit.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        return grafana_live.read(self.server, self.keepers, wanted)

    def everything(self) -> Iterator[Live]:
        """All that it holds, whoever owns it, but the ledgers.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        return grafana_live.everything(self.server, self.keepers)

    def shown(self) -> Iterator[Live]:
        """The dashboards, library panels and Grafana's own rules, whoever owns them, as far as the credentials may see them.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        return grafana_live.shown(self.server, self.keepers)

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        """Policies within the tree of all, and contact points without what the sources have behind a reference."""
        if desired.kind == POLICY:
            return standing(self.server, desired, live)
        return without_secrets(self.server, desired, live) if desired.kind == CONTACT_POINT else live

    def applied(self, live: Live) -> bytes | None:
        """What Grafana's history of a dashboard still has of what was sent last."""
        return grafana_applied.applied(self.server, live)

    def missing_permissions(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What the credentials may not do of `actions`; nothing where the server can't say (Grafana 9)."""
        if not actions:
            return ()
        permissions = self.server.client.permissions()
        if permissions is None:
            return ()
        listed = [action for action in actions if action.kind in self.ledgered]
        ledger = self._ledger(self.server.owner, listed) if listed else None
        asked = (*actions, ledger) if ledger is not None else actions
        return grafana_permissions.missing(asked, permissions, cache(self._parent))

    def _ledger(self, owner: str, actions: Sequence[Action]) -> Action | None:
        """What writes the ledger before these actions."""
        return self.server.book.action(self.server.book.ahead(owner, actions))

    def _parent(self, folder: str) -> str:
        """The folder that a live folder lies in; none where the credentials may not see that."""
        live = self.keepers[FOLDER].one(self.server, folder)
        return "" if live is None else str(decode(live.body).get("parentUid") or "")

    def obstacles(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What the server would refuse of `actions` though it is allowed, a sentence each. Sends GETs only."""
        return obstacles(self.server, actions)

    def irreversible(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What of `actions` could not be put back, as something else goes with it, a sentence each. Sends GETs only."""
        return tuple(replaced(self.server, actions))

    def begin(self, plan: Plan) -> None:
        """Write the project's ledger, where the plan writes anything whose mark lies in it.

        Raises:
            ProvisionError: it can't be written, or another push of the project has written it meanwhile.
        """
        actions = [action for action in plan.writes if action.kind in self.ledgered]
        if actions:
            self.server.book.expect(actions)
            ledger = self.server.book.ahead(plan.owner, actions)
            grafana_ledger_write.write(self.server, self.keepers[DASHBOARD], ledger)

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        """Carry out actions of one kind, several at once, and say what came of each as soon as it is known."""
        actions = iter(batch)
        first = next(actions, None)
        if first is None:
            return
        done: list[Action] = []
        keeper = self.keepers[first.kind]
        work = chain((first,), actions)
        self.server.pace.begin()
        width = keeper.width or self.server.pace.width
        for outcome in at_once(work, lambda action: self._carry_out(action, owner), width):
            if outcome.status == "done":
                done.append(outcome.action)
            yield outcome
        if first.kind in (CONTACT_POINT, POLICY):
            ledger = self.server.book.after(owner, done)
            grafana_ledger_write.confirm(self.server, self.keepers[DASHBOARD], ledger)

    def _carry_out(self, action: Action, owner: str) -> Outcome:
        keeper = self.keepers[action.kind]
        if action.verb is Verb.ADOPT and not keeper.marked and not _is_of_setting(action):
            # The ledger says so already.
            return Outcome(action, "done", url=link(self.server, keeper, action))
        return carry_out(self.server, keeper, action, owner)

    def page(self, action: Action) -> str:
        """Where people look at what an action is about."""
        return link(self.server, self.keepers[action.kind], action)

    def annotate(self, text: str, tags: Sequence[str]) -> None:
        """Leave a note on the time line.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        self.server.client.annotate(text, tags)

    def binding(self, name_or_uid: str) -> Binding:
        """The data source of that uid or name.

        Raises:
            ProvisionError: there is none, or one has the uid and another the name.
        """
        return grafana_bindings.binding(self.server.client, name_or_uid, self.name)


def _is_of_setting(action: Action) -> bool:
    """Whether it is to be written whether Grafana's page may save it, though nothing else of it is."""
    return action.live is not None and bool(action.live.outdated)


def connect(
    endpoint: Endpoint,
    *,
    ui_edits: str = "locked",
    environ: Mapping[str, str] = os.environ,
    root: Path = Path(),
    sleep: Callable[[float], None] = time.sleep,
    owner: str = "",
    own_tree: bool = False,
) -> Grafana:
    """The Grafana at `endpoint`, in the organisation of its credentials; asks what it is and understands.

    Args:
        ui_edits: whether Grafana's page may save what this project owns: `locked` or `allowed`.
        environ: where secrets by environment variable are found.
        root: what paths of secrets by file are relative to; the project's root.
        sleep: waits so many seconds before something is tried again.
        owner: the project's name, as marks spell it.
        own_tree: whether the root notification policy is the project's, too.

    Raises:
        UsageError: `ui_edits` is something else.
        Unreachable: it doesn't answer, or isn't a Grafana.
        NotAllowed: it wants other credentials.
    """
    if ui_edits not in UI_EDITS:
        raise UsageError(f"[tool.provision] ui_edits must be one of {', '.join(UI_EDITS)}, not {ui_edits!r}")
    client = open_client(endpoint, sleep)
    health = client.health()
    organisation = organisation_of(client)
    dialect = discover(client, str(health.get("version") or ""), organisation.get("id"))
    server = Server(
        client, dialect, ui_edits == "locked", environ, root, sleep, owner=owner, own_tree=own_tree
    )
    return Grafana(server, str(organisation.get("name") or ""), keepers_for(dialect))
