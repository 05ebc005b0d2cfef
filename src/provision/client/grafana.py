"""Grafana's HTTP API over one session: the classic API through grafana-client, the resource API beside it.

grafana-client knows the classic paths and bodies; what it sends goes through `Session.request`, so that its
time-outs, pool, errors and redirects are ours (its own leak the HTTP library's exceptions and take a login page
for a success).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from provision.client.answer import Answer
from provision.client.grafana_alerting import Alerting
from provision.client.grafana_answers import an_object, is_item, objects
from provision.client.grafana_library import Library
from provision.client.grafana_wire import Wire
from provision.client.probe import expect
from provision.client.session import Endpoint, Session
from provision.errors import ServerRefused
from provision.model import JSON, encode

PAGE = 500
"""Objects in a page of the resource API."""

_HITS = 5000
"""Hits in a page of the search; the most that Grafana gives."""


@dataclass(frozen=True, slots=True)
class Api:
    """One kind of object of the resource API.

    Attributes:
        group: such as `dashboard.grafana.app`.
        version: such as `v0alpha1`.
        plural: such as `dashboards`.
        kind: such as `Dashboard`.
        namespace: the organisation.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespace: str = "default"

    @property
    def path(self) -> str:
        """Where its objects are."""
        return f"/apis/{self.group}/{self.version}/namespaces/{quote(self.namespace, safe='')}/{self.plural}"

    def of(self, name: str) -> str:
        """Where the object of that name is."""
        return f"{self.path}/{quote(name, safe='')}"


class GrafanaClient:
    """One organisation of one Grafana. Threads may share it. Everything raises Unreachable, NotAllowed or
    ServerRefused as the server answers.

    Attributes:
        alerting: its rules, and who is told.
        library: its library panels.
    """

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> None:
        from grafana_client import GrafanaApi

        self.session = Session(endpoint, sleep)
        self.alerting = Alerting(self.session)
        self.library = Library(self.session)
        self._api: Any = GrafanaApi()
        self._api.client.s.close()
        self._api.client.s = Wire(self.session)
        self._api.client.url = "/api"

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

    # ── resource API ─────────────────────────────────────────────────────────

    def pages(self, api: Api) -> Iterator[list[dict[str, Any]]]:
        """All objects, a page at a time; the next one is asked for while one is worked on, and taken apart only
        when it is its turn: taken apart, a page is many times as large."""
        with ThreadPoolExecutor(1, thread_name_prefix="pages") as pool:
            coming = pool.submit(self._page, api, None)
            while True:
                items, token = self._items(coming.result())
                if token:
                    coming = pool.submit(self._page, api, token)
                yield items
                del items
                if not token:
                    return

    def _page(self, api: Api, token: str | None) -> Answer:
        return self.session.request("GET", api.path, params={"limit": PAGE, "continue": token})

    def _items(self, answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
        page = self._object(answer.json(), "metadata")
        items = [self._item(item) for item in page.get("items") or ()]
        return items, self._object(page["metadata"]).get("continue")

    def get(self, api: Api, name: str) -> dict[str, Any] | None:
        """One object, or None where there is none that the credentials may see."""
        answer = self.session.request("GET", api.of(name), allow=frozenset({403, 404}))
        return None if answer.status in (403, 404) else self._item(answer.json())

    def history(self, api: Api, name: str, limit: int) -> list[dict[str, Any]]:
        """The newest versions of an object, newest first; none where it keeps no history."""
        query = {
            "labelSelector": "grafana.app/get-history=true",
            "fieldSelector": f"metadata.name={name}",
            "limit": limit,
        }
        answer = self.session.request("GET", api.path, params=query, allow=frozenset({403, 404}))
        if answer.status in (403, 404):
            return []
        page = self._object(answer.json(), "metadata")
        return [self._item(item) for item in page.get("items") or ()]

    def create(self, api: Api, body: JSON) -> None:
        """Create an object; 409 when it is there. The body may be bytes of JSON."""
        self._write("POST", api.path, body)

    def replace(self, api: Api, name: str, body: JSON) -> None:
        """Replace an object; 409 when its `resourceVersion` isn't the one in the body, which may be bytes of JSON."""
        self._write("PUT", api.of(name), body)

    def _write(self, method: str, path: str, body: JSON) -> None:
        content = body if isinstance(body, bytes) else encode(body)
        headers = {"Content-Type": "application/json"}
        answer = self.session.request(method, path, body=content, headers=headers)
        if not is_item(answer.body):
            self._item(answer.json())

    def remove(self, api: Api, name: str, lock: str) -> None:
        """Delete an object; 409 when its `resourceVersion` isn't `lock` (empty: whatever it is)."""
        options = {"preconditions": {"resourceVersion": lock}} if lock else None
        self._object(self.session.request("DELETE", api.of(name), json=options).json())

    def annotate(self, text: str, tags: Sequence[str]) -> None:
        """Leave a note on the time line, now."""
        body = {"text": text, "tags": list(tags)}
        self._object(self.session.request("POST", "/api/annotations", json=body).json(), "id")

    # ── classic API ──────────────────────────────────────────────────────────

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

    def dashboard(self, uid: str) -> dict[str, Any] | None:
        """`{"dashboard", "meta"}`, or None where there is none that the credentials may see: for a while, a search lists
        new ones of others that can't be read yet."""
        found = _or_none(
            lambda: self._object(self._api.dashboard.get_dashboard(uid), "dashboard", "meta"), (403, 404)
        )
        return found and {name: self._object(value) for name, value in found.items()}

    def dashboard_messages(self, uid: str, limit: int) -> list[str]:
        """The messages of a dashboard's newest versions, newest first; none where the credentials may not see its
        history, which takes the permission to edit it."""
        return [str(version.get("message") or "") for version in self._versions(uid, limit)]

    def dashboard_version_called(self, uid: str, text: str, limit: int) -> tuple[int, str] | None:
        """Number and message of the newest version whose message holds `text`; None where none of the newest does."""
        called = (one for one in self._versions(uid, limit) if text in str(one.get("message") or ""))
        return next(((int(one["version"]), str(one["message"])) for one in called), None)

    def _versions(self, uid: str, limit: int) -> list[dict[str, Any]]:
        path = f"/api/dashboards/uid/{quote(uid, safe='')}/versions"
        found = self.session.request("GET", path, params={"limit": limit}, allow=frozenset({403}))
        if found.status == 403:
            return []
        answer = found.json()
        versions = self._object(answer, "versions")["versions"] if isinstance(answer, dict) else answer
        return self._objects(versions, "version")

    def dashboard_version(self, uid: str, number: int) -> dict[str, Any] | None:
        """The JSON of a dashboard in one of its versions."""
        path = f"/api/dashboards/uid/{quote(uid, safe='')}/versions/{number}"
        answer = self.session.request("GET", path, allow=frozenset({403, 404}))
        return (
            None if answer.status in (403, 404) else self._object(self._object(answer.json(), "data")["data"])
        )

    def save_dashboard(self, body: JSON) -> dict[str, Any]:
        """Create or update a dashboard: `{"dashboard", "folderUid", "overwrite", "message"}`."""
        return self._object(self._api.dashboard.update_dashboard(body), "version")

    def delete_dashboard(self, uid: str) -> None:
        """Delete a dashboard."""
        self._object(self._api.dashboard.delete_dashboard(uid))

    def folder(self, uid: str) -> dict[str, Any] | None:
        """A folder with its `version`, or None. Who may not see all folders is told 403 of one that isn't there."""
        return _or_none(lambda: self._object(self._api.folder.get_folder(uid), "title"), (403, 404))

    def folders_in(self, uid: str) -> list[dict[str, Any]]:
        """The folders that lie in a folder, of a Grafana that nests them; of many only the first thousand."""
        query = {"parentUid": uid, "limit": 1000}
        return self._objects(self.session.request("GET", "/api/folders", params=query).json(), "uid")

    def create_folder(self, uid: str, title: str, parent_uid: str) -> None:
        """Create a folder."""
        self._object(self._api.folder.create_folder(title, uid, parent_uid or None))

    def rename_folder(self, uid: str, title: str, version: int) -> None:
        """Give a folder a title; 412 when its version isn't that one."""
        self._object(self._api.folder.update_folder(uid, title, version))

    def move_folder(self, uid: str, parent_uid: str) -> None:
        """Put a folder into another, or into none."""
        self._object(self._api.folder.move_folder(uid, parent_uid))

    def delete_folder(self, uid: str) -> None:
        """Delete a folder; an old Grafana deletes everything in it."""
        self._object(self._api.folder.delete_folder(uid))

    def datasources(self) -> list[dict[str, Any]]:
        """All data sources, without what `datasource` adds."""
        return self._objects(self._api.datasource.list_datasources(), "uid", "name", "type")

    def datasource(self, uid: str) -> dict[str, Any] | None:
        """A data source with its `version` and `secureJsonFields`, or None."""
        return _or_none(lambda: self._object(self._api.datasource.get_datasource_by_uid(uid), "uid", "name"))

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

    def _item(self, value: Any) -> dict[str, Any]:
        """The same of an object of the resource API."""
        item = self._object(value, "metadata", "spec")
        self._object(item["metadata"], "name")
        self._object(item["spec"])
        return item

    def _stored(self, value: Any) -> dict[str, Any]:
        return self._object(self._object(value, "datasource")["datasource"], "uid", "isDefault", "version")


def _or_none(call: Callable[[], dict[str, Any]], absent: tuple[int, ...] = (404,)) -> dict[str, Any] | None:
    try:
        return call()
    except ServerRefused as error:
        if error.status not in absent:
            raise
        return None


def open_client(endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> GrafanaClient:
    """A client of the Grafana at `endpoint`, which waits with `sleep` before it asks again; nothing is sent yet.

    Raises:
        UsageError: a file with certificates isn't there.
    """
    return GrafanaClient(endpoint, sleep)
