"""Waiting for a condition, which has a limit, so that a test fails and doesn't hang."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 30.0


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Return once it holds; fails after a while, in which it wasn't `what`."""
    limit = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < limit, f"not {what} after {SECONDS:.0f} s"
        time.sleep(0.01)
