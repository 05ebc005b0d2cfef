"""What lies in folders: nobody's folder is deleted with something in it that stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from provision.compile.kinds import DASHBOARD, FOLDER, GRAFANA_RULE_GROUP, LIBRARY_PANEL
from provision.diff import title_of, title_of_action
from provision.model import Action, Verb
from provision.ship.target.grafana_rules import key_of
from provision.ship.target.grafana_server import Server


class Held(NamedTuple):
    """Something that lies in a folder, whoever owns it; `key` is that of a resource."""

    folder: str
    kind: str
    key: str
    title: str


def contents(server: Server, folders: frozenset[str]) -> Iterator[Held]:
    """What lies in some folders, not in those below them.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    client = server.client
    for hit in client.search("dash-db"):
        if hit.get("folderUid") in folders:
            yield Held(hit["folderUid"], DASHBOARD, hit["uid"], str(hit.get("title") or hit["uid"]))
    for folder in sorted(folders):
        if server.dialect.nested_folders:
            for found in client.folders.inside(folder):
                yield Held(folder, FOLDER, found["uid"], str(found.get("title") or found["uid"]))
        for panel in client.library.panels(folder):
            yield Held(folder, LIBRARY_PANEL, panel["uid"], panel["name"])
    for group in client.alerting.rule_groups() if server.dialect.alerting else ():
        for folder in {str(rule["grafana_alert"].get("namespace_uid")) for rule in group["rules"]} & folders:
            yield Held(folder, GRAFANA_RULE_GROUP, key_of(folder, group["name"]), group["name"])


def held(server: Server, actions: Sequence[Action]) -> Iterator[str]:
    """A sentence for each folder that is to be deleted and holds something that `actions` neither delete nor move."""
    gone = {
        action.key: title_of_action(action)
        for action in actions
        if action.kind == FOLDER and action.verb is Verb.DELETE
    }
    if not gone:
        return
    written = {(action.kind, action.key) for action in actions}
    told: set[str] = set()
    for one in contents(server, frozenset(gone)):
        if one.folder in told or (one.kind, one.key) in written:
            continue
        if one.kind == DASHBOARD and server.client.dashboards.get(one.key) is None:
            continue  # a search lists what was just deleted for a while
        told.add(one.folder)
        yield (
            f"{gone[one.folder]}: it is to be deleted, and still holds the {title_of(one.kind, one.title, None)}; "
            f"move or delete that first"
        )
