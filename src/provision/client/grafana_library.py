"""Grafana's library panels over one session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from provision.client.grafana_answers import an_object, objects
from provision.client.session import Session
from provision.model import JSON

PAGE: Final = 500
"""Library panels in a page."""

_PATH: Final = "/api/library-elements"
_PANELS: Final = 1
"""Grafana's number for the kind of element that is a panel."""


class Library:
    """The library panels of one organisation. Threads may share it. Everything raises Unreachable, NotAllowed or
    ServerRefused as the server answers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def panels(self, folder: str | None = None) -> Iterator[dict[str, Any]]:
        """`{"uid", "name", "folderUid", "model", "version", …}` of all, or of those in a folder."""
        page, given = 1, 0
        while True:
            asked = {"kind": _PANELS, "perPage": PAGE, "page": page, "folderFilterUIDs": folder}
            answer = self._session.request("GET", _PATH, params=asked).json()
            result = self._object(self._object(answer, "result")["result"], "elements")
            found = objects(result["elements"] or [], self._session.endpoint.url, "uid", "name", "model")
            yield from (one for one in found if folder is None or one.get("folderUid") == folder)
            page, given = page + 1, given + len(found)
            if len(found) < PAGE or given >= result.get("totalCount", given):
                return

    def panel(self, uid: str) -> dict[str, Any] | None:
        """One of them, or None where there is none that the credentials may see."""
        answer = self._session.request("GET", self._of(uid), allow=frozenset({403, 404}))
        if answer.status in (403, 404):
            return None
        return self._object(self._object(answer.json(), "result")["result"], "uid", "name", "model")

    def create(self, uid: str, folder: str, name: str, model: JSON) -> None:
        """Create one; 400 when its uid, or its name in that folder, is taken."""
        body = {"uid": uid, "folderUid": folder, "name": name, "kind": _PANELS, "model": model}
        self._object(self._session.request("POST", _PATH, json=body).json(), "result")

    def update(self, uid: str, folder: str, name: str, model: JSON, version: int) -> None:
        """Replace one, and put it into that folder; 412 when its version isn't that one."""
        body = {"folderUid": folder, "name": name, "kind": _PANELS, "model": model, "version": version}
        self._object(self._session.request("PATCH", self._of(uid), json=body).json(), "result")

    def users(self, uid: str) -> int:
        """How many dashboards have it; 12.4 counts them right here alone."""
        answer = self._session.request("GET", f"{self._of(uid)}/connections/").json()
        return len(self._object(answer, "result")["result"] or ())

    def delete(self, uid: str) -> None:
        """Delete one; 12.4 does so even where dashboards have it."""
        self._session.request("DELETE", self._of(uid))

    def _of(self, uid: str) -> str:
        return f"{_PATH}/{quote(uid, safe='')}"

    def _object(self, value: Any, *names: str) -> dict[str, Any]:
        return an_object(value, self._session.endpoint.url, *names)
