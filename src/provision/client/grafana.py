"""Grafana's HTTP API over one session: the classic API through grafana-client, the resource API beside it.

grafana-client knows the classic paths and bodies; what it sends goes through `Session.request`, so that its
time-outs, pool, errors and redirects are ours (its own leak the HTTP library's exceptions and take a login page
for a success).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from provision.client.grafana_alerting import Alerting
from provision.client.grafana_answers import an_object, objects, or_none
from provision.client.grafana_dashboards import Dashboards
from provision.client.grafana_folders import Folders
from provision.client.grafana_library import Library
from provision.client.grafana_resource import Resources
from provision.client.grafana_wire import Wire
from provision.client.probe import expect
from provision.client.session import Endpoint, Session
from provision.model import JSON

_HITS = 5000
"""Hits in a page of the search; the most that Grafana gives."""


class GrafanaClient:
    """One organisation of one Grafana. Threads may share it. Everything raises Unreachable, NotAllowed or
    ServerRefused as the server answers.

    Attributes:
        alerting: its rules, and who is told.
        dashboards: its dashboards, on the classic API.
        folders: its folders, on the classic API.
        library: its library panels.
        resources: the objects of its resource API.
    """

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> None:
        from grafana_client import GrafanaApi

        self.session = Session(endpoint, sleep)
        self.alerting = Alerting(self.session)
        self.library = Library(self.session)
        self.resources = Resources(self.session)
        self._api: Any = GrafanaApi()
        self._api.client.s.close()
        self._api.client.s = Wire(self.session)
        self._api.client.url = "/api"
        self.dashboards = Dashboards(self.session, self._api.dashboard)
        self.folders = Folders(self.session, self._api.folder)

    def close(self) -> None:
        """Close all connections."""
        self.session.close()

    # ── what it is ───────────────────────────────────────────────────────────

    def health(self) -> dict[str, Any]:
        """`{"database", "version", …}`, once the server has proved to be a Grafana."""
        answer: dict[str, Any] = expect(self.session, "Grafana")
        return answer

    def organisation(self) -> dict[str, Any]:
        """The organisation of the credentials, or the one that `X-Grafana-Org-Id` asks for: `{"id", "name"}`."""
        return self._object(self._api.organization.get_current_organization(), "id")

    def settings(self) -> dict[str, Any]:
        """What Grafana's page is told: `namespace`, `featureToggles`, `datasources` by name, …"""
        return self._object(self.session.request("GET", "/api/frontend/settings").json())

    def permissions(self) -> dict[str, list[str]] | None:
        """Action → scopes of what the credentials may do; None where the server can't say."""
        path = "/api/access-control/user/permissions"
        answer = self.session.request("GET", path, allow=frozenset({404}))
        return None if answer.status == 404 else self._object(answer.json())

    def groups(self) -> dict[str, tuple[str, ...]]:
        """The groups of the resource API and the versions of each; none where there is no such API."""
        answer = self.session.request("GET", "/apis", allow=frozenset({404}))
        if answer.status == 404:
            return {}
        return {
            found["name"]: tuple(served["version"] for served in self._objects(found["versions"], "version"))
            for found in self._objects(self._object(answer.json()).get("groups") or [], "name", "versions")
        }

    def verbs(self, group: str, version: str, plural: str) -> frozenset[str]:
        """What can be done with objects of the resource API: `list`, `create`, …"""
        answer = self.session.request("GET", f"/apis/{group}/{version}", allow=frozenset({404}))
        if answer.status == 404:
            return frozenset()
        resources = self._objects(self._object(answer.json()).get("resources") or [], "name")
        return frozenset(
            verb for one in resources if one["name"] == plural for verb in one.get("verbs") or ()
        )

    def nests_folders(self) -> bool:
        """Whether the classic API knows folders in folders: one that does has never heard of this parent; one
        that doesn't ignores the question and lists the root."""
        query = {"parentUid": "no-such-folder-0", "limit": 1}
        answer = self.session.request("GET", "/api/folders", params=query, allow=frozenset({403, 404}))
        return answer.status != 200

    def annotate(self, text: str, tags: Sequence[str]) -> None:
        """Leave a note on the time line, now."""
        body = {"text": text, "tags": list(tags)}
        self._object(self.session.request("POST", "/api/annotations", json=body).json(), "id")

    # ── search and data sources ──────────────────────────────────────────────

    def search(self, kind: str) -> Iterator[dict[str, Any]]:
        """Hits of a type (`dash-db`), without their content."""
        page = 1
        while True:
            hits = self._objects(
                self._api.search.search_dashboards(type_=kind, limit=_HITS, page=page), "uid"
            )
            yield from hits
            if len(hits) < _HITS:
                return
            page += 1

    def datasources(self) -> list[dict[str, Any]]:
        """All data sources, without what `datasource` adds."""
        return self._objects(self._api.datasource.list_datasources(), "uid", "name", "type")

    def datasource(self, uid: str) -> dict[str, Any] | None:
        """A data source with its `version` and `secureJsonFields`, or None."""
        return or_none(lambda: self._object(self._api.datasource.get_datasource_by_uid(uid), "uid", "name"))

    def create_datasource(self, body: JSON) -> dict[str, Any]:
        """Create a data source; 409 when its name or uid is taken. Returns it as it was stored."""
        return self._stored(self._api.datasource.create_datasource(body))

    def update_datasource(self, uid: str, body: JSON) -> dict[str, Any]:
        """Replace a data source; 409 when it is newer than `version` in the body. Returns it as it was stored."""
        return self._stored(self._api.datasource.update_datasource_by_uid(uid, body))

    def delete_datasource(self, uid: str) -> None:
        """Delete a data source."""
        self._object(self._api.datasource.delete_datasource_by_uid(uid))

    # ── what answers have to look like ───────────────────────────────────────

    def _object(self, value: Any, *names: str) -> dict[str, Any]:
        return an_object(value, self.session.endpoint.url, *names)

    def _objects(self, value: Any, *names: str) -> list[dict[str, Any]]:
        return objects(value, self.session.endpoint.url, *names)

    def _stored(self, value: Any) -> dict[str, Any]:
        return self._object(self._object(value, "datasource")["datasource"], "uid", "isDefault", "version")


def open_client(endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> GrafanaClient:
    """A client of the Grafana at `endpoint`, which waits with `sleep` before it asks again; nothing is sent yet.

    Raises:
        UsageError: a file with certificates isn't there.
    """
    return GrafanaClient(endpoint, sleep)
