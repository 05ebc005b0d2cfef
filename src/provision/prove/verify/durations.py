"""Durations read and written as people write them."""

from __future__ import annotations

from provision.author.durations import seconds


def length_of(duration: str) -> float | None:
    """A duration in seconds; None when it isn't one, or is none."""
    try:
        return seconds(duration) or None
    except ValueError:
        return None


def length(duration_seconds: float) -> str:
    """A duration as people write it: `90m`, `1h`, `2d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if duration_seconds >= size and duration_seconds % size == 0:
            return f"{duration_seconds / size:.0f}{unit}"
    return f"{duration_seconds:g}s"
