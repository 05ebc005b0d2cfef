"""Grafana's dashboards over the classic API, and the versions that it keeps of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from provision.client.grafana_answers import an_object, objects, or_none
from provision.client.session import Session
from provision.model import JSON


class Dashboards:
    """The dashboards of one organisation. Threads may share it. Everything raises Unreachable, NotAllowed or
    ServerRefused as the server answers."""

    def __init__(self, session: Session, api: Any) -> None:
        """`api` is what grafana-client knows of dashboards."""
        self._session = session
        self._api = api

    def get(self, uid: str) -> dict[str, Any] | None:
        """`{"dashboard", "meta"}`, or None where there is none that the credentials may see: for a while, a search lists
        new ones of others that can't be read yet."""
        found = or_none(lambda: self._object(self._api.get_dashboard(uid), "dashboard", "meta"), (403, 404))
        return found and {name: self._object(value) for name, value in found.items()}

    def messages(self, uid: str, limit: int) -> list[str]:
        """The messages of a dashboard's newest versions, newest first; none where the credentials may not see its
        history, which takes the permission to edit it."""
        return [str(version.get("message") or "") for version in self._versions(uid, limit)]

    def version_called(self, uid: str, text: str, limit: int) -> tuple[int, str] | None:
        """Number and message of the newest version whose message holds `text`; None where none of the newest does."""
        called = (one for one in self._versions(uid, limit) if text in str(one.get("message") or ""))
        return next(((int(one["version"]), str(one["message"])) for one in called), None)

    def _versions(self, uid: str, limit: int) -> list[dict[str, Any]]:
        path = f"/api/dashboards/uid/{quote(uid, safe='')}/versions"
        found = self._session.request("GET", path, params={"limit": limit}, allow=frozenset({403}))
        if found.status == 403:
            return []
        answer = found.json()
        versions = self._object(answer, "versions")["versions"] if isinstance(answer, dict) else answer
        return self._objects(versions, "version")

    def version(self, uid: str, number: int) -> dict[str, Any] | None:
        """The JSON of a dashboard in one of its versions."""
        path = f"/api/dashboards/uid/{quote(uid, safe='')}/versions/{number}"
        answer = self._session.request("GET", path, allow=frozenset({403, 404}))
        return (
            None if answer.status in (403, 404) else self._object(self._object(answer.json(), "data")["data"])
        )

    def save(self, body: JSON) -> dict[str, Any]:
        """Create or update a dashboard: `{"dashboard", "folderUid", "overwrite", "message"}`."""
        return self._object(self._api.update_dashboard(body), "version")

    def delete(self, uid: str) -> None:
        """Delete a dashboard."""
        self._object(self._api.delete_dashboard(uid))

    def _object(self, value: Any, *names: str) -> dict[str, Any]:
        return an_object(value, self._session.endpoint.url, *names)

    def _objects(self, value: Any, *names: str) -> list[dict[str, Any]]:
        return objects(value, self._session.endpoint.url, *names)
