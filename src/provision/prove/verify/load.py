"""How many questions a server is asked at once: fewer while it answers slower than it has shown it can."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_EVERY_SECONDS: Final = 1.0
"""How often it is looked whether the server is slower than before."""

_SLOWER: Final = 4.0
"""So many times the least time that the probe has taken means that the server has too much to do."""

_NOTICED_SECONDS: Final = 0.05
"""What is faster than that isn't slow, whatever it was before: this program takes its time, too."""


class Load:
    """A gate for questions. Threads share it.

    Questions differ too much in what they cost for their times to say anything, so the same small question is asked
    from time to time: where it takes longer than it can, half as many go on, and where it doesn't, one more.

    Args:
        most: so many at once at most.
        probe: asks the small question.
    """

    def __init__(
        self, most: int, probe: Callable[[], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = most
        self.width = max(1, most // 2)
        self.narrowest = most
        self._probe = probe
        self._clock = clock
        self._free = threading.Condition()
        self._active = 0
        self._least: float | None = None
        self._looked = clock()
        self._looking = False

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place among those that ask at the same time; waits until there is one."""
        with self._free:
            while self._active >= self.width:
                self._free.wait()
            self._active += 1
            look = not self._looking and self._clock() - self._looked >= _EVERY_SECONDS
            self._looking = self._looking or look
        try:
            if look:
                self._look()
            yield
        finally:
            with self._free:
                self._active -= 1
                self._free.notify_all()

    def too_much(self) -> None:
        """The server has said, or shown, that it has too much to do."""
        with self._free:
            self._settle(self.width // 2)

    def _look(self) -> None:
        began = self._clock()
        try:
            self._probe()
        finally:
            ended = self._clock()
            with self._free:
                took = ended - began
                self._least = took if self._least is None else min(took, self._least)
                slow = took > max(_SLOWER * self._least, _NOTICED_SECONDS)
                self._settle(self.width // 2 if slow else self.width + 1)
                self._looked, self._looking = ended, False
                self._free.notify_all()

    def _settle(self, width: int) -> None:
        self.width = min(self.most, max(1, width))
        self.narrowest = min(self.narrowest, self.width)
