"""Load at a steady rate, from several visitors at once, that ends."""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections import deque
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from provision.errors import ProvisionError
from provision.lab.client.connection import Connection
from provision.lab.client.mix import PlannedRequest, mix
from provision.lab.client.record import Record
from provision.lab.client.results import RequestResult
from provision.lab.gallery.images import gradient

MOST_PER_SECOND = 1000.0
MOST_REQUESTS = 50_000_000
MOST_SECONDS = 7 * 24 * 3600.0
MOST_VISITORS = 200

_PATH = re.compile(r"/[!-~]*")
_BOUNDARY = "a-picture-of-the-lab"
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_UPLOAD = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Accept": "application/json"}
_PICTURE = b"".join(
    [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nWave\r\n'.encode(),
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="wave.png"\r\n\r\n'.encode(),
        gradient(32, 32, (0, 90, 180)),
        f"\r\n--{_BOUNDARY}--\r\n".encode(),
    ]
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load, and on what.

    Attributes:
        address: `host:port`.
        per_second: requests a second; fewer when answers are slow, never more.
        requests: how many at most.
        seconds: for how long at most.
        visitors: how many at once.
        timeout_seconds: how long one may take.
        tls_address: where requests over TLS go, `host:port`; empty: to `address` without TLS.
        context: what is expected of the certificate there (`expecting`); None: nothing, without `tls_address`.
        host: what the server is called in requests, if not by its address.
    """

    address: str
    per_second: float
    requests: int = MOST_REQUESTS
    seconds: float = MOST_SECONDS
    visitors: int = 16
    timeout_seconds: float = 10.0
    tls_address: str = ""
    context: ssl.SSLContext | None = None
    host: str = ""


def expecting(certificate: Path) -> ssl.SSLContext:
    """What requests over TLS expect: the certificate in that file.

    Raises:
        ProvisionError: it can't be read, or holds none.
    """
    try:
        return ssl.create_default_context(cafile=certificate)
    except ssl.SSLError:
        raise ProvisionError("holds no certificate", where=str(certificate)) from None
    except OSError as error:
        raise ProvisionError(f"can't be read: {error.strerror}", where=str(certificate)) from None


class Load:
    """The requests of a plan, as they are made.

    Attributes:
        faults: why a visitor ended before its time, which no answer of the server makes it; one line each.
    """

    def __init__(self, plan: Plan, record: Record) -> None:
        self._plan, self._record = plan, record
        self._planned = cycle(mix())
        self._left = plan.requests
        self._due = time.monotonic()
        self._until = self._due + plan.seconds
        self._made: deque[str] = deque()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.faults: list[str] = []
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(1, plan.visitors + 1)
        ]

    def start(self) -> None:
        """Begin, in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Make no more requests, and let the running ones finish."""
        self._stopped.set()
        self.join()

    def join(self) -> None:
        """Return once all is done."""
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        try:
            self._go_through(number)
        except Exception as error:  # noqa: BLE001  # in a thread nobody else would hear of it
            self.faults.append(f"visitor {number} ended: {error!r}")

    def _go_through(self, number: int) -> None:
        plan = self._plan
        plain = Connection(plan.address, plan.timeout_seconds, host=plan.host)
        secure = plain
        if plan.tls_address:
            secure = Connection(plan.tls_address, plan.timeout_seconds, plan.context, plan.host)
        while (planned := self._next()) is not None:
            self._record.add(self._sent(planned, secure if planned.tls else plain, number))
        plain.close()
        secure.close()

    def _sent(self, planned: PlannedRequest, connection: Connection, number: int) -> RequestResult:
        began = time.time()
        path = self._path(planned)
        # What can't be done because nothing is left of what was made is a look at the front page instead.
        method, page = (planned.method, planned.page) if path else ("GET", "/")
        path = path or "/"
        if method == "GET":
            reply = connection.ask("GET", path)
        elif page == "/picture":
            reply = connection.ask("POST", path, _PICTURE, _UPLOAD)
        else:
            reply = connection.ask("POST", path, b"title=Sea", _FORM)
        failure = reply.failure
        if page == "/album" and method == "POST" and reply.status == 201 and not self._remember(reply.body):
            failure = "unexpected"
        page = page if method == "GET" else f"{method} {page}"
        return RequestResult(began, page, method, path, reply.seconds, reply.status, failure, number)

    def _path(self, planned: PlannedRequest) -> str:
        """What to ask for; empty when none is left of what was made."""
        if planned.page not in {"/picture", "/delete"}:
            return planned.path
        with self._lock:
            if not self._made:
                return ""
            album = self._made.popleft() if planned.page == "/delete" else self._made[-1]
        return f"{album}{planned.path}"

    def _remember(self, body: bytes) -> bool:
        """Whether the answer says where the album is that was made."""
        try:
            path = json.loads(body)["url"]
        except (ValueError, LookupError, TypeError):
            return False
        if not isinstance(path, str) or not _PATH.fullmatch(path):
            return False
        self._made.append(path)
        return True

    def _next(self) -> PlannedRequest | None:
        """The next request, once it is due; None at the end."""
        with self._lock:
            now = time.monotonic()
            # What slow answers kept from being sent isn't made up for in a burst.
            self._due = max(self._due + 1 / self._plan.per_second, now)
            if self._left == 0 or self._due > self._until:
                return None
            self._left -= 1
            delay, planned = self._due - now, next(self._planned)
        return None if self._stopped.wait(delay) else planned
