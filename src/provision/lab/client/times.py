"""How long pages took: as many of the latest as fit into moderate memory, however long it goes on."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

MOST = 100_000
"""Of the latest, 800 kB of them."""

PERCENTILES = (50, 95, 99)


class Times:
    """The times of one kind of page, in seconds."""

    def __init__(self) -> None:
        self._latest = array("d")
        self._count = 0
        self._longest = 0.0

    def add(self, seconds: float) -> None:
        """Keep it; in place of the oldest, when there are too many."""
        if self._count < MOST:
            self._latest.append(seconds)
        else:
            self._latest[self._count % MOST] = seconds
        self._count += 1
        self._longest = max(self._longest, seconds)

    def value(self) -> dict[str, float]:
        """`count` and `max` of all of them; `p50`, `p95`, `p99` of the latest."""
        ordered = sorted(self._latest)
        times = {f"p{percent}": percentile(ordered, percent) for percent in PERCENTILES}
        return {"count": self._count, **times, "max": self._longest}


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest of the ordered values that is not below `percent` per cent of them (the nearest rank)."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
