"""Grafana's folders over the classic API."""

from __future__ import annotations

from typing import Any

from provision.client.grafana_answers import an_object, objects, or_none
from provision.client.session import Session


class Folders:
    """The folders of one organisation. Threads may share it. Everything raises Unreachable, NotAllowed or
    ServerRefused as the server answers."""

    def __init__(self, session: Session, api: Any) -> None:
        """`api` is what grafana-client knows of folders."""
        self._session = session
        self._api = api

    def get(self, uid: str) -> dict[str, Any] | None:
        """A folder with its `version`, or None. Who may not see all folders is told 403 of one that isn't there."""
        return or_none(lambda: self._object(self._api.get_folder(uid), "title"), (403, 404))

    def inside(self, uid: str) -> list[dict[str, Any]]:
        """The folders that lie in a folder, of a Grafana that nests them; of many only the first thousand."""
        query = {"parentUid": uid, "limit": 1000}
        return self._objects(self._session.request("GET", "/api/folders", params=query).json(), "uid")

    def create(self, uid: str, title: str, parent_uid: str) -> None:
        """Create a folder."""
        self._object(self._api.create_folder(title, uid, parent_uid or None))

    def rename(self, uid: str, title: str, version: int) -> None:
        """Give a folder a title; 412 when its version isn't that one."""
        self._object(self._api.update_folder(uid, title, version))

    def move(self, uid: str, parent_uid: str) -> None:
        """Put a folder into another, or into none."""
        self._object(self._api.move_folder(uid, parent_uid))

    def delete(self, uid: str) -> None:
        """Delete a folder; an old Grafana deletes everything in it."""
        self._object(self._api.delete_folder(uid))

    def _object(self, value: Any, *names: str) -> dict[str, Any]:
        return an_object(value, self._session.endpoint.url, *names)

    def _objects(self, value: Any, *names: str) -> list[dict[str, Any]]:
        return objects(value, self._session.endpoint.url, *names)
