"""How many write at once, on servers whose time is counted by hand."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

import pytest

from provision.client.pace import FIRST, MOST, Pace, pace_of


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def write(pace: Pace, clock: Clock, count: int, capacity: int, seconds: float = 0.1) -> list[int]:
    """Writers of a server that does so many writes at once, each in so many seconds; how many there were."""
    running: list[tuple[float, float]] = []
    widths: list[int] = []
    for _ in range(count):
        while len(running) < pace.width():
            share = max(1.0, (len(running) + 1) / capacity)
            heappush(running, (clock.now + seconds * share, clock.now))
        clock.now, began = heappop(running)
        pace.took(began)
        widths.append(pace.width())
    return widths


def paced() -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace(clock), clock


def test_it_starts_with_four() -> None:
    assert paced()[0].width() == FIRST == 4


@pytest.mark.parametrize("capacity", [8, 12])
def test_it_grows_to_what_the_server_can_do(capacity: int) -> None:
    pace, clock = paced()
    widths = write(pace, clock, 4000, capacity)
    assert all(later - former <= 1 for former, later in pairwise(widths))
    assert capacity <= widths[-1] <= capacity + 1


def test_it_never_grows_beyond_the_bound() -> None:
    pace, clock = paced()
    assert max(write(pace, clock, 9000, 99)) == MOST


def test_it_stays_where_more_gain_nothing() -> None:
    pace, clock = paced()
    widths = write(pace, clock, 1000, 4)
    assert set(widths) <= {4, 5}
    assert widths[-1] == 4


def test_a_refusal_takes_half_of_them_and_those_beside_it_say_nothing_new() -> None:
    pace, clock = paced()
    for _ in range(4):
        pace.refused(clock.now - 0.01 if pace.width() < 4 else clock.now)
    assert pace.width() == 2
    clock.now += 1
    pace.refused(clock.now)
    assert pace.width() == 1
    pace.refused(clock.now)
    assert pace.width() == 1


def test_it_comes_back_after_refusals() -> None:
    pace, clock = paced()
    pace.refused(clock.now)
    assert pace.width() == 2
    clock.now += 1
    assert write(pace, clock, 500, 4)[-1] == 4


def test_rising_times_take_a_quarter_but_never_the_last_two() -> None:
    pace, clock = paced()
    write(pace, clock, 600, 8)
    before = pace.width()
    widths = write(pace, clock, 60, 8, seconds=0.5)
    assert min(widths) <= before * 3 // 4
    for _ in range(20):
        write(pace, clock, 40, 8, seconds=clock.now)
    assert pace.width() >= 2


def test_another_kind_of_write_may_take_longer() -> None:
    pace, clock = paced()
    write(pace, clock, 100, 4)
    pace.begin()
    assert min(write(pace, clock, 100, 4, seconds=0.9)) == 4


def test_a_pause_holds_for_all_and_counts_once() -> None:
    pace, clock = paced()
    for _ in range(4):
        pace.hold(3.0)
    assert pace.width() == 2
    assert pace.pause() == 3.0
    clock.now += 2
    pace.hold(5.0)
    assert (pace.pause(), pace.width()) == (5.0, 2)
    pace.hold(1.0)
    assert pace.pause() == 5.0
    clock.now += 5
    assert pace.pause() == 0.0
    pace.hold(1.0)
    assert pace.width() == 1


def test_one_server_has_one_pace() -> None:
    first = pace_of("http://a")
    assert pace_of("http://a") is first
    assert pace_of("http://b") is not first
