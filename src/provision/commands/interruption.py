"""Ctrl-C while something is written: remembered first, and only then what it always was."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from provision.tools.signals import SIGNALS, heard_by


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """While it is open, Ctrl-C, a closed terminal and a time limit are remembered instead of raised, so that what is
    in flight is finished and reported. The second time they are what they always were."""
    interrupted = threading.Event()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def remember(*_: object) -> None:
        interrupted.set()
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
        # Not through the stream: it may be in the middle of a write.
        with suppress(OSError):
            os.write(2, b"Interrupted: finishing what is in flight.\n")

    with heard_by(remember):
        yield interrupted.is_set
