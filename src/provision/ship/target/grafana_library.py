"""Library panels. They are kept the same way on every Grafana; updates are locked by `version`.

Grafana 12.4 deletes a panel that dashboards have, and they show nothing there any more: who has it is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provision.compile.dialect.grafana import canonical
from provision.compile.kinds import LIBRARY_PANEL
from provision.errors import NotAllowed, ProvisionError
from provision.model import Action, Live, Verb, decode
from provision.ship.target.grafana_server import READERS, Keeper, Server, at_once, changed_meanwhile


def library_panels() -> Keeper:
    """How library panels are kept."""
    return Keeper(False, None, _read, _one, _write, lambda *_: "/library-panels")


def _read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    missing = set(wanted)
    try:
        for found in server.client.library.panels():
            if found["uid"] in wanted:
                missing.discard(found["uid"])
                yield _live(found)
    except NotAllowed:
        if wanted:
            raise
    # For a while, lists leave out what lies in a folder that an account which isn't an administrator has just created.
    for live in at_once(sorted(missing), lambda key: _one(server, key), READERS):
        if live is not None:
            yield live


def _one(server: Server, key: str) -> Live | None:
    found = server.client.library.panel(key)
    return None if found is None else _live(found)


def _live(found: dict[str, Any]) -> Live:
    folder = found.get("folderUid") or ""
    # Read alone, one in no folder is in `general`; in a list it is in none.
    folder = "" if folder == "general" else folder
    body = {"folderUid": folder, "name": found["name"], "model": found["model"]}
    lock = str(found.get("version") or "")
    return Live(LIBRARY_PANEL, found["uid"], canonical(LIBRARY_PANEL, body), None, lock, found["name"])


def _write(server: Server, action: Action, _: str) -> None:
    library = server.client.library
    if action.verb is Verb.DELETE:
        assert action.live is not None
        now = _one(server, action.key)
        if now is None or now.lock != action.live.lock:
            raise changed_meanwhile()
        count = library.users(action.key)
        if count:
            shown = "a dashboard shows it" if count == 1 else f"{count} dashboards show it"
            raise ProvisionError(f"{shown}; take it out there first")
        library.delete(action.key)
        return
    assert action.desired is not None
    body = decode(action.desired.body)
    model = {"description": "", **body["model"]}  # without one Grafana keeps the one that it had
    if action.live is None:
        library.create(action.key, body["folderUid"], body["name"], model)
    else:
        version = int(action.live.lock or 0)
        library.update(action.key, body["folderUid"], body["name"], model, version)
