"""How much of a step windows show, by hand and by the laws of averages."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.lab.drill.windows import crossing, share

lengths = st.lists(st.floats(1, 1000), min_size=1, max_size=3)
moments = st.floats(0, 4000)
histories = st.one_of(st.just(math.inf), st.floats(0, 5000))


@pytest.mark.parametrize(
    ("seconds", "windows", "seen"),
    [
        (0, (), 1),
        (-1, (), 0),
        (5, (), 1),
        (0, (10,), 0),
        (2.5, (10,), 0.25),
        (10, (10,), 1),
        (99, (10,), 1),
        # Two windows: the integral of the ramp, t² / (2 · 10 · 120) at first, (t − 5) / 120 from 10 s on.
        (6, (10, 120), 36 / 2400),
        (17.4, (10, 120), 12.4 / 120),
        (130, (10, 120), 1),
    ],
)
def test_by_hand(seconds, windows, seen):
    assert share(seconds, windows) == pytest.approx(seen)


def test_a_young_server_averages_over_what_there_is():
    # 10 s after the step, with 30 s before it: 10 of 40 seconds, whatever the length of the window.
    assert share(10, (120,), history=30) == pytest.approx(10 / 40)
    assert share(10, (12,), history=30) == pytest.approx(10 / 12)
    assert share(10, (10, 120), history=30) == pytest.approx(5 / 40)


def test_crossing_by_hand():
    assert crossing(0, (10,)) == 0
    assert crossing(0.25, (10,)) == pytest.approx(2.5)
    assert crossing(1, (10,)) == pytest.approx(10)
    assert crossing(1.01, (10,)) == math.inf
    assert crossing(0.5, ()) == 0
    # A third of the requests is slow, 14.4 % may be: 0.144 · 3 · 120 + 5.
    assert crossing(0.144 * 3, (10, 120)) == pytest.approx(0.432 * 120 + 5)
    # In a server that is 40 s old: (t − 5) / (40 + t) = 0.432.
    assert crossing(0.144 * 3, (10, 120), history=40) == pytest.approx((0.432 * 40 + 5) / (1 - 0.432))


@given(moments, moments, lengths, histories)
def test_more_is_seen_later(one, other, windows, history):
    early, late = sorted((one, other))
    assert share(early, windows, history) <= share(late, windows, history) + 1e-6


@given(moments, lengths, histories)
def test_it_is_a_share_and_ends_as_the_whole(seconds, windows, history):
    assert -1e-6 <= share(seconds, windows, history) <= 1
    assert share(sum(windows) + 1, windows, history) == pytest.approx(1, abs=1e-6)


@given(moments, lengths, st.floats(1, 3), st.integers(0, 2))
def test_longer_windows_show_less(seconds, windows, factor, which):
    longer = list(windows)
    longer[which % len(windows)] *= factor
    assert share(seconds, longer) <= share(seconds, windows) + 1e-6


@given(moments, lengths, st.floats(0, 5000), st.floats(0, 5000))
def test_an_older_server_shows_less(seconds, windows, one, other):
    young, old = sorted((one, other))
    assert share(seconds, windows, old) <= share(seconds, windows, young) + 1e-6


@given(st.floats(0.001, 1), lengths, histories)
def test_a_crossing_is_where_the_share_is_reached(fraction, windows, history):
    at = crossing(fraction, windows, history)
    assert 0 <= at <= sum(windows)
    assert share(at + 1e-6, windows, history) >= fraction - 1e-3
    assert share(at - 1e-3 * sum(windows), windows, history) <= fraction + 1e-3


@given(st.floats(0, 1), st.floats(0, 1), lengths, histories)
def test_a_higher_threshold_is_crossed_later(one, other, windows, history):
    low, high = sorted((one, other))
    assert crossing(low, windows, history) <= crossing(high, windows, history) + 1e-6
