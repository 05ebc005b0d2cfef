"""Servers whose every thread is busy: they are well, are taken out all the same, and serve again once their queues are
empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from provision.lab.drill.judging import served_again
from provision.lab.drill.stage import Stage
from provision.lab.drill.traefik import SOURCE, TAKEN_OUT
from provision.lab.drill.values import Clause, Event, Visit

VISITORS: Final = 450
"""More than three replicas have threads: 120 each (`provision.lab.gallery.server.THREADS`)."""

PAGE_SECONDS: Final = 9.0
"""What a page takes meanwhile."""


def recovered_within(stage: Stage) -> float:
    """How many seconds after the last visitor has left the servers are in use again at the latest: the pages that are
    under way end, and then each passes its health check."""
    return PAGE_SECONDS + stage.health_check_seconds(stage.replicas)


def well(stage: Stage, _: float) -> tuple[Clause, ...]:
    """One clause: that nothing is wrong with the servers themselves."""
    names = [f"app-{number}" for number in range(1, stage.replicas + 1)]
    running = [
        event
        for event in stage.conditions()
        if event.what.endswith("runs") and event.what.split()[0] in names
    ]
    return (
        Clause(
            "servers whose process runs", f"all {len(names)}", str(len(running)), len(running) == len(names)
        ),
    )


def clauses(
    stage: Stage, events: Sequence[Event], marks: Mapping[str, float], visits: Sequence[Visit]
) -> tuple[Clause, ...]:
    """Two clauses: that all of them were taken out, and that users are served again soon enough."""
    out = {event.what for event in events if event.source == SOURCE and event.what.endswith(TAKEN_OUT)}
    return (
        Clause(
            "servers that Traefik takes out",
            f"all {stage.replicas}",
            str(len(out)),
            len(out) == stage.replicas,
        ),
        served_again(visits, marks["healed"], recovered_within(stage)),
    )
