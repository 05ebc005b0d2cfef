"""What stands between a client and a server: a gate that wants a certificate or a header, and a forward proxy."""

from __future__ import annotations

import base64
import http.client
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Way:
    """What passed.

    Attributes:
        url: where it listens.
        passed: (method, target) of each request that was let through.
        refused: how many weren't.
        seen: headers of the last request, names in lower case.
    """

    url: str = ""
    passed: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0
    seen: dict[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Handshakes that fail on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    way: Way
    wanted: tuple[str, str] | None
    behind: str | None

    def log_message(self, *_: Any) -> None:
        pass

    def _is_welcome(self) -> bool:
        self.way.seen = {name.lower(): value for name, value in self.headers.items()}
        if self.wanted is not None and self.headers.get(self.wanted[0]) != self.wanted[1]:
            self.way.refused += 1
            body = b'{"message": "who are you?"}'
            self.send_response(407 if self.behind is None else 403)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return False
        self.way.passed.append((self.command, self.path))
        return True

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._is_welcome():
            return
        target = urlsplit(self.path if self.behind is None else f"{self.behind}{self.path}")
        path = target.path + (f"?{target.query}" if target.query else "")
        hidden = ("proxy-authorization", "connection", "content-length", "accept-encoding")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in hidden}
        onward = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=60)
        try:
            onward.request(self.command, path, raw or None, headers)
            answer = onward.getresponse()
            body = answer.read()
        except OSError:
            body = b"no way to that host"
            self.send_response(502)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        finally:
            onward.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def do_CONNECT(self) -> None:  # http.server's name
        if not self._is_welcome():
            return
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port)), timeout=60) as onward:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: onward, onward: self.connection}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    ends[end].sendall(data)


@contextmanager
def _serving(
    wanted: tuple[str, str] | None, behind: str | None, context: ssl.SSLContext | None = None
) -> Iterator[Way]:
    way = Way()
    handler = type("Handler", (_Handler,), {"way": way, "wanted": wanted, "behind": behind})
    server = _Server(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    way.url = f"http{'' if context is None else 's'}://127.0.0.1:{server.server_port}"
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def gate(
    behind: str, *, header: tuple[str, str] | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Way]:
    """Stands before the server at `behind` and lets in who sends the header, or agrees on TLS."""
    with _serving(header, behind, context) as way:
        yield way


@contextmanager
def forward_proxy(user: str = "", password: str = "") -> Iterator[Way]:
    """A proxy for http and https (CONNECT), for that user if one is given."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    with _serving(("Proxy-Authorization", f"Basic {pair}") if user else None, None) as way:
        yield way
