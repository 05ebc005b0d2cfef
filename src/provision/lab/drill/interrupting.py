"""A drill that is interrupted heals what it broke, however often it is interrupted meanwhile."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from provision.lab.telling import Tell

NUMBERS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def healed_first(tell: Tell) -> Iterator[None]:
    """The first signal that would end the program raises KeyboardInterrupt, so that the block heals; later ones are
    answered with a sentence, or half of what was broken would stay so. Each healing has a time limit of its own.

    Args:
        tell: called with that sentence.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python gives signals to the main thread alone
        return
    interrupted = False

    def hear(_: int, __: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            # While something else is being told there is no room for it.
            with suppress(RuntimeError):
                tell("healing what the drill broke; then it ends")
            return
        interrupted = True
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in NUMBERS}
    for number, handler in before.items():
        # What is ignored stays so, such as by `nohup`.
        if handler not in (signal.SIG_IGN, None):
            signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
