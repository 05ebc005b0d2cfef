"""What went wrong between us and a server, as one sentence a person can act on.

Nothing that the HTTP library says is quoted: its messages and exceptions hold requests, and those hold
credentials. What a server says is quoted in one line, without the secrets that were sent to it.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import orjson

from provision.client.endpoint import Endpoint
from provision.errors import Late, NotAllowed, ProvisionError, ServerRefused, Unreachable

_QUOTED = 300
_BUNDLE = "REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE"
"""Environment variables that name the certificates to trust, for every program on this HTTP library."""

_SHORTEST_SECRET = 3

_TLS_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""How the TLS library tells of a connection that ended, rather than of something it can't accept."""


def was_cut(error: BaseException) -> bool:
    """Whether a connection that stood was closed on us: asking again may well be answered."""
    from niquests import exceptions

    if isinstance(error, exceptions.ChunkedEncodingError | exceptions.ContentDecodingError):
        return True
    if not isinstance(error, exceptions.ConnectionError) or isinstance(error, exceptions.Timeout):
        return False
    causes = tuple(_causes(error))
    # A time limit that is over in the middle of an answer is told as a lost connection.
    if any(isinstance(cause, socket.gaierror | TimeoutError) for cause in causes):
        return False
    if errors := [cause for cause in causes if isinstance(cause, ssl.SSLError)]:
        return any(isinstance(cause, _TLS_CUT) for cause in errors)
    refused = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)
    return not any(isinstance(cause, OSError) and cause.errno in refused for cause in causes)


def lost(error: BaseException, endpoint: Endpoint, seconds: float) -> ProvisionError:
    """A request that got no answer, or not within so many seconds."""
    from niquests.exceptions import ConnectTimeout, InvalidHeader, ProxyError, Timeout

    sent = False
    causes = tuple(_causes(error))
    certificate = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if certificate is not None or "SSLError" in {type(cause).__name__ for cause in causes}:
        ended = isinstance(certificate, _TLS_CUT)
        return _tls(" ".join(str(cause) for cause in causes), endpoint, ended=ended)
    if isinstance(error, ProxyError):
        shown = endpoint.proxy_shown or "that the environment names"
        what = f"the proxy {shown} doesn't pass requests on"
        remedy = "check it" if endpoint.proxy else "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
    elif isinstance(error, InvalidHeader):
        what, remedy = "the credentials or a header hold a character that can't be sent", "check them"
    elif isinstance(error, ValueError):
        what, remedy = "that isn't the address of a server", "write it as http://HOST:PORT or https://HOST"
    elif "CA certificate bundle" in str(error):
        what, remedy = "the certificates that the environment names aren't there", f"check {_BUNDLE}"
    elif any(
        isinstance(cause, socket.gaierror) or "NameResolution" in type(cause).__name__ for cause in causes
    ):
        what, remedy = f"no address is known for {urlsplit(endpoint.url).hostname!r}", "check the host's name"
    elif isinstance(error, ConnectTimeout):
        what, remedy = "no connection within the time limit", "check the address and the network"
    elif isinstance(error, Timeout) or any(isinstance(cause, TimeoutError) for cause in causes):
        return Late(
            f"no answer within {seconds:g} s", where=endpoint.url, remedy="check the server", sent=True
        )
    elif errno.ECONNREFUSED in numbers:
        what, remedy = "nothing listens there (connection refused)", "start the server or check the port"
    elif numbers & {errno.EHOSTUNREACH, errno.ENETUNREACH}:
        what, remedy = "there is no way to that host", "check the address and the network"
    else:
        what, remedy = "the connection was closed in the middle", "check the server and try again"
        sent = True
    return Unreachable(what, where=endpoint.url, remedy=remedy, sent=sent)


def _tls(text: str, endpoint: Endpoint, *, ended: bool) -> ProvisionError:
    # The library's code for what went wrong is a word in capitals and holds nothing of the request.
    code = re.search(r"\[SSL: (\w+)\]", text)
    what = f"TLS could not be agreed on{f' ({code[1]})' if code else ''}"
    remedy = "check the certificates of both sides"
    if any(
        mark in text
        for mark in (
            "WRONG_VERSION_NUMBER",
            "wrong version number",
            "RECORD_LAYER",
            "record layer",
            "HTTP_REQUEST",
        )
    ):
        what, remedy = "what listens there speaks plain http, not TLS", "write the URL with http://"
    elif "KEY_VALUES_MISMATCH" in text or "key values mismatch" in text:
        what, remedy = "the client certificate and its key don't belong together", "check both"
    elif "mismatch" in text or "doesn't match" in text or "is not valid for" in text:
        what, remedy = "its certificate is made out to another name", "use the name in the certificate"
    elif "has expired" in text:
        what, remedy = "its certificate has expired", "renew it"
    elif "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
        what = "its certificate isn't trusted"
        remedy = "give --ca-file FILE with the authority that signed it"
        if endpoint.ca_file:
            remedy = f"the authority that signed it isn't in {endpoint.ca_file}"
    elif "CERTIFICATE_REQUIRED" in text or "certificate required" in text or "bad certificate" in text:
        what, remedy = "it wants a client certificate", "give one with its key"
    elif "NO_CERTIFICATE_OR_CRL_FOUND" in text or "PEM" in text or "X509" in text:
        what = "the CA file or client certificate isn't in PEM format"
        remedy = "check it" if endpoint.ca_file or endpoint.client_cert else f"check {_BUNDLE}"
    elif ended:
        what, remedy = "the connection was closed while TLS was spoken", "check the server and try again"
    return Unreachable(what, where=endpoint.url, remedy=remedy, sent=ended)


def refused(
    method: str,
    path: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    endpoint: Endpoint,
    secrets: Iterable[str] = (),
) -> ProvisionError:
    """A request that was answered with an error."""
    said = message_of(headers, body, (*endpoint.secrets, *secrets))
    request = f"{method} {path}"
    if status == 401:
        if endpoint.credentials:
            what, remedy = "the credentials were refused", f"check them: {endpoint.sign_in_hint}"
        else:
            what, remedy = "it wants credentials", endpoint.sign_in_hint
        return NotAllowed(_with(what, said), status=status, where=endpoint.url, remedy=remedy)
    if status == 403:
        return NotAllowed(
            _with(f"{request} isn't allowed", said),
            status=status,
            where=endpoint.url,
            remedy="give the account that permission or use another",
        )
    if status == 400 and "HTTP request to an HTTPS server" in said:
        return Unreachable(
            "it speaks TLS, not plain http", where=endpoint.url, remedy="write the URL with https://"
        )
    if status == 407:
        return Unreachable(
            "the proxy wants credentials", where=endpoint.url, remedy="check HTTP_PROXY and HTTPS_PROXY"
        )
    if status in (502, 504) and not said:
        said = "a proxy before it can't reach it"
    what = _with(f"{request} was answered with {status}", said)
    broken = "check the URL, and the server's log" if status == 500 else None
    return ServerRefused(what, status=status, where=endpoint.url, remedy=broken)


def html(endpoint: Endpoint, body: bytes) -> Unreachable:
    """A web page where an API's answer is wanted."""
    page = body[:20_000].lower()
    if b"login" in page or b"sign in" in page or b"log in" in page or b"password" in page:
        what = "a login page answered instead of the API"
        remedy = f"{endpoint.sign_in_hint}, and check that no proxy asks people to log in"
    else:
        what, remedy = "a web page answered instead of the API", "check the URL, its sub-path above all"
    return Unreachable(what, where=endpoint.url, remedy=remedy)


def redirected(method: str, url: str, location: str, endpoint: Endpoint) -> Unreachable:
    """A redirect that isn't followed."""
    old, new = urlsplit(url), urlsplit(urljoin(url, location))
    host = f"{new.hostname or ''}{'' if new.port is None else f':{new.port}'}"
    shown = f"{new.scheme}://{host}{new.path}"
    if "login" in new.path or "signin" in new.path or "oauth" in new.path or "/auth" in new.path:
        what, remedy = f"it asks to log in (redirects to {shown})", endpoint.sign_in_hint
    elif old.scheme == "https" and new.scheme == "http":
        what, remedy = (
            f"it redirects to plain http ({shown}), where credentials would be read by others",
            ("check the server's own root URL"),
        )
    elif old.hostname == new.hostname and new.scheme == "https" and old.scheme == "http":
        what, remedy = "it redirects to https", "write the URL with https://"
    elif (old.hostname, old.port) != (new.hostname, new.port):
        what, remedy = f"it redirects to another server ({shown})", "use that URL, if it is the right one"
    else:
        what, remedy = (
            f"{method} {old.path} is redirected to {shown}",
            "check the URL, its sub-path above all",
        )
    return Unreachable(what, where=endpoint.url, remedy=remedy)


def message_of(headers: Mapping[str, str], body: bytes, secrets: Iterable[str] = ()) -> str:
    """What an answer says, in one line of at most 300 characters; nothing for a web page."""
    text = ""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        if "html" not in headers.get("content-type", "") and not body.lstrip().startswith(b"<"):
            text = body[: 4 * _QUOTED].decode("utf-8", "replace")
    else:
        text = _said(value)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"


def _said(value: object) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    parts = [
        value[name]
        for name in ("message", "error", "detail", "traceback")
        if isinstance(value.get(name), str)
    ]
    return ": ".join(part for part in dict.fromkeys(parts) if part)


def _with(what: str, said: str) -> str:
    return f"{what}: {said.rstrip('.')}" if said else what


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that is behind it, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
