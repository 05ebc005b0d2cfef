"""Durations in the one form in which Grafana gives them back: `90s` is `1m30s`, `24h` is `1d`."""

from __future__ import annotations

from typing import Final

from provision.author.durations import seconds

_UNITS: Final = (
    ("y", 365 * 86_400_000, True),
    ("w", 7 * 86_400_000, True),
    ("d", 86_400_000, False),
    ("h", 3_600_000, False),
    ("m", 60_000, False),
    ("s", 1000, False),
    ("ms", 1, False),
)
"""Name, milliseconds, and whether it is used only where nothing is left over. Source: Prometheus' model.Duration."""


def written(milliseconds: int) -> str:
    """A duration as Grafana writes it: 90,000 → `1m30s`; `0s` for none."""
    if milliseconds == 0:
        return "0s"
    parts = []
    for unit, size, exact in _UNITS:
        if exact and milliseconds % size:
            continue
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def settled(duration: object) -> object:
    """A duration in that form; what isn't one stays as it is."""
    if not isinstance(duration, str):
        return duration
    try:
        return written(round(seconds(duration) * 1000))
    except ValueError:
        return duration
