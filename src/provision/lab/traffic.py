"""Clients of the lab's application, through Traefik: a steady mix of pages, albums made and deleted, a missing page,
an error and a slow answer, some of it over TLS.

The mix isn't left to chance: every 200 requests hold one error and one slow answer, evenly spread, so that a
healthy lab stays well inside its objective in any window.
"""

from __future__ import annotations

import argparse
import http.client
import json
import ssl
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from provision.lab.gallery.collection import SAMPLES
from provision.lab.serving import wait_for_stop

WORKERS = 16
TIMEOUT_SECONDS = 10.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_WEIGHTS = {
    "/": 60,
    "/album": 100,
    "POST /album": 10,
    "POST /delete": 10,
    "/missing": 10,
    "tls /": 8,
    "/slow": 1,
    "/error": 1,
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: its method, its path, and whether it goes over TLS."""

    method: str
    path: str
    tls: bool


def mix() -> tuple[Visit, ...]:
    """200 visits in the proportions of the mix, each kind evenly spread."""
    slots = sorted(
        ((number + 0.5) / weight, kind, number)
        for kind, weight in _WEIGHTS.items()
        for number in range(weight)
    )
    return tuple(_visit(kind, number) for _, kind, number in slots)


def _visit(kind: str, number: int) -> Visit:
    words = kind.split()
    path = f"/album/{number % SAMPLES + 1}" if kind == "/album" else words[-1]
    return Visit("POST" if "POST" in words else "GET", path, "tls" in words)


class Traffic:
    """Requests at a bounded rate, from several connections.

    Args:
        url: Traefik's entry point, `http://host:port`.
        rate: requests a second; fewer when answers are slow, never more.
        tls_url: its entry point with TLS, `https://host:port`; empty: those visits go to `url` too.
        certificate: the file of the certificate to expect there.
    """

    def __init__(self, url: str, rate: float, tls_url: str = "", certificate: Path | None = None) -> None:
        self._address = urlsplit(url).netloc
        self._tls_address = urlsplit(tls_url).netloc
        self._context = ssl.create_default_context(cafile=certificate) if certificate else None
        self._pause = 1 / rate
        self._visits = cycle(mix())
        self._due = time.monotonic()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        self.counts: Counter[str] = Counter()
        self._made: deque[str] = deque()

    def start(self) -> None:
        """Begin, in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the running requests and make no more."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        plain = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
        secure = plain
        if self._tls_address:
            secure = http.client.HTTPSConnection(
                self._tls_address, timeout=TIMEOUT_SECONDS, context=self._context
            )
        while (visit := self._next()) is not None:
            outcome = self._pay(visit, secure if visit.tls else plain)
            with self._lock:
                self.counts[outcome] += 1
        plain.close()
        secure.close()

    def _pay(self, visit: Visit, connection: http.client.HTTPConnection) -> str:
        """Make one visit; the status code as text, or `no answer`."""
        path = visit.path
        if path == "/delete":
            # Of those that this traffic has made; the front page instead, when none is left of them.
            path = f"{self._made.popleft()}/delete" if self._made else "/"
        method = "GET" if path == "/" else visit.method
        found = _asked(method, path, connection)
        if found is None:
            return "no answer"
        answer, body = found
        if answer.status == 201:
            self._made.append(json.loads(body)["url"])
        return str(answer.status)

    def _next(self) -> Visit | None:
        """The next visit, once it is due; None after a stop."""
        with self._lock:
            now = time.monotonic()
            # What slow answers kept from being sent isn't made up for in a burst.
            self._due = max(self._due + self._pause, now)
            delay, visit = self._due - now, next(self._visits)
        return None if self._stopped.wait(delay) else visit


def _asked(
    method: str, path: str, connection: http.client.HTTPConnection
) -> tuple[http.client.HTTPResponse, bytes] | None:
    """The answer to one request and its body; None when there is none."""
    body, headers = (b"title=Sea", _FORM) if method == "POST" else (None, {})
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer, answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return None


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.traffic --url URL --rate N [--tls-url URL --certificate FILE]`: until told to end;
    then prints what the answers were."""
    parser = argparse.ArgumentParser(prog="provision.lab.traffic")
    parser.add_argument("--url", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--tls-url", default="")
    parser.add_argument("--certificate", type=Path)
    options = parser.parse_args(arguments)
    traffic = Traffic(options.url, options.rate, options.tls_url, options.certificate)
    traffic.start()
    wait_for_stop()
    traffic.stop()
    sys.stdout.write("".join(f"{answer}: {count}\n" for answer, count in sorted(traffic.counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
