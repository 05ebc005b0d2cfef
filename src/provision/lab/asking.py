"""One request to a server of a lab: straight to it, whatever the environment says of proxies, and over a connection of its
own."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status, reason: as HTTP has them, such as 404 and `Not Found`.
        body: the whole of it.
    """

    status: int
    reason: str
    body: bytes


def ask(
    url: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Answer:
    """Ask for a page, or post `body` to it, and read the answer to its end.

    Args:
        url: `http://HOST:PORT/PATH`, perhaps with a query.
        timeout_seconds: how long a connection, and each wait for the answer, may take.

    Raises:
        OSError: there is no answer, or none in HTTP.
    """
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    with closing(http.client.HTTPConnection(parts.netloc, timeout=timeout_seconds)) as connection:
        try:
            connection.request("GET" if body is None else "POST", path or "/", body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.reason, answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(f"no answer in HTTP: {error or type(error).__name__}") from None
