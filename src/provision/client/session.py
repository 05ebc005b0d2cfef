"""One layer for all HTTP: retries that can't do harm, redirects that can't leak, errors as sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from provision.client import failures, redirects, retries
from provision.client.answer import Answer
from provision.client.endpoint import Credentials, Endpoint, Prefix, endpoint_from
from provision.client.pace import pace_of
from provision.client.wire import Wire
from provision.errors import ProvisionError, ServerRefused, Unreachable
from provision.model import JSON, encode

__all__ = ["Credentials", "Endpoint", "Prefix", "Session", "endpoint_from", "open_session"]

_log = logging.getLogger(__name__)

_CONNECT_SECONDS = 10.0


class Session:
    """Connections to one server. Threads may share it.

    Raises:
        UsageError: a file with certificates isn't there.
    """

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> None:
        self.endpoint = endpoint
        self._sleep = sleep
        self.pace = pace_of(endpoint.url)
        self._wire = Wire(endpoint)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: JSON = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = frozenset(),
        secrets: Iterable[str] = (),
        timeout_seconds: float | None = None,
        most_bytes: int | None = None,
        once: bool = False,
    ) -> Answer:
        """Send a request and return its answer.

        Args:
            path: below the endpoint's URL, starts with a slash, already percent-encoded.
            params: the query; a list gives its name several times; None values are left out.
            json: sent as the body; a `body` of bytes is sent as it is.
            allow: statuses of 300 and more that are answers rather than errors.
            secrets: what must not appear in a message, besides the endpoint's own.
            timeout_seconds: how long this one answer may take, if not as long as any other.
            most_bytes: how large the answer may be; None: as large as it likes.
            once: whether a refusal is an answer: it is sent again only where the server asks for that (429), or
                where the connection was cut.

        Raises:
            Unreachable: no answer, or an answer that isn't the API's; Late: not within the time limit.
            TooLarge: the answer is larger than `most_bytes`.
            NotAllowed: 401 or 403.
            ServerRefused: any other status of 400 and more.
        """
        method = method.upper()
        data = encode(json) if json is not None else body
        sent = {"Accept": "application/json", **(headers or {})}
        if json is not None:
            sent.setdefault("Content-Type", "application/json")
        query = urlencode([(k, v) for k, v in (params or {}).items() if v is not None], doseq=True)
        url = f"{self.endpoint.url}{path}" + (f"?{query}" if query else "")
        bounds = _Bounds(
            self.endpoint.timeout_seconds if timeout_seconds is None else timeout_seconds, most_bytes, once
        )
        answer = self._answered(method, url, data, sent, bounds)
        for _ in range(redirects.MOST):
            if answer.status not in redirects.STATUSES or answer.status in allow:
                break
            url = redirects.target_of(method, url, answer, self.endpoint)
            answer = self._answered(method, url, data, sent, bounds)
        if answer.status in allow:
            return answer
        if answer.status in redirects.STATUSES:
            raise Unreachable(
                f"{method} {path} is redirected in circles", where=self.endpoint.url, remedy="check the URL"
            )
        if answer.status >= 400:
            error = failures.refused(
                method, path, answer.status, answer.headers, answer.body, self.endpoint, secrets
            )
            if isinstance(error, ServerRefused):
                error.repeated = answer.repeated
            raise error
        if answer.headers.get("content-type", "").startswith("text/html"):
            raise failures.html(self.endpoint, answer.body)
        return answer

    def _answered(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str], bounds: _Bounds
    ) -> Answer:
        """The answer, after as many attempts as are harmless, and after the pause that the server has asked for."""
        if asked := self.pace.pause():
            self._sleep(asked)
        repeated = False
        for pause in (*retries.PAUSES_SECONDS, None):
            answer, failure, cut = self._once(method, url, data, headers, bounds)
            if answer is None:
                assert failure is not None
                if pause is None or not (cut and method in retries.SAFE):
                    raise failure
                self._sleep(pause)
                continue
            wait = (
                None if bounds.once and answer.status != 429 else retries.wait_seconds(method, answer, pause)
            )
            if wait is None:
                return replace(answer, repeated=repeated)
            repeated = repeated or (answer.status == 503 and method not in retries.SAFE)
            if answer.status in (429, 503):
                self.pace.hold(wait)
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    def _once(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str], bounds: _Bounds
    ) -> tuple[Answer | None, ProvisionError | None, bool]:
        """An answer, or a failure and whether the connection was cut. The failure is raised elsewhere, so
        that the library's exception, which holds the request and so the credentials, isn't its context."""
        from niquests.exceptions import RequestException

        seconds = bounds.seconds
        try:
            status, received, body = self._wire.send(
                method, url, data, headers, (min(seconds, _CONNECT_SECONDS), seconds), bounds.most_bytes
            )
        except (RequestException, OSError, ValueError) as error:
            return None, failures.lost(error, self.endpoint, seconds), failures.was_cut(error)
        _log.debug("%s %s → %s, %d bytes", method, url, status, len(body))
        return Answer(status, received, body, self.endpoint.url), None, False


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How long one answer may take, how large it may be, and whether a refusal is an answer."""

    seconds: float
    most_bytes: int | None
    once: bool


def open_session(endpoint: Endpoint) -> Session:
    """Connections to the server at `endpoint`; none is made before the first request.

    Raises:
        UsageError: a file with certificates isn't there.
    """
    return Session(endpoint)
