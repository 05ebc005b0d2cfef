"""Threads that take their work themselves: nothing waits for another thread to hand it over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

_PATIENCE_SECONDS: Final = 1.0
"""How long nothing is heard before it is looked whether anybody is still there."""


def at_once(
    items: Iterable[_Given], do: Callable[[_Given], _Made], width: int | Callable[[], int]
) -> Iterator[_Made]:
    """What `do` makes of each item, `width` at a time, as soon as it is made. An item is taken from `items` when
    somebody is free for it; what is running when the consumer stops is finished.

    Args:
        width: a function is asked again whenever an item is taken.

    Raises:
        RuntimeError: a thread ended without a word after it had taken an item.
    """
    crew = _Crew(iter(items), do, width if callable(width) else lambda: width)
    threads: list[threading.Thread] = []
    here = 0
    try:
        while True:
            for _ in range(crew.wanted()):
                here += 1
                threads.append(threading.Thread(target=crew.work, name="grafana", daemon=True))
                threads[-1].start()
            if not here:
                return
            made = crew.hear(threads)
            if isinstance(made, _Box):
                yield made.value
            elif isinstance(made, BaseException):
                raise made
            else:
                here = here - 1 if made is None else 0
    except KeyboardInterrupt:  # what was begun is waited for all the same, so what came of it can be told
        crew.finish(threads)
        while not crew.results.empty():
            made = crew.results.get()
            if isinstance(made, _Box):
                yield made.value
        raise
    finally:
        crew.finish(threads)


@dataclass(frozen=True, slots=True)
class _Box(Generic[_Made]):
    value: _Made


@dataclass(frozen=True, slots=True)
class _Nobody:
    """All threads have ended, and not all have said so."""


@dataclass(slots=True)
class _Crew(Generic[_Given, _Made]):
    """What the threads share. In `results`, None says that one of them has left."""

    items: Iterator[_Given]
    do: Callable[[_Given], _Made]
    limit: Callable[[], int]
    results: SimpleQueue[_Box[_Made] | BaseException | None] = field(default_factory=SimpleQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _working: int = 0
    _taken: int = 0
    _heard: int = 0
    _ended: bool = False

    def wanted(self) -> int:
        """How many more are to work; they count as working from now on."""
        with self._lock:
            more = 0 if self._ended else max(0, self.limit() - self._working)
            self._working += more
            return more

    def dismiss(self) -> None:
        """Nobody takes another item."""
        with self._lock:
            self._ended = True

    def finish(self, threads: Iterable[threading.Thread]) -> None:
        """Wait for what is running; nobody takes another item. A thread whose start was interrupted may not have come to
        its first line yet, and can't be joined before; it has taken nothing, and will find nothing to take."""
        self.dismiss()
        for thread in threads:
            if thread.is_alive():
                thread.join()

    def hear(self, threads: Iterable[threading.Thread]) -> _Box[_Made] | BaseException | _Nobody | None:
        """What is said next. A thread can end before its first line, as under a tracer that fails, and then says
        nothing: when nothing is heard for a while, it is looked whether anybody is still there."""
        while True:
            try:
                said = self.results.get(timeout=_PATIENCE_SECONDS)
            except Empty:
                if any(thread.is_alive() for thread in threads) or not self.results.empty():
                    continue
                with self._lock:
                    self._working = 0
                    lost = self._taken - self._heard
                return RuntimeError("a thread ended before it had done its work") if lost else _Nobody()
            self._heard += isinstance(said, _Box)
            return said

    def work(self) -> None:
        """Take items as long as there are some, and not too many who do so."""
        try:
            while (item := self._next()) is not None:
                self.results.put(_Box(self.do(item.value)))
        except BaseException as error:  # noqa: BLE001  # raised where the results are taken
            self.dismiss()
            self.results.put(error)
        self.results.put(None)

    def _next(self) -> _Box[_Given] | None:
        with self._lock:
            if not self._ended and self._working <= self.limit():
                for item in self.items:
                    self._taken += 1
                    return _Box(item)
                self._ended = True
            self._working -= 1
            return None
