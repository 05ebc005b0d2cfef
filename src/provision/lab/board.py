"""Readings as lines of text, and as screens when a terminal is too small for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from provision.lab.readings import Reading, Value

SERIES = 6
"""How many series of a panel are written; the others are counted."""


def lines(readings: Sequence[Reading]) -> list[str]:
    """One line a panel: its dashboard, its title, and what it shows now."""
    titles = [f"{reading.dashboard}  ·  {reading.panel}" for reading in readings]
    width = max(map(len, titles), default=0)
    return [f"{title:<{width}}   {shown(reading)}" for title, reading in zip(titles, readings, strict=True)]


def shown(reading: Reading) -> str:
    """What a panel shows: its values, or why it has none."""
    if reading.error:
        return f"query failed: {reading.error}"
    why = f" ({reading.why})" if reading.why else ""
    if not reading.values:
        return f"no data{why}"
    texts = [_named(value) for value in reading.values[:SERIES]]
    left = len(reading.values) - SERIES
    if left > 0:
        texts.append(f"and {left} more")
    if reading.empty:
        texts.append(f"{', '.join(reading.empty)} no data{why}")
    return "  ·  ".join(texts)


def screens(lines: Sequence[str], height: int, width: int) -> list[list[str]]:
    """The lines cut to the terminal's width, in screens of at most `height` lines; at least one screen."""
    cut = [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]
    return [cut[start : start + height] for start in range(0, len(cut), max(height, 1))] or [[]]


def _named(value: Value) -> str:
    return f"{value.name} {value.text}" if value.name else value.text
