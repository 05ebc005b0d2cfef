"""The end of a lab, which no Ctrl-C cuts short: it takes seconds, and what it leaves half-done somebody has to clear up."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from provision.tools.signals import heard_by


@contextmanager
def undisturbed() -> Iterator[None]:
    """While it is open, a signal that would end the process is answered with a sentence instead. Elsewhere than in the main
    thread, which alone hears of signals, nothing changes."""
    with heard_by(lambda *_: _say_so()):
        yield


@contextmanager
def by_signals() -> Iterator[None]:
    """The first signal ends what runs in the block, as Ctrl-C does; those after it come while the lab is ended already, and
    are answered with a sentence."""
    ending = threading.Event()

    def end(number: int, _: object) -> None:
        if ending.is_set():
            _say_so()
            return
        ending.set()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        _write(b"The lab was told to end.\n")
        raise SystemExit(128 + number)

    with heard_by(end):
        yield


def _say_so() -> None:
    _write(b"The lab is being ended; this takes a few seconds.\n")


def _write(sentence: bytes) -> None:
    # Not through the stream: it may be in the middle of a write.
    with suppress(OSError):
        os.write(2, sentence)
