"""Notification policies: the project's top-level routes within a tree that it shares with others.

Which routes are the project's is found again by equality with what the ledger says was written; one that somebody
has edited since is known by its matchers. Others' routes are never touched, and stay in their order. Grafana takes
the tree only as a whole and locks nothing: it is read again just before it is written. The tree keeps the
provenance that it has, so that others may go on to change theirs on Grafana's page; with `--own-policy-tree` it is
the project's, and the root route with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import POLICY
from provision.errors import NotAllowed
from provision.model import Action, Live, Mark, decode, digest, encode
from provision.ship.target.grafana_named import mark_of_provenance, to_be_locked
from provision.ship.target.grafana_server import Keeper, Server, changed_meanwhile

KEY: Final = "root"

_NOT_OF_THE_ROOT: Final = ("routes", "provenance")

_Route = dict[str, Any]


def policies() -> Keeper:
    """How notification policies are kept."""
    return Keeper(False, 1, _read, _one, _write, lambda *_: "/alerting/routes")


def _read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    try:
        tree = server.client.alerting.policies()
    except NotAllowed:
        if wanted:
            raise
        return
    server.book.tree = tree
    found = _live(server, tree)
    if found is not None:
        yield found


def _one(server: Server, _: str) -> Live | None:
    return _live(server, server.client.alerting.policies())


def _live(server: Server, tree: Mapping[str, Any]) -> Live | None:
    """The project's part of the tree; None where it has none."""
    routes = top_routes(tree)
    mine = [routes[at] for at in own_routes(server, routes)]
    if not mine and not server.own_tree:
        return None
    body: dict[str, Any] = {"routes": mine}
    if server.own_tree:
        body["root"] = root_of(tree)
    content = canonical(POLICY, body)
    mark = mark_of_provenance(tree)
    if mark is None and server.own_tree:
        bases = server.book.of(server.owner).entries.get((POLICY, KEY), ())
        if not bases or digest(canonical(POLICY, {"routes": mine})) in bases:
            mark = Mark(
                server.owner, digest(content)
            )  # who says that the tree is theirs needs no --overwrite, too
    applied = server.book.of(server.owner).routes
    if mark is None and not server.own_tree and any(encode(list(state)) == encode(mine) for state in applied):
        mark = Mark(server.owner, digest(content))  # also when the root was written along with them
    provenance = str(tree.get("provenance") or "")
    outdated = to_be_locked(server, provenance) if server.own_tree else ""  # else the tree is everybody's
    return Live(POLICY, KEY, content, mark, provenance, "Notification policies", outdated=outdated)


def top_routes(tree: Mapping[str, Any]) -> list[_Route]:
    """The top-level routes in their one form."""
    found: list[_Route] = decode(canonical(POLICY, {"routes": tree.get("routes") or ()}))["routes"]
    return found


def own_routes(server: Server, routes: Sequence[_Route]) -> list[int]:
    """Where the project's routes stand among the top-level ones."""
    earlier = claimed(server, routes, lambda owner: owner < server.owner)
    free = [at for at in range(len(routes)) if at not in earlier]
    states = server.book.of(server.owner).routes
    whole = [(len(state), number) for number, state in enumerate(states) if _is_there(state, routes, free)]
    if whole:  # what a push was about to remove is there as long as it is
        return sorted(_equal(states[max(whole)[1]], routes, free).values())
    likely: list[int] = []
    for state in states:
        found = alike(state, routes, free)
        likely = found if len(found) >= len(likely) else likely
    return sorted(likely)


def claimed(
    server: Server, routes: Sequence[_Route], which: Callable[[str], bool] = lambda _: True
) -> dict[int, str]:
    """What other projects' ledgers say is theirs, and whose it is. Of routes that are equal the project whose name is the first in
    the alphabet has the first one, so that all projects see it alike."""
    found: dict[int, str] = {}
    for ledger in server.book.others(server.owner):
        for state in ledger.routes[-1:] if which(ledger.owner) else ():
            free = [at for at in range(len(routes)) if at not in found]
            found.update(dict.fromkeys(_equal(state, routes, free).values(), ledger.owner))
    return found


def _equal(state: Sequence[_Route], routes: Sequence[_Route], free: Sequence[int]) -> dict[int, int]:
    """Position in `state` → position in `routes` of those that are equal, each once."""
    left, pairs = list(free), {}
    for number, route in enumerate(state):
        for at in left:
            if encode(routes[at]) == encode(route):
                pairs[number] = at
                left.remove(at)
                break
    return pairs


def _is_there(state: Sequence[_Route], routes: Sequence[_Route], free: Sequence[int]) -> bool:
    return len(_equal(state, routes, free)) == len(state)


def alike(state: Sequence[_Route], routes: Sequence[_Route], free: Sequence[int]) -> list[int]:
    """Where routes stand that are equal to those of `state`, or else have the same matchers, each once."""
    pairs = _equal(state, routes, free)
    left = [at for at in free if at not in pairs.values()]
    for number, route in enumerate(state):
        if number not in pairs:
            same = [at for at in left if _matchers(routes[at]) == _matchers(route)]
            if same:
                pairs[number] = same[0]
                left.remove(same[0])
    return list(pairs.values())


def _matchers(route: Mapping[str, Any]) -> bytes:
    return encode(route.get("object_matchers") or [])


def _write(server: Server, action: Action, _: str) -> None:
    tree = server.client.alerting.policies()
    raw, routes = list(tree.get("routes") or ()), top_routes(tree)
    earlier = claimed(server, routes, lambda owner: owner < server.owner)
    free = [at for at in range(len(routes)) if at not in earlier]
    before = decode(action.before) if action.before is not None else {"routes": []}
    wanted = decode(action.after) if action.after is not None else {"routes": []}
    own = _equal(before["routes"], routes, free)
    if len(own) < len(before["routes"]):  # --overwrite takes over what another project has
        own = _equal(before["routes"], routes, [*free, *earlier])
    if len(own) < len(before["routes"]) or ("root" in before and before["root"] != root_of(tree)):
        if _is_there(wanted["routes"], routes, free) and wanted.get("root") in (None, root_of(tree)):
            return  # an earlier try has done it
        raise changed_meanwhile()
    theirs = claimed(server, routes)
    merged = merge(raw, routes, sorted(own.values()), wanted["routes"], theirs)
    root = {name: value for name, value in tree.items() if name not in _NOT_OF_THE_ROOT}
    sent = {**(wanted.get("root") or root), "routes": merged}
    locks = server.own_tree and server.locked
    if encode({**root, "routes": raw}) == encode(sent) and (tree.get("provenance") or not locks):
        return  # they stood there already, by whomever
    server.client.alerting.put_policies(sent, editable=not tree.get("provenance") and not locks)


def root_of(tree: Mapping[str, Any]) -> _Route | None:
    """The root route in its one form."""
    root = {name: value for name, value in tree.items() if name not in _NOT_OF_THE_ROOT}
    found: _Route | None = decode(canonical(POLICY, {"routes": [], "root": root})).get("root")
    return found


def merge(
    raw: Sequence[_Route],
    routes: Sequence[_Route],
    own: Sequence[int],
    wanted: Sequence[_Route],
    claimed: Collection[int],
) -> list[_Route]:
    """The top-level routes with `wanted` in the places of the project's own ones; what is too much goes, and what
    there is no place for comes behind the last one, or at the end. Routes that are equal to what the project wants,
    and no other project's, are taken over.

    Args:
        raw: the routes as the server gave them; others' are sent back like this.
        routes: the same in their one form.
        own, claimed: where the project's own and other projects' routes stand.
    """
    kept = _equal(wanted, routes, own)
    missing = [route for number, route in enumerate(wanted) if number not in kept]
    free = [at for at in range(len(routes)) if at not in claimed and at not in own]
    places = sorted({*own, *_equal(missing, routes, free).values()})
    if not places:
        return [*raw, *wanted]
    fitting = dict(zip(places, wanted, strict=False))
    merged: list[_Route] = []
    for at, route in enumerate(raw):
        if at not in places:
            merged.append(route)
        elif at in fitting:
            merged.append(fitting[at])
        if at == places[-1]:
            merged.extend(wanted[len(places) :])
    return merged


def receivers_in(route: Mapping[str, Any]) -> set[str]:
    """The contact points that a route and those within it send to."""
    found = {str(route["receiver"])} if route.get("receiver") else set()
    return found.union(*(receivers_in(child) for child in route.get("routes") or ()))
