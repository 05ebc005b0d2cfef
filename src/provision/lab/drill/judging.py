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
) -> tuple[Clause, ...]:
    """What users saw from the break to the healing: how many requests succeeded, how many were slow, and how slow. What
    nothing is supposed of has no clause.

    Args:
        slow_seconds: the objective's latency.
    """
    seen = [visit for visit in visits if broken <= visit.due < healed]
    slow = sum(visit.seconds > slow_seconds for visit in seen) / len(seen) if seen else 1.0
    slowest = max((visit.seconds for visit in seen), default=math.inf)
    found = [_succeeded(hypothesis, seen)]
    if hypothesis.slow_ratio < 1:
        found.append(
            Clause(
                f"users' requests slower than {slow_seconds * 1000:g} ms",
                f"at most {hypothesis.slow_ratio:.1%}",
                f"{slow:.1%}",
                slow <= hypothesis.slow_ratio,
                hypothesis.slow_ratio,
                slow,
            )
        )
    if hypothesis.slowest_seconds < math.inf:
        found.append(
            Clause(
                "the slowest request",
                f"at most {hypothesis.slowest_seconds:g} s",
                f"{slowest:.2f} s",
                slowest <= hypothesis.slowest_seconds,
                hypothesis.slowest_seconds,
                slowest,
            )
        )
    return tuple(found)


def _succeeded(hypothesis: Hypothesis, seen: Sequence[Visit]) -> Clause:
    what = "users' requests that succeed"
    ratio = sum(not visit.failed for visit in seen) / len(seen) if seen else 0.0
    measured = f"{ratio:.1%} of {len(seen)}"
    most = hypothesis.most_succeed
    if most is not None:
        return Clause(what, f"at most {most:.1%}", measured, bool(seen) and ratio <= most, most, ratio)
    least = hypothesis.success_ratio
    return Clause(what, f"at least {least:.1%}", measured, bool(seen) and ratio >= least, least, ratio)


def served_again(visits: Sequence[Visit], healed: float, seconds: float) -> Clause:
    """That so many seconds after the healing, a moment in Unix seconds, users' requests succeed, and go on to."""
    after = [visit for visit in visits if visit.due >= healed]
    failed = max((visit.due for visit in after if visit.failed), default=healed)
    at = min((visit.due for visit in after if visit.due >= failed and not visit.failed), default=None)
    return within("users are served again", seconds, at, healed, "the healing")


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
        f"at most {hypothesis.budget_seconds:.3g} s of the month's {month / 3600:.1f} h",
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
    firing = [
        event
        for event in events
        if event.source == "webhook" and event.state == "firing" and event.at >= broken
        if event.severity != NOBODY
    ]
    # With nobody to be told, a ticket is one too many unless it is known to follow, and nobody is woken whatever follows;
    # otherwise only who is woken for something else is surprised.
    others = [event for event in firing if signal is None or event.alert != signal.alert]
    unknown = [event for event in others if event.alert not in hypothesis.may_fire]
    wrong = (
        {event.alert for event in unknown} | {event.alert for event in others if event.severity == "page"}
        if signal is None
        else {event.alert for event in unknown if event.severity == "page"}
    )
    excused = ({event.alert for event in others} & hypothesis.may_fire) - wrong
    what = "alerts delivered" if signal is None else "other pages"
    kind = "tickets of " if signal is None else ""
    allowed = f" but {kind}{', '.join(sorted(hypothesis.may_fire))}" if hypothesis.may_fire else ""
    measured = [*sorted(wrong), *(f"{name} (follows from it)" for name in sorted(excused))]
    return Clause(what, f"none{allowed}", ", ".join(measured) or "none", not wrong)


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
