"""What users see, side by side: the same load under different circumstances, such as one client and three."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from provision.lab.client.load import Load, Plan
from provision.lab.client.record import Record
from provision.lab.client.results import RequestResult
from provision.lab.client.times import percentile
from provision.lab.drill.objectives import Objectives

CLIENTS: Final = (1, 3)
"""Replicas of the client: as many as the lab had that this project grew from."""

PER_SECOND: Final = 30.0
SECONDS: Final = 15.0

HEADINGS: Final = ("", "requests/s", "on average", "95 % within", "slowest", "late", "failed", "SLA")


@dataclass(frozen=True, slots=True)
class Row:
    """What one load saw; times in seconds, shares from 0 to 1.

    Attributes:
        what: the circumstances.
        per_second: requests that were answered a second; fewer than were to be when answers are slow.
        late: the share that took longer than the objective's latency.
        failed: the share that failed: no answer, or a 5xx.
        kept: whether the objectives hold: not too many late, not too many failed, and the average within the latency.
        faults: why clients ended before their time, so that this is less than they were to see, and nothing is kept.
    """

    what: str
    count: int
    per_second: float
    average: float
    p95: float
    slowest: float
    late: float
    failed: float
    kept: bool
    faults: tuple[str, ...] = ()


class _Kept(Record):
    """A record that keeps the outcomes themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: list[RequestResult] = []

    def add(self, outcome: RequestResult) -> None:
        """Keep it."""
        self.outcomes.append(outcome)


def clients(
    url: str, goals: Objectives, counts: Iterable[int] = CLIENTS, seconds: float = SECONDS
) -> list[Row]:
    """What one client sees, and what several see that ask at the same time, each `PER_SECOND` requests a second.

    Args:
        url: Traefik's entry point, `http://host:port`.
        goals: what they are promised.
        seconds: for how long each time.
    """
    return [
        measured(f"{count} client{'s' if count > 1 else ''}", url, goals, count=count, seconds=seconds)
        for count in counts
    ]


def measured(
    what: str, url: str, goals: Objectives, *, count: int = 1, seconds: float = SECONDS, host: str = ""
) -> Row:
    """What so many clients see.

    Args:
        host: what the server is called in requests, if not by its address.
    """
    record = _Kept()
    plan = Plan(urlsplit(url).netloc, PER_SECOND, seconds=seconds, host=host)
    loads = [Load(plan, record) for _ in range(count)]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    found = row(what, record.outcomes, goals)
    faults = tuple(fault for load in loads for fault in load.faults)
    return replace(found, kept=False, faults=faults) if faults else found


def row(what: str, outcomes: Sequence[RequestResult], goals: Objectives) -> Row:
    """The sums of what was seen; of nothing, everything failed."""
    if not outcomes:
        return Row(what, 0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, kept=False)
    times = sorted(outcome.seconds for outcome in outcomes)
    began = min(outcome.time for outcome in outcomes)
    ended = max(outcome.time + outcome.seconds for outcome in outcomes)
    average = sum(times) / len(times)
    late = sum(each > goals.latency_seconds for each in times) / len(times)
    failed = sum(bool(outcome.failure) for outcome in outcomes) / len(times)
    kept = max(late, failed) <= goals.error_ratio and average <= goals.latency_seconds
    per_second = len(times) / max(ended - began, 1e-9)
    return Row(what, len(times), per_second, average, percentile(times, 95), times[-1], late, failed, kept)


def cells(found: Row) -> tuple[str, ...]:
    """A row as people read it, under `HEADINGS`."""
    return (
        found.what,
        f"{found.per_second:.1f}",
        f"{found.average * 1000:.1f} ms",
        f"{found.p95 * 1000:.1f} ms",
        f"{found.slowest * 1000:.0f} ms",
        f"{found.late:.2%}",
        f"{found.failed:.2%}",
        "unknown" if found.faults else "kept" if found.kept else "missed",
    )


def lines(title: str, rows: Sequence[Row]) -> list[str]:
    """A table, with its title above."""
    table = [HEADINGS, *(cells(each) for each in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    return [
        title,
        *(
            "  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in table
        ),
        *(f"  {each.what}: {told}" for each in rows if (told := incomplete(each))),
    ]


def incomplete(found: Row) -> str:
    """That clients ended before their time, as a sentence; empty when none did."""
    if not found.faults:
        return ""
    return f"{len(found.faults)} clients ended before their time, such as {found.faults[0]}"


def values(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows for JSON."""
    return [asdict(each) for each in rows]
