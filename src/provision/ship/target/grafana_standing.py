"""Notification policies that stand in the tree although no ledger says whose they are, as after `pull --all`: they are
the same, not ours, and a push neither writes nor doubles them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import POLICY
from provision.model import Live, Mark, Resource, decode, digest, encode
from provision.ship.target.grafana_named import mark_of_provenance, to_be_locked
from provision.ship.target.grafana_policies import KEY, alike, claimed, own_routes, root_of, top_routes
from provision.ship.target.grafana_server import Server

_Route = dict[str, Any]
_TITLE = "Notification policies"


def whole(server: Server) -> Live:
    """The whole tree, whoever has which route."""
    tree = server.client.alerting.policies()
    content = canonical(POLICY, {"routes": top_routes(tree), "root": root_of(tree)})
    return Live(POLICY, KEY, content, title=_TITLE)


def standing(server: Server, desired: Resource, live: Live | None) -> Live | None:
    """What stands in the tree for policies that are desired, where the ledger doesn't say it.

    Where all of the routes stand there in their order, they are just that, whoever made them. Else, where the project
    has none yet, those that are equal to a desired one stand for it, and those that have the same matchers. Routes of
    other projects alone do so only when they are most of what is desired: two projects may want the same route.

    Args:
        live: what the ledger says is the project's; what is live is returned in its place.
    """
    tree = server.book.tree
    if tree is None:
        return live
    routes, wanted = top_routes(tree), decode(desired.body)["routes"]
    mine = own_routes(server, routes)
    if live is not None and encode([routes[at] for at in mine]) == encode(wanted):
        return live
    others = claimed(server, routes)
    free = [at for at in range(len(routes)) if at not in others]
    found = _in_order(wanted, routes, free) or _in_order(wanted, routes, range(len(routes)))
    if found is None or not set(mine) <= set(found):
        if mine:
            return live
        found = sorted(alike(wanted, routes, [*free, *others]))
        if not (set(found) & set(free) or server.own_tree or 2 * len(found) > len(wanted)):
            return live
    owners = {others[at] for at in found if at in others}
    return _found(server, tree, [routes[at] for at in found], owners, desired)


def _found(
    server: Server, tree: Mapping[str, Any], routes: list[_Route], owners: set[str], desired: Resource
) -> Live:
    """Routes that stand in the tree for desired ones.

    Args:
        owners: the other projects that have some of them.
    """
    body: dict[str, Any] = {"routes": routes}
    if server.own_tree:
        body["root"] = root_of(tree)
    content, mark = canonical(POLICY, body), mark_of_provenance(tree)
    fixed = f"a route of it belongs to {min(owners)!r}" if owners else ""
    provenance = str(tree.get("provenance") or "")
    outdated = to_be_locked(server, provenance) if server.own_tree else ""
    found = Live(POLICY, KEY, content, mark, provenance, _TITLE, fixed, outdated=outdated)
    known = (POLICY, KEY) in server.book.of(server.owner).entries
    if owners and not known:
        return replace(found, mark=Mark(min(owners), digest(content)))
    if mark is None and not known and server.own_tree and content != desired.body:
        return replace(found, mark=Mark(server.owner, digest(content)))
    return server.book.marked(found, server.owner)


def _in_order(wanted: Sequence[_Route], routes: Sequence[_Route], free: Iterable[int]) -> list[int] | None:
    """Where the wanted routes stand, each behind the one before it; None where they don't."""
    found: list[int] = []
    for at in free:
        if len(found) < len(wanted) and encode(routes[at]) == encode(wanted[len(found)]):
            found.append(at)
    return found if len(found) == len(wanted) else None
