"""Work that is shared out among processes, each of which takes the next share when it is done with one.

Each is a fork, so it has everything at once and gives back results only. What one of them doesn't finish is done here,
where its error can be told.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from struct import Struct
from typing import Final, Generic, TypeVar

Result = TypeVar("Result")

Work = Callable[[Iterator[int]], Iterator[Result]]
"""Takes numbers of shares, one after the other, and gives what comes of them."""

_NUMBER: Final = Struct("=I")


@contextmanager
def shared(shares: int, helpers: int, work: Work[Result]) -> Iterator[Iterator[Result]]:
    """What comes of all shares, in no order. The helpers begin at once; this process helps when it is asked for results.

    Args:
        shares: how many there are, at most some thousands: their numbers wait in a pipe.
        helpers: processes beside this one.
    """
    queue, into = os.pipe()
    try:
        try:
            os.write(into, b"".join(map(_NUMBER.pack, range(shares))))
        finally:
            os.close(into)  # so that there is an end to it
        crew: list[_Helper[Result]] = []
        try:
            crew.extend(_Helper(queue, work) for _ in range(helpers))
            yield _results(shares, queue, crew, work)
        finally:
            for helper in crew:
                helper.end()
    finally:
        os.close(queue)


def _taken(queue: int, into: list[int]) -> Iterator[int]:
    """Numbers from the queue, each of which one process gets: so few bytes are read from a pipe at once or not at all."""
    while number := os.read(queue, _NUMBER.size):
        into.extend(_NUMBER.unpack(number))
        yield into[-1]


def _results(shares: int, queue: int, crew: list[_Helper[Result]], work: Work[Result]) -> Iterator[Result]:
    own: list[int] = []
    yield from work(_taken(queue, own))
    done = set(own)
    for helper in crew:
        came = helper.came()
        if came is not None:
            numbers, results = came
            done.update(numbers)
            yield from results
    left = [number for number in range(shares) if number not in done]
    if left:
        yield from work(iter(left))


class _Helper(Generic[Result]):
    """A process that takes shares."""

    def __init__(self, queue: int, work: Work[Result]) -> None:
        context = multiprocessing.get_context("fork")
        self._answer, into = context.Pipe(duplex=False)
        self._process = context.Process(target=_help, args=(queue, work, into), name="check", daemon=True)
        self._process.start()
        into.close()

    def came(self) -> tuple[list[int], list[Result]] | None:
        """The shares that it took, and what came of them; None when it has not come to an end."""
        try:
            came: tuple[list[int], list[Result]] = self._answer.recv()
        except EOFError:
            return None
        return came

    def end(self) -> None:
        """It is no longer needed."""
        self._answer.close()
        self._process.kill()
        self._process.join()


def _help(queue: int, work: Work[Result], into: Connection) -> None:
    taken: list[int] = []
    try:
        into.send((taken, list(work(_taken(queue, taken)))))
    except (Exception, KeyboardInterrupt):  # noqa: BLE001  # it is done once more where errors and interruptions are told
        os._exit(1)
