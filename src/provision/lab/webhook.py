"""The receiver that the lab's Alertmanager delivers to: what is posted to `/alerts` is appended to a file, one
line of JSON each, and `GET /alerts` gives all of it back as a list.

A line is what Alertmanager sent, with `received`, the Unix time it arrived. The file is bounded: a lab that runs for weeks
is told of its watchdog every few seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from provision.lab import arguments as read
from provision.lab.serving import Reply, Request, Server, run

LARGEST_FILE = 4_000_000
"""In bytes, some thousand notifications; then the older half of it is forgotten."""


class Inbox:
    """Notifications in `file`, which need not exist."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply:
        """Keep what is posted, give back what is kept."""
        if request.path == "/health":
            return Reply(200, "well\n")
        if request.path != "/alerts":
            return Reply(404, "notifications are posted to /alerts\n")
        if request.method == "GET":
            return Reply(200, self._kept(), "application/json")
        try:
            self._keep(json.loads(request.body))
        except ValueError as error:
            return Reply(400, f"not a notification: {error}\n")
        except OSError as error:
            # Alertmanager tries again what isn't taken.
            return Reply(507, f"can't be kept: {error.strerror}\n")
        return Reply(200, "kept\n")

    def _keep(self, notification: object) -> None:
        if not isinstance(notification, dict):
            raise ValueError("an object is expected")  # noqa: TRY004  # what a client sent is wrong
        line = json.dumps({"received": time.time(), **notification}) + "\n"
        with self._lock:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line)
                size = file.tell()
            if size > LARGEST_FILE:
                self._forget()

    def _forget(self) -> None:
        """Keep the newest, as many as make up half of what there may be, and one in any case."""
        kept: list[str] = []
        size = 0
        for line in reversed(self._file.read_text(encoding="utf-8").splitlines(keepends=True)):
            size += len(line)
            if kept and size > LARGEST_FILE // 2:
                break
            kept.append(line)
        beside = self._file.with_name(f".{self._file.name}")
        beside.write_text("".join(reversed(kept)), encoding="utf-8")
        beside.replace(self._file)

    def _kept(self) -> str:
        with self._lock:
            lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        return f"[{','.join(lines)}]\n"


def main(arguments: Sequence[str]) -> int:
    """`python -m provision.lab.webhook --port PORT --file FILE [--host ADDRESS]`: receive until told to end."""
    parser = argparse.ArgumentParser(prog="provision.lab.webhook")
    parser.add_argument("--port", type=read.port, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--file", type=read.path, required=True)
    options = parser.parse_args(arguments)
    return run(Server(options.port, Inbox(options.file).answer, host=options.host))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
