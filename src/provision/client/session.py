"""One layer for all HTTP: retries that can't do harm, redirects that can't leak, errors as sentences.

Retries. A GET is sent up to six times: after a connection that was cut, and after 429, 502, 503 and 504. A
write is sent again only where the server says that it did nothing: after 429, and after 503 with
`Retry-After`. Nothing is retried after a time-out, when nothing listens, or when the server wants more than
30 s. A write whose answer was lost isn't repeated: it may have been done. The caller reads it back.

Redirects. A GET is followed within one scheme, host and port; a write only where the server asks for the
same method again (307, 308). Any other redirect is an error that says where it leads. Credentials go nowhere
but to the endpoint.
"""

from __future__ import annotations

import datetime
import email.utils
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlencode, urljoin, urlsplit

import orjson

from provision.client import failures
from provision.client.endpoint import Credentials, Endpoint, Prefix, endpoint_from
from provision.client.pace import pace_of
from provision.client.wire import Wire
from provision.errors import NotAllowed, ProvisionError, ServerRefused, Unreachable
from provision.model import JSON, encode

__all__ = ["Answer", "Credentials", "Endpoint", "Kind", "Prefix", "Session", "endpoint_from", "open_session"]

_log = logging.getLogger(__name__)

PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
LONGEST_WAIT_SECONDS = 30.0
_REDIRECTS = 5
_CONNECT_SECONDS = 10.0
_SAFE = frozenset({"GET", "HEAD"})
_TRANSIENT = frozenset({429, 502, 503, 504})
_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})

Kind = Literal["Grafana", "Prometheus", "Alertmanager"]

_PROBES: Mapping[Kind, tuple[str, Callable[[Any], bool]]] = {
    "Grafana": ("/api/health", lambda value: "database" in value),
    "Prometheus": (
        "/api/v1/status/buildinfo",
        lambda value: value.get("status") == "success" and "version" in value.get("data", ()),
    ),
    "Alertmanager": ("/api/v2/status", lambda value: "versionInfo" in value and "cluster" in value),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        headers: names in lower case.
        url: the endpoint's URL, for messages.
        repeated: whether it answers a write that was sent again after a 503, which promises nothing: it may meet
            what the first one did.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = ""
    repeated: bool = False

    def json(self) -> JSON:
        """The JSON value in the body.

        Raises:
            Unreachable: there is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            what = (
                "an answer was cut short or isn't JSON"
                if self.body
                else "an answer was empty where JSON is wanted"
            )
        raise Unreachable(what, where=self.url, remedy="check the URL and what stands between")


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
        for _ in range(_REDIRECTS):
            if answer.status not in _REDIRECT_STATUSES or answer.status in allow:
                break
            url = self._redirect(method, url, answer)
            answer = self._answered(method, url, data, sent, bounds)
        if answer.status in allow:
            return answer
        if answer.status in _REDIRECT_STATUSES:
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

    def expect(self, kind: Kind) -> JSON:
        """What the server says of itself (Grafana's health, Prometheus's build information, Alertmanager's
        status), once it has proved to be of that kind.

        Raises:
            Unreachable: it doesn't answer, or is something else; if it is another kind we know, that is said.
        """
        path, recognises = _PROBES[kind]
        failure: ProvisionError | None = None
        try:
            value = self._probed(path)
        except (ServerRefused, Unreachable) as error:
            failure = error
        else:
            if isinstance(value, dict) and recognises(value):
                return value
        if isinstance(failure, ServerRefused) and failure.status not in (401, 403, 404, 405):
            raise failure
        if failure is None or isinstance(failure, ServerRefused) or " answered instead " in failure.what:
            for other, (its_path, its_own) in _PROBES.items():
                if other != kind and self._is(its_path, its_own):
                    failure = Unreachable(
                        f"a{'n' if other[0] == 'A' else ''} {other} answers there, not a"
                        f"{'n' if kind[0] == 'A' else ''} {kind}",
                        where=self.endpoint.url,
                        remedy="check the URL and the port",
                    )
                    break
        refused = isinstance(failure, ServerRefused) and not isinstance(failure, NotAllowed)
        if failure is None or refused:
            failure = Unreachable(
                f"what answers there isn't a{'n' if kind[0] == 'A' else ''} {kind}",
                where=self.endpoint.url,
                remedy="check the URL, its sub-path above all",
            )
        raise failure

    def _probed(self, path: str) -> JSON:
        return self.request("GET", path).json()

    def _is(self, path: str, recognises: Callable[[Any], bool]) -> bool:
        try:
            value = self._probed(path)
        except (ServerRefused, Unreachable):
            return False
        return isinstance(value, dict) and recognises(value)

    def _answered(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str], bounds: _Bounds
    ) -> Answer:
        """The answer, after as many attempts as are harmless, and after the pause that the server has asked for."""
        if asked := self.pace.pause():
            self._sleep(asked)
        repeated = False
        for pause in (*PAUSES_SECONDS, None):
            answer, failure, cut = self._once(method, url, data, headers, bounds)
            if answer is None:
                assert failure is not None
                if pause is None or not (cut and method in _SAFE):
                    raise failure
                self._sleep(pause)
                continue
            wait = None if bounds.once and answer.status != 429 else self._wait(method, answer, pause)
            if wait is None:
                return replace(answer, repeated=repeated)
            repeated = repeated or (answer.status == 503 and method not in _SAFE)
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

    def _wait(self, method: str, answer: Answer, pause: float | None) -> float | None:
        """How many seconds to wait before asking again; None: don't."""
        if pause is None or answer.status not in _TRANSIENT:
            return None
        asked = retry_after(answer.headers.get("retry-after", ""))
        if method not in _SAFE and not (answer.status == 429 or (answer.status == 503 and asked is not None)):
            return None
        wait = pause if asked is None else asked
        return None if wait > LONGEST_WAIT_SECONDS else wait

    def _redirect(self, method: str, url: str, answer: Answer) -> str:
        location = answer.headers.get("location", "")
        target = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(target)
        same_place = (old.scheme, old.netloc) == (new.scheme, new.netloc)
        login = new.path.rstrip("/").endswith(("/login", "/signin"))
        same_method = method in _SAFE or answer.status in (307, 308)
        if not location or not same_place or login or not same_method:
            raise failures.redirected(method, url, location, self.endpoint)
        return target


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


def retry_after(value: str) -> float | None:
    """The seconds that a `Retry-After` header asks to wait (a number or a date), or None."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
