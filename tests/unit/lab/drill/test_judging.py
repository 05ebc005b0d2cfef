"""Clauses: what was supposed, what was measured, and whether that is within the bound."""

import math
from dataclasses import replace

import pytest

from provision.lab.drill import judging
from provision.lab.drill.timing import Detection, Resolution
from provision.lab.drill.values import Event, Hypothesis, Signal, Visit

SIGNAL = Signal("Down", "page", "traefik", 1, 0, 2, 2, "because")
SUPPOSED = Hypothesis("it holds", 0.9, 0.2, 2.0, 1.0, SIGNAL, frozenset({"Derived"}))
BOUNDS = (Detection(4, 6, 8), Resolution(4, 6))


def alert(at, source, state, name="Down", severity="page"):
    return Event(at, source, f"{name} {state}", name, severity, state)


def visits(*statuses, seconds=0.01):
    return [Visit(100 + number, seconds, status) for number, status in enumerate(statuses)]


def test_users_between_break_and_healing():
    seen = visits(500, 200, 404, 200, 0, 500)
    succeeded, slow, slowest = judging.users(SUPPOSED, seen, broken=101, healed=105, slow_seconds=0.2)
    assert (succeeded.value, succeeded.holds, succeeded.measured) == (0.75, False, "75.0% of 4")
    assert (slow.value, slow.holds) == (0, True)
    assert (slowest.value, slowest.holds, slowest.expected) == (0.01, True, "at most 2 s")
    assert slow.what == "users' requests slower than 200 ms"
    better = replace(SUPPOSED, success_ratio=0.75)
    assert judging.users(better, seen, 101, 105, 0.2)[0].holds


def test_slow_requests():
    seen = [*visits(200, 200, 200), Visit(103, 4.25, 200)]
    _, slow, slowest = judging.users(SUPPOSED, seen, 100, 110, 0.2)
    assert (slow.holds, slow.measured) == (False, "25.0%")
    assert (slowest.holds, slowest.measured) == (False, "4.25 s")


def test_without_requests_nothing_is_shown_to_hold():
    assert [clause.holds for clause in judging.users(SUPPOSED, [], 100, 110, 0.2)] == [False, False, False]


def test_what_nothing_is_supposed_of_has_no_clause():
    nothing = replace(SUPPOSED, slow_ratio=1, slowest_seconds=math.inf)
    assert [clause.what for clause in judging.users(nothing, visits(200), 100, 110, 0.2)] == [
        "users' requests that succeed"
    ]


@pytest.mark.parametrize(("statuses", "holds"), [((503, 200), True), ((200, 200), False), ((), False)])
def test_a_fault_that_is_supposed_to_hurt_and_doesnt(statuses, holds):
    hurts = replace(SUPPOSED, success_ratio=0, most_succeed=0.5)
    clause = judging.users(hurts, visits(*statuses), 100, 110, 0.2)[0]
    assert (clause.holds, clause.expected) == (holds, "at most 50.0%")


@pytest.mark.parametrize(
    ("statuses", "measured", "holds"),
    [
        ((200, 200), "after 0.0 s", True),
        ((503, 200, 503, 200, 200), "after 3.0 s", True),
        ((503, 503, 503, 503, 200), "after 4.0 s", False),
        ((200, 503), "not at all", False),
        ((), "not at all", False),
    ],
)
def test_when_users_are_served_again(statuses, measured, holds):
    clause = judging.served_again(visits(*statuses), 100, 3.5)
    assert (clause.measured, clause.holds) == (measured, holds)


def test_the_budget_counts_failures_until_the_end():
    """At 10 requests a second two failures are 0.2 s of the 7.2 h that 1 % of 30 days are."""
    clause = judging.budget(SUPPOSED, visits(500, 200, 0), began=100, ratio=0.01)
    assert (clause.value, clause.holds) == (0.2, True)
    assert clause.expected == "at most 1 s of the month's 7.2 h"
    assert clause.measured == "0.2 s (0.001%)"
    assert not judging.budget(replace(SUPPOSED, budget_seconds=0.1), visits(0, 0), 100, 0.01).holds


def test_marks_are_the_first_after_the_break_and_the_last_end():
    events = [
        alert(90, "Prometheus", "firing"),
        alert(101, "Prometheus", "pending"),
        alert(102, "Prometheus", "firing", name="Other"),
        alert(103, "Prometheus", "firing", severity="ticket"),
        alert(104, "Prometheus", "firing"),
        alert(105, "webhook", "firing"),
        alert(106, "webhook", "firing"),
        alert(107, "webhook", "resolved"),
        alert(112, "webhook", "resolved"),
        alert(113, "webhook", "resolved"),
    ]
    found = judging.marks(SIGNAL, events, broken=100)
    assert found == {"pending": 101, "firing": 104, "delivered": 105, "resolved": 113}
    assert judging.marks(replace(SIGNAL, severity=""), events, 100)["firing"] == 103
    assert judging.marks(SIGNAL, [], 100) == {}


def test_an_end_that_wasnt_the_last_word_is_none():
    events = [
        alert(105, "webhook", "firing"),
        alert(107, "webhook", "resolved"),
        alert(109, "webhook", "firing"),
    ]
    assert judging.marks(SIGNAL, events, broken=100) == {"delivered": 105}


def test_told_in_time_too_late_or_not_at_all():
    found = {"broken": 100, "healed": 110, "firing": 106, "delivered": 108.5}
    fires, delivered, over = judging.told(SIGNAL, found, BOUNDS)
    assert (fires.holds, fires.measured, fires.expected) == (
        True,
        "after 6.0 s",
        "at most 6.0 s after the break",
    )
    assert (delivered.holds, delivered.value, delivered.bound) == (False, 8.5, 8)
    assert (over.holds, over.measured) == (False, "not at all")
    ended_before = judging.told(SIGNAL, {**found, "resolved": 109}, BOUNDS)[2]
    assert (ended_before.holds, ended_before.value) == (True, 0)


@pytest.mark.parametrize(
    ("signal", "name", "severity", "surprises"),
    [
        (SIGNAL, "Down", "page", False),
        (SIGNAL, "Derived", "page", False),
        (SIGNAL, "Other", "ticket", False),
        (SIGNAL, "Other", "page", True),
        (None, "Derived", "page", True),
        (None, "Other", "ticket", True),
        (None, "Watchdog", "none", False),
    ],
)
def test_what_else_is_told(signal, name, severity, surprises):
    events = [alert(101, "webhook", "firing", name, severity), alert(99, "webhook", "firing", "Old")]
    clause = judging.surprises(replace(SUPPOSED, signal=signal), events, broken=100)
    assert clause.holds is not surprises
    assert clause.measured.startswith(
        name if surprises else "none" if name != "Derived" else "Derived (follows"
    )


def test_a_ticket_that_is_excused_is_told_all_the_same():
    events = [alert(101, "webhook", "firing", "Derived", "ticket"), alert(102, "webhook", "firing", "Other")]
    clause = judging.surprises(replace(SUPPOSED, signal=None), events[:1], broken=100)
    assert (clause.holds, clause.measured) == (True, "Derived (follows from it)")
    assert clause.expected == "none but tickets of Derived"
    clause = judging.surprises(replace(SUPPOSED, signal=None), events, broken=100)
    assert (clause.holds, clause.measured) == (False, "Other, Derived (follows from it)")
