"""Running a drill: steady, broken, healed, over, judged. What was broken is healed whatever happens."""

from __future__ import annotations

import time
from typing import Final

from provision.lab.drill import healing, judging
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

CLIENT: Final = "client"
"""The source that says what users see."""


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
    lost = [Event(marks["ended"], CLIENT, f"a thread has ended: {what}") for what in client.failures()]
    events = sorted([*ours, *watch.events(), *servers, *lost])
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
    unseen = (*watch.unseen(), *unseen, *([CLIENT] if lost else []))
    return Outcome(drill, hypothesis, marks, until, tuple(events), visits, tuple(clauses), unseen)


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
