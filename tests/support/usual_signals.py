"""Signals as on a terminal, whatever the program that runs the tests has made of them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from provision.tools.signals import SIGNALS


@contextmanager
def usual_signals() -> Iterator[None]:
    """While it is open, each of them raises KeyboardInterrupt."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
