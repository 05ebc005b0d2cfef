"""Grafana's resource API (`/apis`) over one session: objects of any kind, locked by their version."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from provision.client.answer import Answer
from provision.client.grafana_answers import an_object, is_item
from provision.client.session import Session
from provision.model import JSON, encode

PAGE = 500
"""Objects in a page."""


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


class Resources:
    """The objects of one Grafana. Threads may share it. Everything raises Unreachable, NotAllowed or ServerRefused as
    the server answers."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
        return self._session.request("GET", api.path, params={"limit": PAGE, "continue": token})

    def _items(self, answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
        page = self._object(answer.json(), "metadata")
        items = [self._item(item) for item in page.get("items") or ()]
        return items, self._object(page["metadata"]).get("continue")

    def get(self, api: Api, name: str) -> dict[str, Any] | None:
        """One object, or None where there is none that the credentials may see."""
        answer = self._session.request("GET", api.of(name), allow=frozenset({403, 404}))
        return None if answer.status in (403, 404) else self._item(answer.json())

    def history(self, api: Api, name: str, limit: int) -> list[dict[str, Any]]:
        """The newest versions of an object, newest first; none where it keeps no history."""
        query = {
            "labelSelector": "grafana.app/get-history=true",
            "fieldSelector": f"metadata.name={name}",
            "limit": limit,
        }
        answer = self._session.request("GET", api.path, params=query, allow=frozenset({403, 404}))
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
        answer = self._session.request(method, path, body=content, headers=headers)
        if not is_item(answer.body):
            self._item(answer.json())

    def remove(self, api: Api, name: str, lock: str) -> None:
        """Delete an object; 409 when its `resourceVersion` isn't `lock` (empty: whatever it is)."""
        options = {"preconditions": {"resourceVersion": lock}} if lock else None
        self._object(self._session.request("DELETE", api.of(name), json=options).json())

    def _item(self, value: Any) -> dict[str, Any]:
        """An object, with a name and a spec."""
        item = self._object(value, "metadata", "spec")
        self._object(item["metadata"], "name")
        self._object(item["spec"])
        return item

    def _object(self, value: Any, *names: str) -> dict[str, Any]:
        return an_object(value, self._session.endpoint.url, *names)
