"""Threads of a drill whose end isn't lost: one that fails says so, as what it would have seen is missing from then on."""

from __future__ import annotations

import threading
from collections.abc import Callable


def guarded(work: Callable[[], None], failed: Callable[[Exception], None]) -> threading.Thread:
    """A thread that does some work in the background, and tells when that raises; not started yet.

    Args:
        work: until it returns.
        failed: called in that thread with what was raised.
    """

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody else would hear of it
            failed(error)

    return threading.Thread(target=run, daemon=True)


def said(error: Exception) -> str:
    """What was raised, in words for a timeline."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
