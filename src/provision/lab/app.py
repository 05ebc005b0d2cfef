"""The lab's application: a small gallery that can be told to fail, to be slow or to be unwell.

| path | answers |
| --- | --- |
| `/`, `/album/N` (N from 1 to 12) | 200, after a few milliseconds of work |
| `POST /album` | 201 |
| `/slow` | 200 after 300 ms |
| `/error` | 500 |
| `/health` | 200, or 503 while it is told to be unwell |
| `/control` | the faults as JSON; `POST` changes those that are given. Not through Traefik. |
| anything else | 404 |
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from provision.lab.serving import Reply, Request, Server, run

ALBUMS = 12
SLOW_SECONDS = 0.3
_INDEX_SECONDS = 0.006
_NOT_FOUND = Reply(404, "there is no such page\n")


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a replica.

    Attributes:
        error_ratio: the share of requests that are answered with 500, from 0 to 1.
        latency_seconds: how much later every answer comes, up to 60.
        healthy: whether `/health` answers 200.
    """

    error_ratio: float = 0.0
    latency_seconds: float = 0.0
    healthy: bool = True


def changed(faults: Faults, given: Any) -> Faults:
    """The faults with those that `given`, an object as the control endpoint takes it, names.

    Raises:
        ValueError: it isn't an object, names something else, or a value is out of range.
    """
    if not isinstance(given, dict):
        raise ValueError("an object is expected")  # noqa: TRY004  # what a client sent is wrong, not what we passed
    unknown = sorted(given.keys() - {field.name for field in fields(Faults)})
    if unknown:
        raise ValueError(f"there is no {unknown[0]!r}")
    for name, most in (("error_ratio", 1), ("latency_seconds", 60)):
        value = given.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ValueError(f"{name} must be a number from 0 to {most}")
    if not isinstance(given.get("healthy", True), bool):
        raise ValueError("healthy must be true or false")  # noqa: TRY004  # as above
    return replace(faults, **given)


class Replica:
    """One of the application's replicas: its number, counted from 1, and what is wrong with it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.faults = Faults()
        self._lock = threading.Lock()
        self._count = 0

    def answer(self, request: Request) -> Reply:
        """The reply to a request."""
        faults = self.faults
        if request.path == "/health":
            return Reply(200, "well\n") if faults.healthy else Reply(503, "unwell\n")
        if request.path == "/control" and "X-Forwarded-For" not in request.headers:
            return self._control(request)
        time.sleep(faults.latency_seconds)
        if self._fails_now():
            return Reply(500, "told to fail\n")
        if request.method == "POST":
            return Reply(201, "added\n") if request.path == "/album" else _NOT_FOUND
        return self._page(request.path)

    def _fails_now(self) -> bool:
        """Failures are spread evenly, not by chance, so that their share holds in a short window too."""
        with self._lock:
            self._count += 1
            count, ratio = self._count, self.faults.error_ratio
        return _whole(count * ratio) > _whole((count - 1) * ratio)

    def _page(self, path: str) -> Reply:
        first, _, rest = path.removeprefix("/").partition("/")
        if path == "/":
            time.sleep(_INDEX_SECONDS)
            links = "".join(f'<li><a href="/album/{n}">Album {n}</a></li>' for n in range(1, ALBUMS + 1))
            return self._html(f"<h1>Gallery</h1><ul>{links}</ul>")
        if first == "album" and rest in _ALBUM_NUMBERS:
            number = _ALBUM_NUMBERS[rest]
            time.sleep(_INDEX_SECONDS + 0.001 * number)
            pictures = "".join(f"<figure>Picture {n}</figure>" for n in range(1, 20 * number))
            return self._html(f"<h1>Album {number}</h1>{pictures}")
        if path == "/slow":
            time.sleep(SLOW_SECONDS)
            return self._html("<h1>Slow</h1>")
        if path == "/error":
            return Reply(500, "an error, as asked\n")
        return _NOT_FOUND

    def _html(self, text: str) -> Reply:
        foot = f"<footer>replica {self.number}</footer>"
        return Reply(200, f"<!doctype html><title>Gallery</title>{text}{foot}\n", "text/html; charset=utf-8")

    def _control(self, request: Request) -> Reply:
        if request.method == "POST":
            try:
                self.faults = changed(self.faults, json.loads(request.body))
            except ValueError as error:
                return Reply(400, f"{error}\n")
        return Reply(200, json.dumps(asdict(self.faults)) + "\n", "application/json")


def _whole(number: float) -> int:
    # 10 times 0.1 is just below 1 when it is added up, and must count as 1.
    return int(number + 1e-9)


_ALBUM_NUMBERS = {str(number): number for number in range(1, ALBUMS + 1)}


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.app --port PORT --replica N`: serve until told to end."""
    parser = argparse.ArgumentParser(prog="provision.lab.app")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--replica", type=int, required=True)
    options = parser.parse_args(arguments)
    return run(Server(options.port, Replica(options.replica).answer))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
