"""The signals that would end a program, heard by somebody else for a while."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a time limit, a closed terminal."""


@contextmanager
def heard_by(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """While it is open, these signals call that handler; what is ignored, as in the background of a script or by `nohup`,
    stays so. They aren't blocked, or programs that are started meanwhile would never hear them. Elsewhere than in the main
    thread, to which alone Python gives signals, nothing changes."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = {number: former for number, former in before.items() if former not in (signal.SIG_IGN, None)}
    for number in heard:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in heard.items():
            signal.signal(number, former)
