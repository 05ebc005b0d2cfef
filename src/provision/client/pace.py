"""How many writes a server is given at once, and when it is given none: found out from how it answers.

One more writer is tried when answers are steady, and stays if more is written with it than without (additive
increase); where the server refuses work, half of them go (multiplicative decrease), and where it takes twice as long
as it has shown it can, a quarter. When it asks for a pause, nobody sends anything for so long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

FIRST: Final = 4
"""Writers at the start: where SQLite, measured on Grafana 12.4, gains nothing from more."""

MOST: Final = 16
_FEWEST: Final = 2
"""As few are left where a server is slow rather than unwilling: it may have other things to do."""

_WINDOW: Final = 4
"""Answers of each writer that are looked at together: one alone says little."""

_STEADY: Final = 1.5
_RISING: Final = 2.0
"""How much longer than the least that was seen answers may take, so that another writer is tried; and so that one
has to go."""

_WORTH: Final = 1.05
"""How much more has to be written with another writer."""


class Pace:
    """What is known of one server. Threads share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._width = FIRST
        self._least: dict[int, float] = {}
        self._sum, self._count = 0.0, 0
        self._settled = self._until = clock()

    def width(self) -> int:
        """How many may write now."""
        return self._width

    def begin(self) -> None:
        """Another kind of write begins: how long the last kind took says nothing of it."""
        with self._lock:
            self._least.clear()
            self._settle(self._width)

    def took(self, began: float) -> None:
        """A write that began at that moment was answered."""
        with self._lock:
            if began < self._settled:
                return  # it ran beside more, or fewer, than there are now
            self._sum += self.clock() - began
            self._count += 1
            if self._count >= _WINDOW * self._width:
                self._judge(self._sum / self._count)

    def refused(self, began: float) -> None:
        """A write that began at that moment was refused as the server has too much to do."""
        with self._lock:
            if began >= self._settled:  # those that ran beside it say nothing new
                self._settle(max(1, self._width // 2))

    def hold(self, seconds: float) -> None:
        """The server asks for a pause."""
        with self._lock:
            now = self.clock()
            if now >= self._until:
                self._settle(max(1, self._width // 2))
            self._until = max(self._until, now + seconds)

    def pause(self) -> float:
        """How many seconds nobody is to send anything."""
        return max(0.0, self._until - self.clock())

    def _judge(self, mean: float) -> None:
        width = self._width
        least = self._least[width] = min(mean, self._least.get(width, mean))
        if mean > _RISING * least:
            width = min(width, max(_FEWEST, width * 3 // 4))
        elif width > FIRST and not self._pays(width):
            width -= 1
        elif mean <= _STEADY * least and width < MOST and self._pays(width + 1):
            width += 1
        self._settle(width)

    def _pays(self, width: int) -> bool:
        """Whether more was written by so many than by one less; or it isn't known yet."""
        with_it, without = self._least.get(width), self._least.get(width - 1)
        return with_it is None or without is None or width / with_it >= _WORTH * (width - 1) / without

    def _settle(self, width: int) -> None:
        if width != self._width:
            self._settled = self.clock()
        self._width = width
        self._sum, self._count = 0.0, 0


_PACES: WeakValueDictionary[str, Pace] = WeakValueDictionary()
_PACES_LOCK = threading.Lock()


def pace_of(url: str) -> Pace:
    """What is known of the server at `url`: one value for all who write to it, whichever organisation they are in."""
    with _PACES_LOCK:
        return _PACES.setdefault(url, Pace())
