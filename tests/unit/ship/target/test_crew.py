from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from provision.ship.target import crew
from provision.ship.target.crew import at_once


def test_everything_is_made_once() -> None:
    assert sorted(at_once(range(50), lambda n: n * 2, 3)) == [n * 2 for n in range(50)]
    assert list(at_once([], lambda n: n, 3)) == []
    assert sorted(at_once([None, 1], lambda n: n, 1), key=repr) == [1, None]


def test_so_many_and_no_more_work_at_once() -> None:
    everybody = threading.Barrier(3)  # breaks unless three are there together
    most, here, lock = 0, 0, threading.Lock()

    def do(number: int) -> int:
        nonlocal most, here
        with lock:
            here += 1
            most = max(most, here)
        everybody.wait(timeout=20)
        with lock:
            here -= 1
        return number

    assert sorted(at_once(range(9), do, 3)) == list(range(9))
    assert most == 3


def test_the_width_is_asked_again() -> None:
    """Two at first, one afterwards: the second leaves, and comes back when there may be two again."""
    width = 2
    together = threading.Barrier(2)
    seen: list[str] = []

    def do(number: int) -> int:
        nonlocal width
        if number < 2 or number >= 4:
            together.wait(timeout=20)
            if number < 2:
                width = 1
        else:
            seen.append(threading.current_thread().name)
            if number == 3:
                width = 2
        return number

    assert sorted(at_once(range(6), do, lambda: width)) == list(range(6))
    assert len(seen) == 2


def test_an_item_is_taken_when_somebody_is_free_for_it() -> None:
    taken: list[int] = []
    begun, go = threading.Semaphore(0), threading.Event()

    def items() -> Iterator[int]:
        for number in range(9):
            taken.append(number)
            yield number

    def do(number: int) -> int:
        begun.release()
        assert go.wait(timeout=20)
        return number

    results: list[int] = []
    consumer = threading.Thread(target=lambda: results.extend(at_once(items(), do, 2)))
    consumer.start()
    for _ in range(2):
        assert begun.acquire(timeout=20)
    assert taken == [0, 1]
    go.set()
    consumer.join(timeout=20)
    assert sorted(results) == list(range(9))


def test_what_is_running_is_finished_when_nobody_takes_it_any_more() -> None:
    begun, finished = threading.Event(), threading.Event()
    go = threading.Event()

    def do(number: int) -> int:
        if number == 1:
            begun.set()
            assert go.wait(timeout=20)
            finished.set()
        return number

    made = at_once(range(2), do, 2)
    assert next(made) == 0
    assert begun.wait(timeout=20)
    go.set()
    made.close()
    assert finished.is_set()


def test_what_breaks_is_raised_where_the_results_are_taken() -> None:
    def broken(_: int) -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        list(at_once(range(3), broken, 2))

    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    made = at_once(items(), lambda n: n, 1)
    assert next(made) == 1
    with pytest.raises(ValueError, match="no more"):
        list(made)


def test_after_an_interruption_what_was_begun_is_told() -> None:
    both = threading.Barrier(2)

    def work(number: int) -> int:
        if number < 2:
            both.wait(60)
        return number

    results = at_once(range(5), work, 2)
    told = [next(results), results.throw(KeyboardInterrupt)]  # type: ignore[attr-defined]  # a generator
    with pytest.raises(KeyboardInterrupt):
        told.extend(results)
    assert set(told) >= {0, 1}
    assert len(told) == len(set(told))


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Threads that end without a word, one for each entry: `before` they have taken an item, or `after`."""
    entries: list[str] = []
    work = crew._Crew.work

    def perhaps(self: crew._Crew[int, int]) -> None:
        when = entries.pop() if entries else ""
        if when == "after":
            self._next()
        if not when:
            work(self)

    monkeypatch.setattr(crew._Crew, "work", perhaps)
    monkeypatch.setattr(crew, "_PATIENCE_SECONDS", 0.01)
    return entries


@pytest.mark.parametrize("width", [1, 3])
def test_a_thread_that_never_begins_is_not_waited_for(lost: list[str], width: int) -> None:
    lost.extend(["before"] * width)
    assert sorted(at_once(range(5), lambda n: n, width)) == list(range(5))
    lost.append("before")
    assert list(at_once([], lambda n: n, 8)) == []
    assert not lost


def test_a_thread_that_ends_with_an_item_in_hand_is_told(lost: list[str]) -> None:
    lost.append("after")
    with pytest.raises(RuntimeError, match="before it had done its work"):
        list(at_once(range(5), lambda n: n, 2))


def test_an_interruption_while_a_thread_is_started_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that is being started can't be joined; what the one before it has begun is finished and told."""
    begun, interrupted = threading.Event(), threading.Event()

    class Second(threading.Thread):
        def start(self) -> None:
            if begun.wait(timeout=0 if not started else 20):
                interrupted.set()
                raise KeyboardInterrupt
            started.append(self)
            super().start()

    started: list[threading.Thread] = []
    monkeypatch.setattr(crew.threading, "Thread", Second)

    def do(number: int) -> int:
        begun.set()
        assert interrupted.wait(timeout=20)
        return number

    results = at_once(range(9), do, 2)
    assert next(results) == 0
    with pytest.raises(KeyboardInterrupt):
        next(results)
    assert len(started) == 1
