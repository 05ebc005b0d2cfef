"""One request over the HTTP library's pool of connections, and its answer: no retries, no redirects, no cookies.

A session of the library prepares each request anew: it merges headers and cookies, looks for hooks, and watches for
what it might have to follow. That takes as long as sending it. Here the same adapter, with the session's pool, TLS
settings, proxies and errors, is given requests whose headers were merged once.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from provision.errors import TooLarge, UsageError

if TYPE_CHECKING:
    import niquests

    from provision.client.endpoint import Endpoint

POOL: Final = 32
"""How many connections to one server are kept."""


_PART_BYTES: Final = 64 << 10


class Wire:
    """Connections to one server. Threads may share it.

    Raises:
        UsageError: a file with certificates isn't there, or its key is encrypted.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._http = _http(endpoint)
        self._authorization = endpoint.credentials.authorization
        proxy = endpoint.proxy
        self._proxies = {} if proxy is None else {"http": proxy, "https": proxy}
        self._verify: bool | str = not endpoint.insecure and (endpoint.ca_file or True)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeouts_seconds: tuple[float, float],
        most_bytes: int | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request as it is; returns the status, the headers with names in lower case, and the body.

        Args:
            url: the whole address, percent-encoded.
            headers: beside those of the endpoint, over which they win.
            timeouts_seconds: for the connection, and for the answer.
            most_bytes: how large the body may be, and then all of it has to be there in time; None: as large as it
                likes, and in time as long as it comes in at all.

        Raises:
            RequestException, OSError, ValueError: as the library raises them; they hold credentials.
            TooLarge: the body is larger.
        """
        request = self._prepared(method, url, body, headers)
        # The proxies and certificates that the environment names are looked up as a session would.
        found = self._http.merge_environment_settings(url, self._proxies, False, self._verify, None)
        adapter: Any = self._http.get_adapter(
            url
        )  # its base class knows fewer kinds of time-outs than it does
        until = time.monotonic() + timeouts_seconds[1]
        response = adapter.send(request, timeout=timeouts_seconds, **found)
        received = {name.lower(): value for name, value in response.headers.items()}
        body = response.content or b"" if most_bytes is None else _bounded(response, most_bytes, until, url)
        return response.status_code or 0, received, body

    def _prepared(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> niquests.PreparedRequest:
        from niquests import PreparedRequest

        request = PreparedRequest()
        request.method, request.body = method, body or None
        request.prepare_url(url, None)
        request.headers = self._http.headers.copy()
        for name, value in headers.items():
            request.headers[name] = value
        if self._authorization is not None:
            request.headers["Authorization"] = self._authorization
        request.prepare_content_length(request.body)
        return request


def _bounded(response: Any, most_bytes: int, until: float, url: str) -> bytes:
    """The body, as long as it isn't too large and comes in before that moment."""
    parts, size = [], 0
    for part in response.iter_content(_PART_BYTES):
        parts.append(part)
        size += len(part)
        if size > most_bytes or time.monotonic() > until:
            response.close()
            if size <= most_bytes:
                raise TimeoutError
            raise TooLarge(
                f"an answer has more than {most_bytes / 2**20:.0f} MiB",
                where=urlunsplit((*urlsplit(url)[:3], "", "")),
            )
    return b"".join(parts)


def _http(endpoint: Endpoint) -> niquests.Session:
    import niquests

    from provision import __version__

    certificates = endpoint.client_cert or ()
    pair = (certificates,) if isinstance(certificates, str) else certificates
    for file in (endpoint.ca_file, *pair):
        if file is not None and not Path(file).is_file():
            raise UsageError("there is no such file", where=file, remedy="name a certificate in PEM format")
    for file in pair:
        if b"ENCRYPTED" in Path(file).read_bytes():  # OpenSSL would stop and ask on the terminal
            raise UsageError("the key in it is encrypted", where=file, remedy="name one without a passphrase")
    if endpoint.insecure:
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")
    # Revocation is asked from servers elsewhere, HTTP/3 is found by trying: neither belongs in a push.
    http = niquests.Session(
        pool_maxsize=POOL,
        disable_http3=True,
        revocation_configuration=None,
        allow_incoming_cookies=False,
        cert=endpoint.client_cert,
    )
    http.headers.update({"User-Agent": f"provision/{__version__}"})
    if _is_here(endpoint.url):  # packing and unpacking would cost more than it saves on the way
        http.headers["Accept-Encoding"] = "identity"
    for name, value in endpoint.headers.items():
        http.headers[name] = value
    return http


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
