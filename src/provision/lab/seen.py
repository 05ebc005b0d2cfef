"""What the lab's clients saw so far, from the logs that they write while they run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from provision.lab.client.record import Record
from provision.lab.client.results import RequestResult

TRAFFIC: Final = "traffic.jsonl"
BROWSERS: Final = "browsers.jsonl"

_LAST_STEP: Final = "POST /delete"
"""The page that a browser's visitor leaves by."""

_CALLED: Final = {TRAFFIC: "HTTP clients", BROWSERS: "browsers"}


def sums(folder: Path) -> dict[str, dict[str, Any]]:
    """What a person calls the clients of the lab in that state folder → the sums of what they saw, as
    `provision.lab.client.record` has them. Clients that have seen nothing yet, or aren't there, are left out."""
    found = {}
    for file, called in _CALLED.items():
        record = Record()
        for result in results(folder / file):
            record.add(result)
        if (value := record.value())["count"]:
            found[called] = value
    return found


def results(log: Path) -> Iterator[RequestResult]:
    """What stands in a log and in what was put aside of it, in the order in which it came. A line that is being
    written isn't there yet, and one that a full disk has cut isn't there at all: the client tells of that in its own log."""
    for file in (log.with_name(f"{log.name}.1"), log):
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        for line in text.split("\n")[:-1]:
            try:
                fields = json.loads(line)
            except ValueError:
                continue
            yield RequestResult(**fields)


def has_visit(folder: Path) -> bool:
    """Whether a visitor with a browser has been there and left, or met a failure."""
    return any(each.page == _LAST_STEP or each.failure for each in results(folder / BROWSERS))
