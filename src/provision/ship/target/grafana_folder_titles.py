"""Folders of one title side by side: some Grafanas take them, and nobody can tell them apart then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provision.compile.kinds import FOLDER
from provision.diff import title_of_action
from provision.model import Action, Verb, decode
from provision.ship.target import grafana_resource
from provision.ship.target.grafana_server import Server

Place = tuple[str, str]
"""The uid of the folder that it lies in (empty for none), and its title."""


def of_one_title(server: Server, actions: Sequence[Action]) -> Iterator[str]:
    """A sentence for each folder that is created, renamed or moved to where another one has its title. Those that
    share theirs already are left in peace."""
    asked = [action for action in actions if action.kind == FOLDER]
    coming = [action for action in asked if _place(action.after) not in (None, _place(action.before))]
    if not coming:
        return
    written = {action.key for action in asked}
    there = {place: uid for uid, place in _live(server) if uid not in written}
    there |= {
        place: action.key
        for action in asked
        if action not in coming and action.verb is not Verb.DELETE and (place := _place(action.after))
    }
    for action in coming:
        place = _place(action.after)
        assert place is not None
        other = there.setdefault(place, action.key)
        if other != action.key:
            yield (
                f"{title_of_action(action)}: the folder {other} in the same place has the title {place[1]!r} already; "
                f"rename one of them, or give yours the uid of that one"
            )


def _place(body: bytes | None) -> Place | None:
    if body is None:
        return None
    value = decode(body)
    return str(value.get("parentUid") or ""), str(value["title"])


def _live(server: Server) -> Iterator[tuple[str, Place]]:
    if server.dialect.folder_api is None:
        for hit in server.client.search("dash-folder"):
            yield hit["uid"], (str(hit.get("folderUid") or ""), hit["title"])
    else:
        for live in grafana_resource.all_folders(server):
            place = _place(live.body)
            assert place is not None
            yield live.key, place
