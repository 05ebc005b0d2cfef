"""How one visitor asks: over connections that are kept, with the cookies that were given, and with a time limit."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from provision.lab.client.results import FAILED_STATUS, failure_of

_CUT = (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request.

    Attributes:
        seconds: until the whole answer was there, or the failure was certain.
        status: None when there was no answer.
        body: of the answer.
        failure: as in `results.RequestResult`.
    """

    seconds: float
    status: int | None = None
    body: bytes = b""
    failure: str = ""


class Connection:
    """A visitor's way to one server.

    Args:
        address: `host:port`.
        timeout_seconds: how long a connection, and each wait for the answer, may take.
        context: what is expected of the server's certificate; None: it speaks without TLS.
        host: what the server is called in requests, if not by its address.
    """

    def __init__(
        self,
        address: str,
        timeout_seconds: float,
        context: ssl.SSLContext | None = None,
        host: str = "",
    ) -> None:
        self._connection = (
            http.client.HTTPConnection(address, timeout=timeout_seconds)
            if context is None
            else http.client.HTTPSConnection(address, timeout=timeout_seconds, context=context)
        )
        self._host = host
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Make one request and read its answer to the end. Never raises for what the network does."""
        began = time.perf_counter()
        kept = self._connection.sock is not None
        try:
            try:
                status, content = self._exchanged(method, path, body, headers)
            except _CUT:
                self._connection.close()
                if not kept or method != "GET":
                    raise
                # A server may close a connection that it has kept, at the very moment that it is used again.
                # Browsers ask once more then, and so do we.
                status, content = self._exchanged(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Reply(time.perf_counter() - began, failure=failure_of(error))
        failure = "5xx" if status >= FAILED_STATUS else ""
        return Reply(time.perf_counter() - began, status, content, failure)

    def _exchanged(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        sent = dict(headers or {})
        if self._host:
            sent["Host"] = self._host
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()
        return answer.status, answer.read()
