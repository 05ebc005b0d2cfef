"""Ctrl-C while something is written: remembered first, and only then what it always was."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """While it is open, Ctrl-C, a closed terminal and a time limit are remembered instead of raised, so that what is
    in flight is finished and reported. The second time they are what they always were."""
    interrupted = threading.Event()
    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def remember(*_: object) -> None:
        interrupted.set()
        restore()
        # Not through the stream: it may be in the middle of a write.
        with suppress(OSError):
            os.write(2, b"Interrupted: finishing what is in flight.\n")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, remember)
    try:
        yield interrupted.is_set
    finally:
        restore()
