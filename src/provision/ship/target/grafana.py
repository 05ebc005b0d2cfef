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
from typing import Any, Final

from provision.client.grafana import open_client
from provision.client.session import Endpoint
from provision.compile.dialect.grafana import Binding, GrafanaDialect
from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    POLICY,
)
from provision.errors import NotAllowed, ProvisionError, UsageError
from provision.model import Action, Live, Outcome, Plan, Resource, Verb, decode
from provision.ship.target import (
    grafana_applied,
    grafana_inventory,
    grafana_ledger_write,
    grafana_permissions,
)
from provision.ship.target.grafana_contacts import without_secrets
from provision.ship.target.grafana_default import replaced
from provision.ship.target.grafana_discovery import discover, keepers_for, organisation_of
from provision.ship.target.grafana_ledger import uid_of
from provision.ship.target.grafana_obstacles import obstacles
from provision.ship.target.grafana_server import Keeper, Server, at_once
from provision.ship.target.grafana_standing import standing, whole
from provision.ship.target.grafana_write import ALERTING, KINDS, carry_out, link

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
        return frozenset(kind for kind, keeper in self.keepers.items() if not keeper.marked)

    def close(self) -> None:
        """Close all connections."""
        self.server.client.close()

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        """What is live: everything in `wanted` that exists, and everything that carries a mark of this toolkit.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        server, owner, book = self.server, self.server.owner, self.server.book
        book.forget()
        keys = {kind: frozenset(key for of, key in wanted if of == kind) for kind in KINDS}
        # Lists may leave out a ledger that an account which isn't an administrator has just created.
        ledger = {uid_of(owner)} if owner and any(keys[kind] for kind in self.ledgered) else set()
        for kind in (kind for kind in KINDS if kind not in self.ledgered):
            more = ledger if kind == DASHBOARD else set()
            for found in self.keepers[kind].read(server, keys[kind] | more):
                if kind != DASHBOARD or not book.learn(found):
                    yield found
        for kind in (kind for kind in KINDS if kind in self.ledgered):
            both = keys[kind] | book.keys(kind, owner)
            if both and (self.dialect.alerting or kind not in ALERTING):
                book.read_kinds.add(kind)
                for found in self.keepers[kind].read(server, both):
                    yield book.marked(found, owner)

    def everything(self) -> Iterator[Live]:
        """All that it holds, whoever owns it, but the ledgers.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        names = frozenset(grafana_inventory.everything(self.server))
        yield from (found for found in self.read(names) if found.kind != POLICY)
        if self.dialect.alerting:
            yield whole(self.server)

    def shown(self) -> Iterator[Live]:
        """The dashboards, library panels and Grafana's own rules, whoever owns them, as far as the credentials may see them.

        Raises:
            Unreachable, ServerRefused, NotAllowed: as the server answers.
        """
        names = frozenset(grafana_inventory.shown(self.server))
        for kind in (DASHBOARD, LIBRARY_PANEL, GRAFANA_RULE_GROUP):
            keys = frozenset(key for of, key in names if of == kind)
            if keys:
                yield from self.keepers[kind].read(self.server, keys)

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
        found = self._datasources()
        fitting = [one for one in found if name_or_uid in (one.uid, one.name)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            others = ", ".join(f"{one.name!r} (uid {one.uid})" for one in fitting)
            raise ProvisionError(
                f"{name_or_uid!r} is the uid of one data source and the name of another: {others}",
                where=self.name,
                remedy="name it by the other one's uid or name",
            )
        known = ", ".join(sorted(f"{one.name} ({one.uid})" for one in found)) or "none"
        raise ProvisionError(
            f"there is no data source {name_or_uid!r}", where=self.name, remedy=f"it has: {known}"
        )

    def _datasources(self) -> list[Binding]:
        """Who may not read data sources may still query them, and Grafana's page is told of those."""
        try:
            return [Binding(one["uid"], one["type"], one["name"]) for one in self.server.client.datasources()]
        except NotAllowed:
            told: dict[str, Any] = self.server.client.settings().get("datasources") or {}
            return [
                Binding(one["uid"], one["type"], name)
                for name, one in told.items()
                if one.get("uid") and not one.get("meta", {}).get("builtIn")
            ]


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
