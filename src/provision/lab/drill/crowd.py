"""Visitors who all come at once: a fixed number of connections, each of which asks for a page, reads the answer, and
after a pause asks again. One thread for all of them.
"""

from __future__ import annotations

import argparse
import heapq
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

PAUSE_SECONDS = 5.0
"""Between an answer and the next request: an answer that comes at once, such as 503, must not become a flood."""

ALL_THERE = "all are there"
"""What it says once each of them has asked."""

_CHUNK = 65536


class Crowd:
    """So many visitors of `url` (`http://host:port`)."""

    def __init__(self, url: str, count: int, pause_seconds: float = PAUSE_SECONDS) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._request = f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
        self._count = count
        self._pause = pause_seconds
        self._asked = 0
        self.answered = 0

    def run(self, until: float) -> None:
        """Visit until that moment (`time.monotonic`)."""
        with selectors.DefaultSelector() as selector:
            due = [time.monotonic()] * self._count  # already a heap
            while (now := time.monotonic()) < until:
                while due and due[0] <= now:
                    heapq.heappop(due)
                    self._come(selector)
                wait = min(until, due[0] if due else until) - now
                for key, _ in selector.select(max(wait, 0)):
                    if self._is_done(key, selector):
                        heapq.heappush(due, time.monotonic() + self._pause)
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]  # a socket was registered

    def _come(self, selector: selectors.BaseSelector) -> None:
        connection = socket.socket()
        connection.setblocking(False)
        with suppress(BlockingIOError):
            connection.connect(self._address)
        selector.register(connection, selectors.EVENT_WRITE)

    def _is_done(self, key: selectors.SelectorKey, selector: selectors.BaseSelector) -> bool:
        connection = key.fileobj
        assert isinstance(connection, socket.socket)
        try:
            if key.events == selectors.EVENT_WRITE:
                connection.send(self._request)
                selector.modify(connection, selectors.EVENT_READ)
                self._asked += 1
                if self._asked == self._count:
                    sys.stdout.write(f"{ALL_THERE}\n")
                    sys.stdout.flush()
                return False
            if connection.recv(_CHUNK):
                return False
            self.answered += 1
        except OSError:
            pass  # refused, or cut off: this visitor comes again, too
        selector.unregister(connection)
        connection.close()
        return True


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.drill.crowd --url URL --count N [--seconds S]`: visit until told to end, or for so long."""
    parser = argparse.ArgumentParser(prog="provision.lab.drill.crowd")
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args(arguments)
    Crowd(options.url, options.count).run(time.monotonic() + options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
