"""Whether a hypothesis held: each of its clauses with its bound and what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from provision.lab.drill.client import RATE
from provision.lab.drill.timing import Detection, Resolution
from provision.lab.drill.values import Clause, Event, Hypothesis, Signal, Visit

NOBODY = "none"
"""The severity of what wakes nobody, as it always fires."""

MONTH_SECONDS = 30 * 86400.0
"""What an error budget is counted over, unless a project says otherwise: the SRE workbook's 30 days."""


def users(
    hypothesis: Hypothesis, visits: Sequence[Visit], broken: float, healed: float, slow_seconds: float
) -> tuple[Clause, Clause, Clause]:
    """What users saw from the break to the healing: how many requests succeeded, how many were slow, and how slow.

    Args:
        slow_seconds: the objective's latency.
    """
    seen = [visit for visit in visits if broken <= visit.due < healed]
    succeeded = sum(not visit.failed for visit in seen) / len(seen) if seen else 0.0
    slow = sum(visit.seconds > slow_seconds for visit in seen) / len(seen) if seen else 1.0
    slowest = max((visit.seconds for visit in seen), default=math.inf)
    return (
        Clause(
            "users' requests that succeed",
            f"at least {hypothesis.success_ratio:.1%}",
            f"{succeeded:.1%} of {len(seen)}",
            succeeded >= hypothesis.success_ratio,
            hypothesis.success_ratio,
            succeeded,
        ),
        Clause(
            f"users' requests slower than {slow_seconds * 1000:g} ms",
            f"at most {hypothesis.slow_ratio:.1%}",
            f"{slow:.1%}",
            slow <= hypothesis.slow_ratio,
            hypothesis.slow_ratio,
            slow,
        ),
        Clause(
            "the slowest request",
            f"at most {hypothesis.slowest_seconds:g} s",
            f"{slowest:.2f} s",
            slowest <= hypothesis.slowest_seconds,
            hypothesis.slowest_seconds,
            slowest,
        ),
    )


def budget(hypothesis: Hypothesis, visits: Sequence[Visit], began: float, ratio: float) -> Clause:
    """What it cost of the month's error budget: the failed requests as seconds in which nothing works.

    Args:
        began: from when on; Unix seconds.
        ratio: the share of requests that may fail.
    """
    cost = sum(visit.failed for visit in visits if visit.due >= began) / RATE
    month = MONTH_SECONDS * ratio
    return Clause(
        "error budget",
        f"at most {hypothesis.budget_seconds:g} s of the month's {month / 3600:.1f} h",
        f"{cost:.1f} s ({cost / month:.3%})",
        cost <= hypothesis.budget_seconds,
        hypothesis.budget_seconds,
        cost,
    )


def is_about(event: Event, signal: Signal | None) -> bool:
    """Whether an event is about that alert."""
    return signal is not None and event.alert == signal.alert and signal.severity in ("", event.severity)


def marks(signal: Signal, events: Sequence[Event], broken: float) -> dict[str, float]:
    """When the alert was first pending, firing and delivered after the break, and when its last end was delivered; what
    it never was is left out, and so is an end that wasn't the last word. Unix seconds."""

    def moments(source: str, state: str, since: float) -> list[float]:
        return [
            event.at
            for event in events
            if event.source == source
            and event.state == state
            and event.at >= since
            and is_about(event, signal)
        ]

    found = {
        "pending": min(moments("Prometheus", "pending", broken), default=None),
        "firing": min(moments("Prometheus", "firing", broken), default=None),
        "delivered": min(moments("webhook", "firing", broken), default=None),
        "resolved": max(moments("webhook", "resolved", broken), default=None),
    }
    again = max(moments("webhook", "firing", broken), default=broken)
    if found["resolved"] is not None and found["resolved"] < again:
        del found["resolved"]
    return {name: at for name, at in found.items() if at is not None}


def told(
    signal: Signal, found: Mapping[str, float], bounds: tuple[Detection, Resolution]
) -> tuple[Clause, ...]:
    """Whether the alert fired, was delivered and was over in time.

    Args:
        found: the drill's marks.
    """
    detected, over = bounds
    broken, healed = found["broken"], found["healed"]
    over_at = found.get("resolved")
    if over_at is not None:
        over_at = max(over_at, healed)  # it may have ended by itself before
    return (
        within(f"{signal.alert} fires", detected.firing, found.get("firing"), broken, "the break"),
        within(
            f"{signal.alert} is delivered", detected.delivered, found.get("delivered"), broken, "the break"
        ),
        within(f"{signal.alert} is told to be over", over.resolved, over_at, healed, "the healing"),
    )


def surprises(hypothesis: Hypothesis, events: Sequence[Event], broken: float) -> Clause:
    """Whether somebody was told of anything else than of what follows from the fault."""
    signal = hypothesis.signal
    known = hypothesis.may_fire | ({signal.alert} if signal else set())
    firing = [
        event
        for event in events
        if event.source == "webhook" and event.state == "firing" and event.at >= broken
        if event.severity != NOBODY
    ]
    # With nobody to be told, a ticket is one too many; otherwise only who is woken for something else is surprised.
    wrong = sorted(
        {
            event.alert
            for event in firing
            if event.alert not in known and (signal is None or event.severity == "page")
        }
    )
    what = "alerts delivered" if signal is None else "other pages"
    return Clause(what, "none", ", ".join(wrong) or "none", not wrong)


def within(what: str, bound: float, at: float | None, since: float, of: str) -> Clause:
    """That something came so soon.

    Args:
        bound: seconds.
        at: when it came, None when it didn't; since: from when on; both Unix seconds.
        of: the latter in words.
    """
    measured = None if at is None else at - since
    return Clause(
        what,
        f"at most {bound:.1f} s after {of}",
        "not at all" if measured is None else f"after {measured:.1f} s",
        measured is not None and measured <= bound,
        bound,
        measured,
    )
