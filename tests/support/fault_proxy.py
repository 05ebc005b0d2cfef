"""A proxy between a client and a server that does to their conversation what networks and gateways do.

`proxy(server_url)` listens on a free loopback port and passes requests on, one connection to the server for each
of the client's. A `Trouble` says which request goes wrong and how: the nth that matches a method and a path. How
is a name in `FAULTS`. What carries the header `X-Test: yes` is somebody else's: it passes untouched and uncounted.
"""

from __future__ import annotations

import http.client
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

SAFE: Final = ("GET", "HEAD")
HELD_SECONDS: Final = 60.0
"""The longest that a test may hold a request back."""


@dataclass(frozen=True)
class Reply:
    """What is answered in place of the server."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Fault:
    """What happens to a request.

    Attributes:
        delivered: whether the server gets the request.
        reply: what is answered, in place of what the server says; None for nothing of our own.
        ending: without a reply: the connection is closed (`close`), reset (`reset`), left without an answer until
            the client goes away (`silence`); or the server's answer is passed on by `half`, all its headers but half its
            body; or with its body `cut` in two and the length that fits.
    """

    delivered: bool
    reply: Reply | None = None
    ending: str = ""


_HTML = (("Content-Type", "text/html; charset=UTF-8"),)
_JSON = (("Content-Type", "application/json"),)
_LOGIN = Reply(200, b"<!DOCTYPE html><html><title>Sign in</title><form>password <input></form></html>", _HTML)
_GATEWAY = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_LOCKED = Reply(500, b'{"message": "Failed to save", "error": "database is locked"}')
_SLOW = b'{"message": "too many requests"}'

FAULTS: Final[dict[str, Fault]] = {
    "closed before": Fault(False, ending="close"),
    "closed after": Fault(True, ending="close"),
    "reset before": Fault(False, ending="reset"),
    "reset after": Fault(True, ending="reset"),
    "no answer before": Fault(False, ending="silence"),
    "no answer after": Fault(True, ending="silence"),
    "half an answer": Fault(True, ending="half"),
    "JSON cut in two": Fault(True, ending="cut"),
    "429": Fault(False, Reply(429, _SLOW)),
    "429 with Retry-After": Fault(False, Reply(429, _SLOW, (*_JSON, ("Retry-After", "3")))),
    "429 for an hour": Fault(False, Reply(429, _SLOW, (*_JSON, ("Retry-After", "3600")))),
    "500 before": Fault(False, Reply(500, b'{"message": "Internal Server Error"}')),
    "500 after": Fault(True, Reply(500, b'{"message": "Internal Server Error"}')),
    "502 before": Fault(False, Reply(502, _GATEWAY, _HTML)),
    "502 after": Fault(True, Reply(502, _GATEWAY, _HTML)),
    "503 before": Fault(False, Reply(503, b"")),
    "503 with Retry-After before": Fault(False, Reply(503, b"", (*_JSON, ("Retry-After", "3")))),
    "503 with Retry-After after": Fault(True, Reply(503, b"", (*_JSON, ("Retry-After", "3")))),
    "504 after": Fault(True, Reply(504, b"", _HTML)),
    "database is locked before": Fault(False, _LOCKED),
    "database is locked after": Fault(True, _LOCKED),
    "a login page before": Fault(False, _LOGIN),
    "a login page after": Fault(True, _LOGIN),
    "a redirect to log in": Fault(False, Reply(302, b"", (("Location", "/login"),))),
    "an empty answer": Fault(True, Reply(200, b"")),
}


@dataclass
class Trouble:
    """Which requests go wrong, and how.

    Attributes:
        method: such as `PUT`; `WRITE` for all that aren't reads, `*` for all.
        pattern: a regular expression that is searched in the path with its query, a space, and the body.
        fault: a name in `FAULTS`.
        nth: the first that goes wrong, of those that match, counted from 1.
        times: how many go wrong from there on.
        hold: `before` or `after` the server gets it, the request waits until the test sets `released`; then it goes on as the
            fault says, or as usual without one.
        down: whether the server can't be reached any more after this, until `calm()`.
        reached: set when the first request waits.
        met: how many went wrong so far.
    """

    method: str
    pattern: str
    fault: str = ""
    nth: int = 1
    times: int = 1
    hold: str = ""
    down: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    met: int = 0
    seen: int = 0

    def takes(self, method: str, request: str) -> bool:
        """Whether this request is to go wrong; counts it."""
        named = self.method in ("*", method) or (self.method == "WRITE" and method not in SAFE)
        if not named or not re.search(self.pattern, request):
            return False
        self.seen += 1
        if not self.nth <= self.seen < self.nth + self.times:
            return False
        self.met += 1
        return True

    def wait(self, moment: str) -> None:
        """Hold the request here, if it is to be held at this moment."""
        if self.hold == moment:
            self.reached.set()
            assert self.released.wait(HELD_SECONDS), "nobody released a request that was held back"


class Proxy:
    """A proxy that listens.

    Attributes:
        url: where.
        troubles: what is to go wrong; of those that match a request, the first does.
        requests: (method, path) of all that came in.
        delivered: of those, the ones that the server got.
    """

    def __init__(self, server: str) -> None:
        self.server = urlsplit(server)
        self.url = ""
        self.lock = threading.Lock()
        self.troubles: list[Trouble] = []
        self.requests: list[tuple[str, str]] = []
        self.delivered: list[tuple[str, str]] = []
        self.down = False
        self.closing = threading.Event()
        self.connections = 0
        self.changed = threading.Condition()

    def count(self, change: int) -> None:
        with self.changed:
            self.connections += change
            self.changed.notify_all()

    def quiet(self) -> None:
        """Wait until all clients have gone, and all that they have sent has been passed on."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.connections, HELD_SECONDS), (
                "clients are still there"
            )

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.requests if method not in SAFE]

    def trouble(self, method: str, pattern: str, fault: str = "", **more: object) -> Trouble:
        """Let something go wrong from now on."""
        made = Trouble(method, pattern, fault, **more)  # type: ignore[arg-type]
        self.troubles.append(made)
        return made

    def calm(self) -> None:
        """Let nothing go wrong any more, and forget what came in."""
        with self.lock:
            self.down = False
            self.troubles.clear()
            self.requests.clear()
            self.delivered.clear()

    def met(self, method: str, path: str, content: bytes) -> Trouble | None:
        request = f"{path} {content.decode(errors='replace')}"
        with self.lock:
            self.requests.append((method, path))
            if self.down:
                return Trouble(method, "", "reset before")
            trouble = next((one for one in self.troubles if one.takes(method, request)), None)
            self.down = trouble is not None and trouble.down
            return trouble


_Answer = tuple[int, list[tuple[str, str]], bytes]
_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy
    upstream: http.client.HTTPConnection | None = None

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            if self.upstream is not None:
                self.upstream.close()

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        own = self.headers.get("X-Test") == "yes"
        trouble = None if own else self.proxy.met(self.command, self.path, content)
        fault = FAULTS[trouble.fault] if trouble is not None and trouble.fault else None
        if trouble is not None:
            trouble.wait("before")
        answer: _Answer | None = None
        if fault is None or fault.delivered:
            try:
                answer = self._passed_on(content, own=own)
            except (OSError, http.client.HTTPException):
                return self._end("reset")
        if trouble is not None:
            trouble.wait("after")
        if fault is None:
            assert answer is not None
            return self._send(*answer)
        if fault.reply is not None:
            return self._send(fault.reply.status, list(fault.reply.headers), fault.reply.body)
        if fault.ending in ("half", "cut"):
            assert answer is not None
            status, headers, body = answer
            half = body[: len(body) // 2]
            return self._send(status, headers, half, len(body) if fault.ending == "half" else None)
        return self._end(fault.ending)

    def _passed_on(self, content: bytes, *, own: bool) -> _Answer:
        if self.upstream is None:
            server = self.proxy.server
            self.upstream = http.client.HTTPConnection(
                server.hostname or "", server.port, timeout=HELD_SECONDS
            )
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP | {"host"}}
        path = self.proxy.server.path + self.path
        self.upstream.request(self.command, path, content or None, headers)
        if not own:
            with self.proxy.lock:
                self.proxy.delivered.append((self.command, self.path))
        response = self.upstream.getresponse()
        body = response.read()
        kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _HOP]
        return response.status, kept, body

    def _send(
        self, status: int, headers: list[tuple[str, str]], body: bytes, length: int | None = None
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)
        if length is not None:
            self._end("close")

    def _end(self, how: str) -> None:
        self.close_connection = True
        if how == "silence":
            self._until_gone()
        elif how == "reset":  # lingering for no time at all sends a reset instead of a farewell
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()  # it holds the socket open
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    def _until_gone(self) -> None:
        """Until the client closes its side."""
        self.connection.settimeout(0.05)
        while not self.proxy.closing.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    proxy: Proxy

    def process_request(self, request: Any, client_address: Any) -> None:
        self.proxy.count(1)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.proxy.count(-1)

    def handle_error(self, *_: object) -> None:
        """Connections that were cut on purpose."""


@contextmanager
def proxy(server: str) -> Iterator[Proxy]:
    """A proxy on a free port before the server at that URL."""
    made = Proxy(server.rstrip("/"))
    listener = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": made}))
    listener.proxy = made
    made.url = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        for trouble in made.troubles:
            trouble.released.set()
        listener.shutdown()
        listener.server_close()
        thread.join()
