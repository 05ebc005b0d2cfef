"""Whether this machine runs container engines of its own, which is tried once a process."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.lab.swarm import cluster


def require_engines() -> None:
    """Skips a test, with the reason, where no engine can be started."""
    if why := _why_not():
        pytest.skip(f"no engines of its own can be started here: {why}")


@cache
def _why_not() -> str:
    with tempfile.TemporaryDirectory(prefix="engines-") as folder:
        try:
            cluster.up(Path(folder) / "one", 1, 0)
        except ProvisionError as error:
            return str(error)
        cluster.down(Path(folder) / "one")
    return ""
