"""Durations written out, as Grafana's duration and clock units write them."""

from __future__ import annotations

import math

_UNITS = (
    ("year", 31_536_000_000),
    ("month", 2_592_000_000),
    ("week", 604_800_000),
    ("day", 86_400_000),
    ("hour", 3_600_000),
    ("minute", 60_000),
    ("second", 1000),
    ("millisecond", 1),
)
_MILLISECONDS = dict(_UNITS)


def duration(value: float, unit: str, decimals: int | None) -> str:
    """A duration in words: `2 hours, 5 minutes`.

    Args:
        value: how long, in `unit`; negative: `… ago`.
        unit: `second` or `millisecond`.
        decimals: how many smaller units follow the largest one; None: none.
    """
    if value == 0:
        return f"0 {unit}s"
    if value < 0:
        return f"{duration(-value, unit, decimals)} ago"
    rest = value * _MILLISECONDS[unit]
    left = decimals or 0
    words: list[str] = []
    for name, size in _UNITS:
        if left < 0:
            break
        if rest >= size or words:
            count = math.floor(rest / size)
            words.append(f"{count} {name}{'' if count == 1 else 's'}")
            rest %= size
            left -= 1
    return ", ".join(words) or f"0 {unit}s"


def hours_minutes_seconds(seconds: float, *, days: bool) -> str:
    """A duration as `hh:mm:ss`, or as `d d hh:mm:ss` once it is a day and `days` is asked for."""
    if seconds < 0:
        return f"{hours_minutes_seconds(-seconds, days=days)} ago"
    whole = math.floor(seconds)
    count = whole // 86_400 if days else 0
    whole -= count * 86_400
    clock_text = f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{count} d {clock_text}" if count else clock_text


def clock(milliseconds: float, decimals: int | None) -> str:
    """A duration as a clock shows it: `1h:05m:30s:250ms`; `decimals` is how many parts follow the first."""
    whole = math.trunc(milliseconds)
    minutes, seconds = whole // 60_000 % 60, whole // 1000 % 60
    parts = [f"{whole // 3_600_000}h", f"{minutes:02d}m", f"{seconds:02d}s", f"{whole % 1000:03d}ms"]
    first = 3 if milliseconds < 1000 else 2 if milliseconds < 60_000 else 1 if milliseconds < 3_600_000 else 0
    last = len(parts) if decimals is None else first + decimals + 1
    return ":".join(parts[first:last])
