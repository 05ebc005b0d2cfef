"""What the lab's own HTTP servers share: a function from request to reply, served on the loopback address by a
server that ends gracefully."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GRACE_SECONDS = 5.0
_LARGEST_BODY = 4_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks.

    Attributes:
        method: `GET` or `POST`.
        path: without the query.
        headers: by name, in any case.
        body: empty for `GET`.
    """

    method: str
    path: str
    headers: Message
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What it gets."""

    status: int
    text: str
    kind: str = "text/plain; charset=utf-8"


Answer = Callable[[Request], Reply]


class Server(ThreadingHTTPServer):
    """Listens on one address and answers each connection in a thread of its own.

    Args:
        port: 0 for a free one; `server_port` says which.
        answer: called from several threads at once.
        host: the address.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), _Connection)
        self.answer = answer
        self.stopping = False
        self._busy = 0
        self._idle = threading.Condition()

    def start(self) -> None:
        """Answer in the background."""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Take no more connections, let the running requests finish (5 s at most), and close."""
        self.stopping = True
        self.shutdown()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, GRACE_SECONDS)
        self.server_close()

    def answered(self, count: int) -> None:
        """`count` more requests are being answered; -1 when one is done."""
        with self._idle:
            self._busy += count
            self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(Reply(413, "a body of a known, moderate length is expected\n"))
        else:
            self._serve(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Nothing: at the lab's rate a line for each request would fill the disk."""

    def _serve(self, body: bytes) -> None:
        path = self.path.partition("?")[0]
        self.server.answered(1)
        try:
            self._send(self.server.answer(Request(self.command, path, self.headers, body)))
        finally:
            self.server.answered(-1)

    def _send(self, reply: Reply) -> None:
        content = reply.text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(content)))
        if self.server.stopping:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(content)


def wait_for_stop(told: threading.Event | None = None) -> None:
    """Return once this process is told to end (SIGTERM or SIGINT), or `told` is set."""
    told = told or threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    told.wait()


def wait_for_end(join: Callable[[], None]) -> None:
    """Return once `join` has returned in a thread of its own, or this process is told to end."""
    done = threading.Event()

    def wait() -> None:
        join()
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    wait_for_stop(done)


def run(server: Server, wait: Callable[[], None] = wait_for_stop) -> int:
    """Serve until `wait` returns, end gracefully, and give the exit code 0."""
    server.start()
    wait()
    server.stop()
    return 0
