"""Durations as Prometheus writes them: `30s`, `5m`, `1h30m`, `1d`."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")


def seconds(duration: str) -> float:
    """The length of a Prometheus duration in seconds (`"1m30s"` → 90.0; units as in its documentation:
    a day is 24 hours, a week 7 days, a year 365 days).

    Raises:
        ValueError: it isn't one.
    """
    match = _DURATION.fullmatch(duration)
    if duration == "0":
        return 0.0
    if not duration or match is None:
        raise ValueError(f"{duration!r} is not a duration such as 30s, 5m or 1h30m")
    parts = zip(("y", "w", "d", "h", "m", "s", "ms"), match.groups(), strict=True)
    return sum(int(value) * _UNITS[unit] for unit, value in parts if value is not None)


def shown(length: float) -> str:
    """A number of seconds as Prometheus writes it: 90 → `1m30s`, 0.5 → `500ms`; less than a millisecond is left out."""
    left = round(length * 1000)
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        size = round(_UNITS[unit] * 1000)
        if left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return "".join(parts) or "0s"


def check(owner: str, **durations: str | None) -> None:
    """Raises ValueError, naming `owner` and the field, for the first value that isn't a duration."""
    for name, value in durations.items():
        if value is None:
            continue
        try:
            seconds(value)
        except (ValueError, TypeError):
            raise ValueError(
                f"{owner}: {name.rstrip('_')} must be a duration such as 30s, 5m or 1h30m, not {value!r}"
            ) from None
