"""Running a drill: steady, broken, healed, over, judged. What was broken is healed whatever happens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from provision.lab.drill import healing, judging, users
from provision.lab.drill.client import Client
from provision.lab.drill.objectives import Objectives, objectives
from provision.lab.drill.steady import STEADY_SECONDS, Bounds, await_steady
from provision.lab.drill.timing import Detection
from provision.lab.drill.traefik import seen_by_traefik
from provision.lab.drill.values import Clause, Drill, Event, Hypothesis, Outcome, S
from provision.lab.drill.watch import Watch
from provision.lab.telling import Tell

GRACE_SECONDS: Final = 10.0
"""How much longer than its bound something is waited for, so that the verdict can say by how much it was late."""


def run(drill: Drill[S], stage: S, tell: Tell) -> Outcome:
    """Run a drill on a lab. Afterwards the lab is as before, also when this fails or is interrupted.

    Raises:
        ProvisionError: the lab isn't well to begin with, or something can't be broken or healed as it should.
    """
    healing.heal(stage.folder)
    hypothesis, goals = drill.supposes(stage), objectives(stage.definitions)
    client = Client(stage.entries, host=stage.host, patience_seconds=drill.patience_seconds)
    watch = Watch(stage)
    began = time.time()
    watch.start()
    client.start()
    try:
        try:
            if drill.prepare is not None:
                drill.prepare(stage)
            tell(f"{drill.name}: waiting until all is well")
            bounds = await_steady(stage, client, hypothesis)
            for sentence in supposed(hypothesis, bounds):
                tell(f"{drill.name}: {sentence}")
            tell(f"{drill.name}: {drill.summary}")
            broken = time.time()
            drill.breaks(stage)
            bounds = _later(bounds, time.time() - broken)
            _await_telling(drill.least_seconds(stage), hypothesis, watch, broken, bounds)
            more = drill.checks(stage, broken) if drill.checks is not None else ()
        finally:
            done = healing.heal(stage.folder, all_of_it=False)
        healed = time.time()
        tell(f"{drill.name}: healed ({', '.join(done)})")
        _await_end(hypothesis, watch, broken, healed, bounds)
    finally:
        healing.heal(stage.folder)
        client.stop()
        watch.stop()
    found = {"began": began, "broken": broken, "healed": healed, "ended": time.time()}
    ours = [Event(broken, "drill", drill.summary), *(Event(healed, "drill", what) for what in done)]
    return _judged(drill, hypothesis, goals, stage, client, watch, found, bounds, more, ours)


def _judged(
    drill: Drill[S],
    hypothesis: Hypothesis,
    goals: Objectives,
    stage: S,
    client: Client,
    watch: Watch,
    marks: dict[str, float],
    bounds: Bounds | None,
    more: tuple[Clause, ...],
    ours: list[Event],
) -> Outcome:
    visits = client.visits()
    broken, healed = marks["broken"], marks["healed"]
    servers, unseen = seen_by_traefik(stage, broken, marks["ended"])
    lost = [Event(marks["ended"], users.SOURCE, f"a thread has ended: {what}") for what in client.failures()]
    seen = users.seen_by_users(visits, broken, goals.latency_seconds)
    events = sorted([*ours, *watch.events(), *servers, *seen, *lost])
    clauses = [
        *judging.users(hypothesis, visits, broken, healed, goals.latency_seconds),
        judging.budget(hypothesis, visits, broken, goals.error_ratio),
    ]
    until: dict[str, float] = {}
    if hypothesis.signal is not None and bounds is not None:
        marks |= judging.marks(hypothesis.signal, events, broken)
        clauses += judging.told(hypothesis.signal, marks, bounds)
        until = {
            "firing": broken + bounds[0].firing,
            "delivered": broken + bounds[0].delivered,
            "resolved": healed + bounds[1].resolved,
        }
    clauses += [judging.surprises(hypothesis, events, broken), *more]
    if drill.judges is not None:
        clauses += drill.judges(stage, events, marks, visits)
    unseen = (*watch.unseen(), *unseen, *([users.SOURCE] if lost else []))
    return Outcome(drill, hypothesis, marks, until, tuple(events), visits, tuple(clauses), unseen)


def supposed(hypothesis: Hypothesis, bounds: Bounds | None) -> Iterator[str]:
    """What is supposed, in sentences, before anything is broken."""
    yield f"supposed: {hypothesis.text}"
    if hypothesis.signal is None or bounds is None:
        tickets = ", ".join(sorted(hypothesis.may_fire))
        but = f" but tickets of {tickets}" if tickets else ""
        yield f"supposed: no alert is told of{but}; it costs at most {_budget(hypothesis)}"
        return
    first, over = bounds
    yield (
        f"supposed: {hypothesis.signal.alert} fires within {first.firing:.1f} s and is delivered within "
        f"{first.delivered:.1f} s, its end within {over.resolved:.1f} s of the healing; it costs at most {_budget(hypothesis)}"
    )


def _budget(hypothesis: Hypothesis) -> str:
    return f"{hypothesis.budget_seconds:g} s of the month's error budget"


def _later(bounds: Bounds | None, seconds: float) -> Bounds | None:
    """The bounds of a fault that took so long to be made."""
    if bounds is None:
        return None
    first, over = bounds
    return Detection(first.pending + seconds, first.firing + seconds, first.delivered + seconds), over


def _await_telling(
    least: float, hypothesis: Hypothesis, watch: Watch, broken: float, bounds: Bounds | None
) -> None:
    """Wait until the alert was delivered, or should have been long ago; at least as long as the drill lasts."""
    signal = hypothesis.signal
    if signal is not None and bounds is not None:
        watch.wait(
            lambda: "delivered" in judging.marks(signal, watch.events(), broken),
            broken + bounds[0].delivered + GRACE_SECONDS,
        )
    watch.wait(lambda: False, broken + least)


def _await_end(
    hypothesis: Hypothesis, watch: Watch, broken: float, healed: float, bounds: Bounds | None
) -> None:
    signal = hypothesis.signal
    if signal is not None and bounds is not None:
        watch.wait(
            lambda: "resolved" in judging.marks(signal, watch.events(), broken),
            healed + bounds[1].resolved + GRACE_SECONDS,
        )
    watch.wait(lambda: False, healed + STEADY_SECONDS)
