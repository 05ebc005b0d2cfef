"""How many questions a server is asked at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from provision.prove.verify.load import Load


class Clock:
    """Stands still but for what a probe takes."""

    def __init__(self) -> None:
        self.now = 0.0
        self.takes = 0.01

    def __call__(self) -> float:
        return self.now

    def probe(self) -> None:
        self.now += self.takes


def after(load: Load, clock: Clock, takes: float) -> int:
    """The width after a probe that takes so long."""
    clock.takes = takes
    clock.now += 2.0
    with load.slot():
        return load.width


def test_more_are_asked_as_long_as_the_server_is_as_fast_as_before():
    clock = Clock()
    load = Load(8, clock.probe, clock)
    assert [after(load, clock, 0.01) for _ in range(6)] == [5, 6, 7, 8, 8, 8]


def test_fewer_are_asked_where_it_is_slower():
    clock = Clock()
    load = Load(8, clock.probe, clock)
    assert after(load, clock, 0.02) == 5
    assert [after(load, clock, takes) for takes in (0.5, 0.5, 0.5, 0.03, 0.03)] == [2, 1, 1, 2, 3]
    assert load.narrowest == 1
    load.too_much()
    assert load.width == 1


def test_what_is_fast_is_never_slow():
    clock = Clock()
    load = Load(8, clock.probe, clock)
    assert [after(load, clock, takes) for takes in (0.001, 0.04)] == [5, 6]


def test_it_is_not_looked_more_than_once_a_second():
    clock = Clock()
    load = Load(2, clock.probe, clock)
    with load.slot():
        assert clock.now == 0.0


def test_no_more_than_that_ask_at_once():
    load = Load(4, lambda: None)
    lock = threading.Lock()
    active = most = 0

    def work(_: int) -> None:
        nonlocal active, most
        with load.slot():
            with lock:
                active += 1
                most = max(most, active)
            threading.Event().wait(0.001)
            with lock:
                active -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(100)))
    assert most <= 4
