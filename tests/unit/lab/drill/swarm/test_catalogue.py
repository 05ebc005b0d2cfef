"""All drills on a Swarm: what they need, suppose and are judged by."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from provision.lab.drill.judged import expected, judged, step_of
from provision.lab.drill.judging import surprises
from provision.lab.drill.swarm import breaks, clauses
from provision.lab.drill.swarm.catalogue import DRILLS
from provision.lab.drill.values import Event


def test_every_drill_has_finite_bounds(stage, definitions):
    for placed in DRILLS.values():
        signal = placed.drill.supposes(stage).signal
        if signal is not None:
            detected, over = expected(
                judged(definitions, signal.alert, signal.job, signal.severity), step_of(signal)
            )
            assert 0 < detected.firing < detected.delivered < math.inf
            assert 0 < over.resolved < math.inf
        assert placed.managers % 2 == 1


def test_where_nobody_is_to_be_told_a_page_is_never_excused(stage):
    page = Event(101, "webhook", "", "TraefikServiceDown", "page", "firing")
    tickets = [replace(page, alert=name, severity="ticket") for name in ("TargetDown", "JobDown")]
    quiet = {
        name: hypothesis
        for name, placed in DRILLS.items()
        if (hypothesis := placed.drill.supposes(stage)).signal is None
    }
    assert {"drain-worker", "promote-worker", "scale-client", "node-comes-back"} <= set(quiet)
    for hypothesis in quiet.values():
        clause = surprises(hypothesis, [page], 100)
        assert (clause.holds, clause.measured) == (False, "TraefikServiceDown")
        for name in hypothesis.may_fire:
            assert not surprises(hypothesis, [replace(page, alert=name)], 100).holds
    assert surprises(quiet["drain-worker"], tickets, 100).measured == "JobDown, TargetDown (follows from it)"
    assert surprises(quiet["promote-worker"], tickets, 100).measured == "JobDown, TargetDown"


def test_how_many_are_slow_when_a_node_is_drained(stage):
    """A third, for the 5 s between two questions for tasks and the 3 s of a health check, of the 12 s that it lasts."""
    assert DRILLS["drain-worker"].drill.supposes(stage).slow_ratio == pytest.approx(8 / 12 / 3)


def test_where_each_node_is_to_have_one_task_there_are_three():
    spread = [placed for placed in DRILLS.values() if placed.drill.prepare is breaks.one_on_each]
    assert spread
    assert {placed.managers + placed.workers for placed in spread} == {breaks.REPLICAS}


def test_what_is_counted_is_counted_from_the_break(stage, asked, monkeypatch):
    clock = SimpleNamespace(time=lambda: 112.0, sleep=lambda _: None)
    monkeypatch.setattr(clauses, "time", clock)
    monkeypatch.setattr(clauses, "MOVED_SECONDS", 45.0)
    asked.answers |= {"node ls": "Leader\nReachable\n", "service ps app_client": "Running x\n" * 3}
    for name in ("promote-worker", "scale-client"):
        (clause,) = DRILLS[name].drill.checks(stage, 100.0)
        assert (clause.holds, clause.measured) == (True, "at the latest after 12.0 s")
