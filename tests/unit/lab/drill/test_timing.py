"""When an alert must be told of: worked out by hand, and monotone in everything that it is made of."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.lab.drill.conditions import Chain, Condition
from provision.lab.drill.timing import DELIVERY_SECONDS, Pace, Step, detection, resolution, silence

LAB = Pace(scrape=1, evaluation=1, for_=2, group_wait=0, group_interval=1)
GAUGE = ((Condition("==", 0, Chain()),),)
BURN = (
    (
        Condition(">", 0.144, Chain((10, 120))),
        Condition(">", 0.144, Chain((10,))),
        Condition(">=", 10, Chain((10,))),
    ),
)
THIRD = Step(before=0, after=1 / 3)


def test_a_gauge_that_falls():
    """A health check of 1 s with a time-out of 1 s: 2 + scrape 1 + evaluation 1, for 2, group interval 1."""
    found = detection(GAUGE, Step(1, 0, exposure=2, recovery=2), LAB)
    assert (found.pending, found.firing, found.delivered) == (4, 6, 7 + DELIVERY_SECONDS)
    over = resolution(GAUGE, Step(1, 0, exposure=2, recovery=2), LAB)
    assert (over.quiet, over.resolved) == (4, 5 + DELIVERY_SECONDS)


def test_a_ratio_over_two_windows():
    """The long window is the later one: 0.432 · 120 + 5 = 56.84 s, and the short one ends it: 5.68 s after."""
    found = detection(BURN, THIRD, LAB)
    assert found.pending == pytest.approx(56.84 + 2)
    assert found.firing == pytest.approx(56.84 + 4)
    over = resolution(BURN, THIRD, LAB)
    assert over.quiet == pytest.approx(10 * (1 - 0.432) + 2)


def test_a_ratio_that_is_never_reached():
    assert detection(BURN, Step(0, 0.1), LAB).firing == math.inf
    assert detection(BURN, Step(0, 0), LAB).firing == math.inf
    assert detection((), THIRD, LAB).firing == math.inf
    assert detection(((),), THIRD, LAB).firing == math.inf
    assert resolution(BURN, Step(0, 0.1), LAB).quiet == 0


def test_the_largest_of_a_window_falls_last_and_rises_first():
    failed = ((Condition("==", 0, Chain(max_seconds=10)),),)
    step = Step(before=1, after=0)
    assert detection(failed, step, LAB).pending == 10 + 2
    assert resolution(failed, step, LAB).quiet == 2
    lowest = ((Condition(">", 0.5, Chain(min_seconds=10)),),)
    assert detection(lowest, Step(0, 1), LAB).pending == 10 + 2
    assert resolution(lowest, Step(0, 1), LAB).quiet == 2
    highest = ((Condition(">", 0.5, Chain(max_seconds=10)),),)
    assert detection(highest, Step(0, 1), LAB).pending == 2
    assert resolution(highest, Step(0, 1), LAB).quiet == 10 + 2


def test_production():
    """Scrape and evaluation 15 s, for 1 m, group wait 30 s, group interval 5 m: half an hour is never reached."""
    pace = Pace(15, 15, 60, group_wait=30, group_interval=300)
    found = detection(GAUGE, Step(1, 0, exposure=2), pace)
    assert (found.pending, found.firing) == (32, 92)
    assert found.delivered == 92 + 300 + DELIVERY_SECONDS


def test_a_reload_may_lose_what_is_told_then():
    """For up to 5 s: with a resend delay of 5 s the second time counts, with one of a minute the first."""
    step = Step(1, 0, reloads=True)
    usual = resolution(GAUGE, Step(1, 0), LAB).resolved
    assert resolution(GAUGE, step, replace(LAB, resend=5)).resolved == usual + 2 * (5 + 1)
    assert resolution(GAUGE, step, replace(LAB, resend=60)).resolved == usual + 60 + 1


def test_an_alert_that_always_fired_is_over_when_nothing_was_heard_four_times():
    assert silence(replace(LAB, resend=5, group_interval=5)) == 20 + 5 + DELIVERY_SECONDS
    assert silence(Pace(15, 90, resend=60, group_interval=60)) == 360 + 60 + DELIVERY_SECONDS


def test_for_lasts_whole_evaluations():
    pace = replace(LAB, evaluation=15, for_=20, keep_firing=1)
    found = detection(GAUGE, Step(1, 0), pace)
    assert found.firing - found.pending == 30
    assert resolution(GAUGE, Step(1, 0), pace).quiet == 1 + 15 + 15


def test_a_record_of_another_group_is_an_evaluation_more():
    there = ((Condition("==", 0, Chain(records=1)),),)
    assert detection(there, Step(1, 0), LAB).pending == detection(GAUGE, Step(1, 0), LAB).pending + 1


def test_of_alternatives_the_first_tells_and_the_last_ends():
    both = (*GAUGE, (Condition("==", 0, Chain(max_seconds=10)),))
    assert detection(both, Step(1, 0), LAB).pending == 2
    slow_to_end = ((Condition(">", 0.5, Chain()),), (Condition(">", 0.5, Chain(max_seconds=10)),))
    assert resolution(slow_to_end, Step(0, 1), LAB).quiet == 12


def test_what_differs_from_a_level_differs_at_once():
    assert detection(((Condition("!=", 1, Chain((10,))),),), Step(1, 0), LAB).pending == 2


@given(
    st.sampled_from(["scrape", "evaluation", "for_", "group_wait", "group_interval"]),
    st.floats(0.1, 60),
    st.sampled_from([GAUGE, BURN]),
)
def test_nothing_that_takes_longer_tells_sooner(name, more, compares):
    step = Step(1, 0, 2, 2) if compares is GAUGE else THIRD
    slower = replace(LAB, **{name: getattr(LAB, name) + more})
    fast, late = detection(compares, step, LAB), detection(compares, step, slower)
    assert fast.pending <= late.pending
    assert fast.delivered <= late.delivered
    if name != "evaluation":  # a whole number of longer evaluations may fit `for` better
        assert fast.firing <= late.firing
    assert resolution(compares, step, LAB).resolved <= resolution(compares, step, slower).resolved


@given(st.floats(0.15, 1), st.floats(0.15, 1))
def test_a_larger_fault_is_told_sooner_and_is_over_later(one, other):
    small, large = sorted((one, other))
    assert detection(BURN, Step(0, large), LAB).firing <= detection(BURN, Step(0, small), LAB).firing + 1e-6
    assert resolution(BURN, Step(0, small), LAB).quiet <= resolution(BURN, Step(0, large), LAB).quiet + 1e-6


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_a_fault_that_shows_later_is_told_later(one, other):
    early, late = sorted((one, other))
    assert detection(BURN, replace(THIRD, exposure=early), LAB).firing <= (
        detection(BURN, replace(THIRD, exposure=late), LAB).firing
    )
    assert detection(BURN, replace(THIRD, history=early), LAB).firing <= (
        detection(BURN, replace(THIRD, history=late), LAB).firing + 1e-6
    )
