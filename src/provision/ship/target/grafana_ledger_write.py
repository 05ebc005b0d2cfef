"""Writing a project's ledger: the dashboard that holds it goes the way of any other."""

from __future__ import annotations

from dataclasses import replace

from provision.errors import NotAllowed, ProvisionError
from provision.ship.target.grafana_ledger import Ledger, uid_of
from provision.ship.target.grafana_server import Keeper, Server
from provision.ship.target.grafana_write import carry_out


def write(server: Server, keeper: Keeper, ledger: Ledger) -> None:
    """Write the ledger, unless it says so already.

    Args:
        keeper: how dashboards are kept.

    Raises:
        NotAllowed: the credentials may not write it.
        ProvisionError: it can't be written, or another push of the project has written it since it was read.
    """
    book = server.book
    unread = None if book.is_known(ledger.owner) else keeper.one(server, uid_of(ledger.owner))
    action = book.action(ledger, unread)
    if action is None:
        return
    outcome = carry_out(replace(server, locked=True), keeper, action, ledger.owner)
    if outcome.status == "done":
        book.written(ledger)
        return
    where = f"{server.url}, ledger {action.key}"
    if outcome.not_allowed:
        raise NotAllowed(outcome.message, status=403, where=where)
    if "meanwhile" in outcome.message:
        what = f"another push of {ledger.owner!r} has written here since this one was planned"
        raise ProvisionError(what, where=where, remedy="plan again to see what it did")
    raise ProvisionError(outcome.message, where=where)


def confirm(server: Server, keeper: Keeper, ledger: Ledger) -> None:
    """Write the ledger after what it had as pending is done. Where that fails nothing is lost: the next push takes
    it for half done, and does it once more."""
    if server.book.of(ledger.owner) == ledger:
        return
    action = server.book.action(ledger, keeper.one(server, uid_of(ledger.owner)))
    if (
        action is not None
        and carry_out(replace(server, locked=True), keeper, action, ledger.owner).status == "done"
    ):
        server.book.written(ledger)
