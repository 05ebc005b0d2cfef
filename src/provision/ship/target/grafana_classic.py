"""Folders and dashboards on the classic API, for servers that have no other.

A dashboard's mark is a tag, `provision:PROJECT`, and the message of its newest version, which holds the digest
of what was sent. A folder has no room for a mark. A tag alone isn't trusted: it goes along when somebody saves a
copy, the history doesn't. The classic API locks some writes on some versions, so what is about to be written is
looked at once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from provision.compile.dialect.grafana import TAG, canonical
from provision.compile.keys import slug
from provision.compile.kinds import DASHBOARD, FOLDER
from provision.errors import ProvisionError, ServerRefused, Unreachable
from provision.model import Action, Live, Mark, Verb, decode, digest, encode
from provision.ship.target.grafana_held import contents
from provision.ship.target.grafana_server import (
    FILES,
    FILES_FIXED,
    READERS,
    Keeper,
    Server,
    at_once,
    begun,
    changed_meanwhile,
)

_BASE: Final = re.compile(r"\bv\d+:[0-9a-f]{32}\b")
_HISTORY: Final = 100
_FIRST: Final = "Initial save"
"""The message that Grafana itself gives to a first version."""


def dashboards() -> Keeper:
    """How dashboards are kept."""
    page = lambda uid, title: f"/d/{uid}/{slug(title)}"  # noqa: E731  # as short as its twin on the resource API
    return Keeper(True, None, _read_dashboards, _one_dashboard, _write_dashboard, page)


def folders() -> Keeper:
    """How folders are kept."""
    return Keeper(
        False, None, _read_folders, _one_folder, _write_folder, lambda uid, _: f"/dashboards/f/{uid}"
    )


# ── dashboards ───────────────────────────────────────────────────────────────


def _read_dashboards(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    keys = [
        hit["uid"]
        for hit in server.client.search("dash-db")
        if hit["uid"] in wanted or _owner(hit.get("tags")) is not None
    ]
    for live in at_once(keys, lambda key: _read_one(server, key, wanted), READERS):
        if live is not None:
            yield live


def _read_one(server: Server, key: str, wanted: frozenset[str]) -> Live | None:
    """A dashboard; one that was begun and not finished is known by its key, its tag and its only version. A
    copy, which looks the same, has a key that nobody wants."""
    live = _one_dashboard(server, key)
    if live is None or live.mark is not None or key not in wanted:
        return live
    found = server.client.dashboards.get(key)
    owner = None if found is None else _owner(found["dashboard"].get("tags"))
    if owner is None or server.client.dashboards.messages(key, _HISTORY) != [_FIRST]:
        return live
    return replace(live, mark=Mark(owner, ""))


def _one_dashboard(server: Server, key: str) -> Live | None:
    found = server.client.dashboards.get(key)
    if found is None:
        return None
    spec, meta = found["dashboard"], found["meta"]
    body = canonical(DASHBOARD, {"folderUid": meta.get("folderUid") or "", "spec": {**spec, "uid": key}})
    by_file = bool(meta.get("provisioned"))
    mark = Mark(FILES, "") if by_file else mark_of(server, key, spec)
    version, title = str(meta.get("version") or ""), str(spec.get("title") or "")
    tags = [tag for tag in spec.get("tags") or () if _owner([tag]) is not None]
    beside = encode(tags) if tags else b""
    return Live(DASHBOARD, key, body, mark, version, title, FILES_FIXED if by_file else "", beside)


def mark_of(server: Server, key: str, spec: dict[str, Any]) -> Mark | None:
    """The mark that the tag and the history of a dashboard hold, whichever API it is read from."""
    owner = _owner(spec.get("tags"))
    if owner is None:
        return None
    newest = server.client.dashboards.messages(key, 1)
    base = _BASE.search(newest[0]) if newest else None
    if base is not None:
        return Mark(owner, base[0])
    if any(_BASE.search(message) for message in server.client.dashboards.messages(key, _HISTORY)):
        return Mark(owner, "")
    return None


def applied(server: Server, live: Live) -> bytes | None:
    """The version that the owner of a dashboard sent last, as the messages of its history tell. Grafana doesn't
    remember which folder it was in then: it is taken for the one of today."""
    assert live.mark is not None
    found = server.client.dashboards.version_called(live.key, f"provision: {live.mark.owner} v", _HISTORY)
    if found is None:
        return None
    number, message = found
    base, spec = _BASE.search(message), server.client.dashboards.version(live.key, number)
    if base is None or spec is None:
        return None
    folder = decode(live.body)["folderUid"]
    body = canonical(DASHBOARD, {"folderUid": folder, "spec": {**spec, "uid": live.key}})
    return body if digest(body) == base[0] else None


def is_tagged(spec: dict[str, Any]) -> bool:
    """Whether a dashboard has the tag of some project; a copy of one has it, too."""
    return _owner(spec.get("tags")) is not None


def _owner(tags: Any) -> str | None:
    for tag in tags or ():
        if isinstance(tag, str) and tag.startswith(TAG):
            return tag.removeprefix(TAG)
    return None


def _write_dashboard(server: Server, action: Action, owner: str) -> None:
    if action.live is not None:
        _look_again(action, _version_of_dashboard(server, action.key))
    if action.verb is Verb.DELETE:
        server.client.dashboards.delete(action.key)
        return
    assert action.desired is not None
    body = decode(action.desired.body)
    spec = body["spec"]
    mark = Mark(owner, digest(action.desired.body)) if action.former is None else action.former.mark
    own = [f"{TAG}{owner}"] if action.former is None else decode(action.former.beside or b"[]")
    spec["tags"] = [*spec.get("tags", ()), *own]
    spec["id"] = None
    message = "provision: put back" if mark is None else f"provision: {mark.owner} {mark.base}"
    sent = {"dashboard": spec, "folderUid": body["folderUid"], "message": message, "overwrite": False}
    if action.live is not None:
        spec["version"] = int(action.live.lock or 0)
    if action.live is not None:
        server.client.dashboards.save(sent)
        return
    version = _created(server, action, sent)
    with begun():
        if mark is not None and not any(
            _BASE.search(said) for said in server.client.dashboards.messages(action.key, 1)
        ):
            # Grafana 9 puts a message of its own into a first version; the second one keeps ours.
            server.client.dashboards.save({**sent, "dashboard": {**spec, "version": version}})


def _created(server: Server, action: Action, sent: dict[str, Any]) -> int:
    """Save a new dashboard; its version. When the answer is lost, or a second try meets what the first one did,
    what the server holds says whether it is done: the message has to be put in all the same."""
    try:
        return int(server.client.dashboards.save(sent)["version"])
    except (Unreachable, ServerRefused) as error:
        if isinstance(error, Unreachable) and not error.sent:
            raise
        if isinstance(error, ServerRefused) and error.status < 500 and error.status not in (409, 412):
            raise
        with begun():
            answer = server.client.dashboards.get(action.key)
            found = _one_dashboard(server, action.key)
        tags = sent["dashboard"]["tags"]
        if (
            answer is None
            or found is None
            or found.body != action.after
            or answer["dashboard"].get("tags") != tags
        ):
            raise
        return int(found.lock)


def _version_of_dashboard(server: Server, key: str) -> str | None:
    found = server.client.dashboards.get(key)
    return None if found is None else str(found["meta"].get("version") or "")


# ── folders ──────────────────────────────────────────────────────────────────


def _read_folders(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    for live in at_once(sorted(wanted), lambda key: _one_folder(server, key), READERS):
        if live is not None:
            yield live


def _one_folder(server: Server, key: str) -> Live | None:
    found = server.client.folders.get(key)
    if found is None:
        return None
    body = {"title": found["title"], "parentUid": found.get("parentUid") or ""}
    return Live(FOLDER, key, canonical(FOLDER, body), None, str(found.get("version") or ""), found["title"])


def _write_folder(server: Server, action: Action, _: str) -> None:
    if action.verb is Verb.DELETE:
        assert action.live is not None
        now = _one_folder(server, action.key)
        _look_again(action, None if now is None else now.lock)
        if _holds_something(server, action.key):
            raise ProvisionError("the folder still holds something; move or delete that first")
        server.client.folders.delete(action.key)
        return
    assert action.desired is not None
    body = decode(action.desired.body)
    if action.live is None:
        server.client.folders.create(action.key, body["title"], body["parentUid"])
        return
    before = decode(action.live.body)
    if before["parentUid"] != body["parentUid"]:
        now = _one_folder(server, action.key)
        _look_again(action, None if now is None else now.lock)
    if before["title"] != body["title"]:
        server.client.folders.rename(action.key, body["title"], int(action.live.lock or 0))
    if before["parentUid"] != body["parentUid"]:
        with begun():
            server.client.folders.move(action.key, body["parentUid"])


def _holds_something(server: Server, folder: str) -> bool:
    """Whether anything lies in a folder. Grafana 9 deletes all of that with it, and later ones on this API the
    library panels."""
    return next(contents(server, frozenset({folder})), None) is not None


def _look_again(action: Action, version: str | None) -> None:
    assert action.live is not None
    if version != action.live.lock:
        raise changed_meanwhile()
