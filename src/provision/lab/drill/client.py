"""The client that measures what users see: requests at an even rate, each timed from the moment it was due."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence

from provision.lab.drill.threads import guarded, said
from provision.lab.drill.values import PATIENCE_SECONDS, Visit

RATE = 10.0
"""Requests a second."""

CONNECT_SECONDS = 1.0
"""How long a connection may take; what is near takes a millisecond."""

_WAITING_RATIO = 0.5
_WORKERS = 64
"""So many requests may wait for an answer, or half of those that are sent while one waits as long as it may. With a third
of them hanging for 10 s, 34 do."""


class Client:
    """Asks for the first page again and again, over a new connection each time, as new visitors do.

    A request that can't be sent in time, because all others hang, is late all the same: it is timed from when it was
    due, or a server that answers nobody would look fast.

    Args:
        entries: where it asks, `host:port`; the next where one can't be reached, as browsers do with the addresses of a
            name.
        rate: requests a second.
        host: what the server is called in requests, if not by its address.
        patience_seconds: how long an answer is waited for.
    """

    def __init__(
        self,
        entries: Sequence[str],
        rate: float = RATE,
        host: str = "",
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._entries = tuple(entries)
        self._host = host
        self._pause = 1 / rate
        self._patience = patience_seconds
        self._next = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._visits: list[Visit] = []
        self._failures: list[str] = []
        workers = max(_WORKERS, round(_WAITING_RATIO * rate * patience_seconds))
        self._threads = [guarded(self._work, self._failed) for _ in range(workers)]

    def start(self) -> None:
        """Begin, in the background."""
        self._next = time.time()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no more, and wait for the answers that are due."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def visits(self) -> tuple[Visit, ...]:
        """Those that were answered, or failed, until now, in the order they were due."""
        with self._lock:
            return tuple(sorted(self._visits, key=lambda visit: visit.due))

    def failures(self) -> tuple[str, ...]:
        """What ended one of its threads, in words; the requests that it would have sent are missing."""
        with self._lock:
            return tuple(self._failures)

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._failures.append(said(error))

    def _work(self) -> None:
        while True:
            with self._lock:
                due = self._next
                self._next += self._pause
            if self._stopped.wait(max(due - time.time(), 0)):
                return
            status, why = _ask(self._entries, self._host, self._patience)
            visit = Visit(due, time.time() - due, status, why)
            with self._lock:
                self._visits.append(visit)


def _ask(entries: Sequence[str], host: str, patience_seconds: float) -> tuple[int, str]:
    """The status code of the first page, or 0 and why there is none."""
    why = ""
    for entry in entries:
        connection = http.client.HTTPConnection(entry, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except OSError as error:
            why = _why(error)
            continue  # nothing was asked of this one
        try:
            connection.sock.settimeout(patience_seconds)
            connection.request(
                "GET", "/", headers={"Connection": "close", **({"Host": host} if host else {})}
            )
            answer = connection.getresponse()
            answer.read()
            return answer.status, ""
        except (OSError, http.client.HTTPException) as error:
            return 0, _why(error)
        finally:
            connection.close()
    return 0, why


def _why(error: OSError | http.client.HTTPException) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
