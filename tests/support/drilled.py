"""A drill that was run, as values."""

from __future__ import annotations

from provision.lab.drill.values import Clause, Drill, Event, Hypothesis, Outcome, Signal, Visit

SIGNAL = Signal("Down", "page", "traefik", 1, 0, 2, 2, "It is noticed within 2 s.")
SUPPOSED = Hypothesis("All is <well>.", 0.9, 0.2, 2.0, 1.0, SIGNAL)
DRILL = Drill(
    "pull-plug", "The plug is pulled & put back.", "Plugs matter.", lambda _: SUPPOSED, lambda _: None
)


def outcome(*, holds: bool = True) -> Outcome:
    return Outcome(
        DRILL,
        SUPPOSED,
        {
            "began": 995.0,
            "broken": 1000.0,
            "pending": 1002.0,
            "firing": 1004.0,
            "delivered": 1004.5,
            "healed": 1010.0,
            "resolved": 1013.0,
            "ended": 1015.0,
        },
        {"firing": 1006.0, "delivered": 1008.0, "resolved": 1020.0},
        (
            Event(990.0, "Prometheus", "Down (page) is firing", "Down", "page", "firing"),
            Event(1000.0, "drill", "The plug is pulled & put back."),
            Event(1003.0, "Prometheus", "Other (page) is firing", "Other", "page", "firing"),
            Event(1004.0, "Prometheus", "Down (page) is firing", "Down", "page", "firing"),
            Event(1004.5, "webhook", "pages is told of Down (page): firing", "Down", "page", "firing"),
            Event(1005.0, "webhook", "pages is told of Other (page): firing", "Other", "page", "firing"),
        ),
        (Visit(998.0, 0.01, 200), Visit(1001.0, 0.0, 0, "refused"), Visit(1001.5, 2.5, 502)),
        (
            Clause("users' requests that succeed", "at least 90.0%", "33.3% of 3", holds, 0.9, 1 / 3),
            Clause("Down fires", "at most 6.0 s after the break", "after 4.0 s", True, 6.0, 4.0),
        ),
    )
