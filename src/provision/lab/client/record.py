"""What clients saw, all together: each result as a line of JSON, and the sums by page, status and kind of failure."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from provision.lab.client.results import RequestResult
from provision.lab.client.times import Times

LARGEST_LOG = 20_000_000
"""In bytes; then it goes on in a new file, and the old one is kept under its name with `.1`, one of them."""


class _Log(RotatingFileHandler):
    """As the library has it, but for what can't be written: that is told to `failed`, and not to the standard error."""

    def __init__(self, file: Path, failed: Callable[[BaseException | None], None]) -> None:
        super().__init__(file, maxBytes=LARGEST_LOG, backupCount=1)
        self._failed = failed

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # the base class names them so
        self._failed(sys.exc_info()[1])


class Record:
    """Outcomes as they come, from any thread.

    Args:
        log: the file that gets a line of JSON for each; none without one.

    Attributes:
        also: called with each result, too.
        fault: why a line couldn't be written to the log; empty when all could. The sums have them all the same.

    Raises:
        OSError: the file can't be written.
    """

    def __init__(self, log: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._times: dict[str, Times] = {}
        self._statuses: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._first, self._last = float("inf"), 0.0
        self.also: Callable[[RequestResult], None] = lambda _: None
        self.fault = ""
        self._log = _Log(log, self._failed) if log else None

    def add(self, result: RequestResult) -> None:
        """Keep it."""
        line = _line(result) if self._log else ""
        self.also(result)
        with self._lock:
            self._times.setdefault(result.page, Times()).add(result.seconds)
            self._statuses["no answer" if result.status is None else str(result.status)] += 1
            if result.failure:
                self._failures[result.failure] += 1
            self._first = min(self._first, result.time)
            self._last = max(self._last, result.time + result.seconds)
            if self._log:
                self._log.emit(logging.makeLogRecord({"msg": line}))

    def _failed(self, error: BaseException | None) -> None:
        self.fault = self.fault or str(error)

    def close(self) -> None:
        """Write no more."""
        try:
            if self._log:
                self._log.close()
        except OSError as error:  # what was left to write couldn't be
            self._failed(error)

    def value(self) -> dict[str, Any]:
        """The sums, for JSON: `count`, `failed`, `seconds` (from the first request's start to the last one's end),
        `statuses`, `failures`, and for each page its times (`times.Times`)."""
        with self._lock:
            return {
                "count": self._statuses.total(),
                "failed": self._failures.total(),
                "seconds": max(0.0, self._last - self._first) if self._statuses else 0.0,
                "statuses": dict(sorted(self._statuses.items())),
                "failures": dict(sorted(self._failures.items())),
                "pages": {page: times.value() for page, times in sorted(self._times.items())},
            }


def text(value: dict[str, Any]) -> str:
    """The sums, for people."""
    lines = [f"{value['count']} requests in {value['seconds']:.1f} s, {value['failed']} failed"]
    for name in ("statuses", "failures"):
        if value[name]:
            lines.append(f"{name}: " + ", ".join(f"{key} {count}" for key, count in value[name].items()))
    width = max(map(len, value["pages"]), default=0)
    for page, times in value["pages"].items():
        shown = "  ".join(f"{name} {times[name] * 1000:.1f} ms" for name in times if name != "count")
        lines.append(f"{page:<{width}}  {times['count']:>6}  {shown}")
    return "".join(f"{line}\n" for line in lines)


def _line(result: RequestResult) -> str:
    value = asdict(result)
    if not result.screenshot:
        del value["screenshot"]
    return json.dumps(value)
