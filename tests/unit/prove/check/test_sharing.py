"""Each share is done once, whatever becomes of the processes that help."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.prove.check.sharing import shared

HERE = os.getpid()


def open_files() -> set[str]:
    return {each.name for each in Path("/proc/self/fd").iterdir()}


def doubled(numbers: Iterator[int]) -> Iterator[int]:
    return (2 * number for number in numbers)


@pytest.mark.parametrize("helpers", [0, 1, 3])
@pytest.mark.parametrize("shares", [0, 1, 5, 5_000])
def test_each_share_is_done_once(shares: int, helpers: int) -> None:
    before = open_files()
    with shared(shares, helpers, doubled) as results:
        assert sorted(results) == list(range(0, 2 * shares, 2))
    assert open_files() == before


def test_helpers_work_while_this_process_does_something_else(tmp_path: Path) -> None:
    done = tmp_path / "done"
    os.mkfifo(done)

    def work(numbers: Iterator[int]) -> Iterator[int]:
        for number in numbers:
            yield os.getpid() if number < 9 else 0
            if number == 9:
                done.write_text("all")

    with shared(10, 1, work) as results:
        assert done.read_text() == "all"  # written by the helper alone
        assert HERE not in set(results)


def broken(how: Callable[[], None], at: int) -> Callable[[Iterator[int]], Iterator[int]]:
    """Work that breaks off at a share in every process but this one."""

    def work(numbers: Iterator[int]) -> Iterator[int]:
        for number in numbers:
            if number == at and os.getpid() != HERE:
                how()
            yield number

    return work


def dies() -> None:
    os.kill(os.getpid(), 9)


def fails() -> None:
    raise RuntimeError("nobody sees it")


@pytest.mark.parametrize("how", [dies, fails])
@pytest.mark.parametrize("at", [0, 7])
def test_what_a_helper_leaves_is_done_here(how: Callable[[], None], at: int) -> None:
    for _ in range(5):
        with shared(8, 2, broken(how, at)) as results:
            assert sorted(results) == list(range(8))


def test_an_error_ends_the_helpers() -> None:
    before = open_files()

    def work(numbers: Iterator[int]) -> Iterator[int]:
        for number in numbers:
            if os.getpid() == HERE:
                raise ValueError("here")
            while True:  # until it is killed
                os.sched_yield()
            yield number

    with pytest.raises(ValueError, match="here"), shared(4, 2, work) as results:
        list(results)
    assert open_files() == before
