"""What a Grafana holds, of each kind with the mark that it carries or the ledger tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provision.compile.kinds import DASHBOARD, GRAFANA_RULE_GROUP, LIBRARY_PANEL, POLICY
from provision.model import Live
from provision.ship.target import grafana_inventory
from provision.ship.target.grafana_ledger import uid_of
from provision.ship.target.grafana_server import Keeper, Server, ledgered
from provision.ship.target.grafana_standing import whole
from provision.ship.target.grafana_write import ALERTING, KINDS


def read(server: Server, keepers: Mapping[str, Keeper], wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
    """Everything in `wanted` that exists, and everything that carries a mark of this toolkit.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    owner, book, in_ledger = server.owner, server.book, ledgered(keepers)
    book.forget()
    keys = {kind: frozenset(key for of, key in wanted if of == kind) for kind in KINDS}
    # Lists may leave out a ledger that an account which isn't an administrator has just created.
    ledger = {uid_of(owner)} if owner and any(keys[kind] for kind in in_ledger) else set()
    for kind in (kind for kind in KINDS if kind not in in_ledger):
        more = ledger if kind == DASHBOARD else set()
        for found in keepers[kind].read(server, keys[kind] | more):
            if kind != DASHBOARD or not book.learn(found):
                yield found
    for kind in (kind for kind in KINDS if kind in in_ledger):
        both = keys[kind] | book.keys(kind, owner)
        if both and (server.dialect.alerting or kind not in ALERTING):
            book.read_kinds.add(kind)
            for found in keepers[kind].read(server, both):
                yield book.marked(found, owner)


def everything(server: Server, keepers: Mapping[str, Keeper]) -> Iterator[Live]:
    """All that there is, whoever owns it, but the ledgers.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    names = frozenset(grafana_inventory.everything(server))
    yield from (found for found in read(server, keepers, names) if found.kind != POLICY)
    if server.dialect.alerting:
        yield whole(server)


def shown(server: Server, keepers: Mapping[str, Keeper]) -> Iterator[Live]:
    """The dashboards, library panels and Grafana's own rules, whoever owns them, as far as the credentials may see them.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    names = frozenset(grafana_inventory.shown(server))
    for kind in (DASHBOARD, LIBRARY_PANEL, GRAFANA_RULE_GROUP):
        keys = frozenset(key for of, key in names if of == kind)
        if keys:
            yield from keepers[kind].read(server, keys)
