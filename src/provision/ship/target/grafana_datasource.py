"""Data sources. They are kept the same way on every Grafana.

The mark lies in `jsonData`: the owner, the digest of what was sent, and of each secret where it came from (the
name of a variable or file, never a value). Grafana never gives a secret back, only the names of those it has: a
secret counts as unchanged while Grafana has one of that name and its reference is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from provision.compile.dialect.grafana import MARK, canonical
from provision.compile.kinds import DATASOURCE, OF_SOME_DATASOURCES
from provision.errors import NotAllowed, ServerRefused, Unreachable
from provision.model import Action, Live, Mark, Verb, decode, digest, encode
from provision.ship.target.grafana_secrets import resolve
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

_KEPT: Final = ("name", "uid", "type", "url", "access", "isDefault", "basicAuth", "basicAuthUser")

_ELSEWHERE: Final = {"source": "server", "name": ""}
"""Stands for a secret that only the server has; it stays there as it is."""


def datasources(path: str) -> Keeper:
    """How data sources are kept; `path` is where Grafana's page edits one."""
    # One at a time: which one is the default depends on their order.
    return Keeper(True, 1, _read, _one, _write, lambda uid, _: f"{path}/{uid}")


def _read(server: Server, wanted: frozenset[str]) -> Iterator[Live]:
    try:
        listed = server.client.datasources()
    except NotAllowed:
        if wanted:
            raise
        return  # dashboards alone can be pushed without seeing the data sources
    keys = [
        found["uid"] for found in listed if found["uid"] in wanted or MARK in (found.get("jsonData") or {})
    ]
    for live in at_once(keys, lambda key: _one(server, key), READERS):
        if live is not None:
            yield live


def _one(server: Server, key: str) -> Live | None:
    found = server.client.datasource(key)
    return None if found is None else _live(found)


def _live(found: dict[str, Any]) -> Live:
    data = found.get("jsonData") or {}
    written = data.get(MARK)
    marked: dict[str, Any] = written if isinstance(written, dict) else {}
    references = marked.get("secure") or {}
    body = {name: found.get(name) for name in _KEPT} | {
        "jsonData": data,
        "secure": {
            name: references.get(name, _ELSEWHERE)
            for name, is_set in (found.get("secureJsonFields") or {}).items()
            if is_set
        },
        **{name: found.get(name) for name in OF_SOME_DATASOURCES},
    }
    content = canonical(DATASOURCE, body)
    mark = Mark(str(marked.get("owner") or ""), str(marked.get("base") or "")) if marked else None
    if mark is not None and found.get("version") == 1 and found.get("isDefault"):
        # Nobody has edited a first version: a push may have broken off before it put the default right.
        if_not = digest(canonical(DATASOURCE, {**body, "isDefault": False}))
        mark = Mark(mark.owner, digest(content) if mark.base == if_not else mark.base)
    if mark is not None and mark.base == digest(encode({**decode(content), "type": found.get("type")})):
        # A push that compared the plug-in's id as it is stored.
        mark = Mark(mark.owner, digest(content))
    if found.get("readOnly"):
        mark = Mark(FILES, "")
    key, version = found["uid"], str(found.get("version") or "")
    fixed = FILES_FIXED if found.get("readOnly") else ""
    beside = encode(written) if MARK in data else b""
    return Live(DATASOURCE, key, content, mark, version, found["name"], fixed, beside)


def _write(server: Server, action: Action, owner: str) -> None:
    if action.verb is Verb.DELETE:
        assert action.live is not None
        now = _one(server, action.key)
        if now is None or now.lock != action.live.lock:
            raise changed_meanwhile()
        server.client.delete_datasource(action.key)
        return
    assert action.desired is not None
    body = decode(action.desired.body)
    references = body.pop("secure")
    values = {
        name: resolve(server, name, reference)
        for name, reference in references.items()
        if reference["source"] != "server"
    }
    if action.live is not None:
        # A secret goes when it is set to nothing; one that isn't sent stays.
        gone = decode(action.live.body)["secure"].keys() - references.keys()
        values = dict.fromkeys(sorted(gone), "") | values
    if action.former is None:
        mark = {"owner": owner, "base": digest(action.desired.body)}
        body["jsonData"][MARK] = {**mark, "secure": references} if references else mark
    elif action.former.beside:
        body["jsonData"][MARK] = decode(action.former.beside)
    if values:
        body["secureJsonData"] = values
    if action.live is None:
        stored = _created(server, action, body)
    else:
        sent = {**body, "version": int(action.live.lock or 0)}
        stored = server.client.update_datasource(action.key, sent)
    if stored["isDefault"] != body["isDefault"]:
        # Grafana makes the first data source the default, asked or not; an update takes it at its word.
        with begun():
            server.client.update_datasource(action.key, {**body, "version": stored["version"]})


def _created(server: Server, action: Action, body: dict[str, Any]) -> dict[str, Any]:
    """Create a data source; as it was stored. When the answer is lost, or a second try meets what the first one
    did, what the server holds says whether it is done: the default has to be put right all the same."""
    try:
        return server.client.create_datasource(body)
    except (Unreachable, ServerRefused) as error:
        if isinstance(error, Unreachable) and not error.sent:
            raise
        if isinstance(error, ServerRefused) and error.status < 500 and error.status not in (409, 412):
            raise
        with begun():
            stored = server.client.datasource(action.key)
        # The digest in the mark is that of all that was sent.
        if stored is None or (stored.get("jsonData") or {}).get(MARK) != body["jsonData"].get(MARK):
            raise
        if _live(stored).body not in (action.after, _as_default(action.after or b"{}")):
            raise
        return stored


def _as_default(body: bytes) -> bytes:
    return canonical(DATASOURCE, {**decode(body), "isDefault": True})
