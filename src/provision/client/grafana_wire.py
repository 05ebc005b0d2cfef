"""Stands between grafana-client and HTTP: what that library asks for goes over our own session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.client.answer import Answer
from provision.client.session import Session
from provision.model import JSON


class Wire:
    """Stands where grafana-client's own HTTP session stood and sends what it asks for over ours."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def request(self, method: str, path: str, **asked: Any) -> _Response:
        """Send it. Its own `auth`, `verify` and `timeout` are left aside: the endpoint has them."""
        json = asked.get("json")
        hidden = json.get("secureJsonData") if isinstance(json, dict) else None
        return _Response(
            self._session.request(
                method,
                path,
                params=asked.get("params"),
                json=json,
                headers=asked.get("headers"),
                secrets=tuple((hidden or {}).values()),
            )
        )


class _Response:
    """As much of a response as grafana-client looks at. It names no content type, so that everything but 204
    has to be JSON."""

    headers: Mapping[str, str] = {}

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status_code = answer.status

    def json(self) -> JSON:
        """The answer's JSON."""
        return self._answer.json()
