"""Tests that measure how long real servers take, and so have the machine to themselves: those marked `alone`.

Processes of one test run share two locks, which are two files that are there anyway. A test holds the second with the others, and one that is marked holds it by
itself; it holds the first as well while it waits for that, so that no other test begins meanwhile and it isn't passed
over for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def sharing(*, alone: bool) -> Iterator[None]:
    """Run one test beside those of the other processes, or while none of them runs one. Nothing is done where there are
    no others."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    with Path(__file__).open() as gate, Path(__file__).parents[1].joinpath("conftest.py").open() as room:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield
