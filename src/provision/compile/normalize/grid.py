"""Where panels are: 24 columns, units of 30 px (38 px with the gap). Source: Grafana's dashboard grid."""

from __future__ import annotations

import math
from collections.abc import Iterable

from provision.compile.normalize.fields import number
from provision.compile.normalize.plain import Json

COLUMNS = 24
SPANS = 12
UNIT_PIXELS = 38
LEAST_PIXELS = 90
DEFAULT_WIDTH = 12
DEFAULT_HEIGHT = 8

Box = tuple[int, int, int, int]
"""x, y, width, height."""


def units(pixels: object) -> int | None:
    """A height such as `250px` or 250 in grid units; None when it isn't a height."""
    height = number(pixels.removesuffix("px")) if isinstance(pixels, str) else number(pixels)
    return None if height is None else math.ceil(max(height, LEAST_PIXELS) / UNIT_PIXELS)


def place(
    panels: Iterable[Json], top: int = 0, height: int = DEFAULT_HEIGHT, width: int = DEFAULT_WIDTH
) -> int:
    """Gives a `gridPos` to every panel that has none, in reading order from `top`, so that it overlaps
    nothing placed; returns the first free line below all of them.

    Args:
        panels: rows, once placed, push what follows below themselves.
        top: the line to begin at.
        height: the height in units of a panel that doesn't say its own.
        width: the width in columns of a panel that doesn't say its own.

    Raises:
        ValueError: a `gridPos` lacks x, y, w or h, or they aren't numbers of grid units.
    """
    listed = list(panels)
    taken = [_box(panel) for panel in listed if panel.get("gridPos")]
    x, y, bottom = 0, top, top
    for panel in listed:
        if panel.get("gridPos"):
            box = _box(panel)
        else:
            if panel.get("type") == "row":
                x, y = 0, bottom
            box = _free(taken, x, y, *_size(panel, width, height))
            taken.append(box)
            panel["gridPos"] = {"x": box[0], "y": box[1], "w": box[2], "h": box[3]}
        x, y = box[0] + box[2], box[1]
        bottom = max(bottom, box[1] + box[3])
    return bottom


def reading_order(panels: list[Json]) -> list[Json]:
    """Panels from top to bottom, then from left to right: the order in which Grafana stores them."""
    return sorted(panels, key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))


def _free(taken: list[Box], x: int, y: int, width: int, height: int) -> Box:
    """The first free place at or after (x, y), in reading order; lines begin where something ends."""
    while True:
        if x + width > COLUMNS:
            x, y = 0, min((box[1] + box[3] for box in taken if box[1] + box[3] > y), default=y + 1)
        blocker = next((box for box in taken if _overlap(box, (x, y, width, height))), None)
        if blocker is None:
            return x, y, width, height
        x = blocker[0] + blocker[2]


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def _size(panel: Json, width: int, height: int) -> tuple[int, int]:
    if panel.get("type") == "row":
        return COLUMNS, 1
    span = number(panel.get("span"))
    columns = width if not span else min(COLUMNS, max(1, math.floor(span)) * COLUMNS // SPANS)
    return columns, units(panel.get("height")) or height


def _box(panel: Json) -> Box:
    """The place that a panel says; fractions of a unit are cut off in it, as Grafana does when it converts a
    dashboard to its second generation (seen on 12.4)."""
    position = panel["gridPos"]
    try:
        written = [position[name] for name in ("x", "y", "w", "h")]
    except (KeyError, TypeError):
        raise ValueError(f"{_whose(panel)} must have x, y, w and h") from None
    for value in written:
        if number(value) is None or isinstance(value, str) or value < 0:
            raise ValueError(f"{_whose(panel)} must hold numbers of grid units, from 0 on")
    x, y, width, height = map(int, written)
    if any(isinstance(value, float) for value in written):
        width, height = max(1, width), max(1, height)
        position.update({"x": x, "y": y, "w": width, "h": height})
    return x, y, width, height


def _whose(panel: Json) -> str:
    return f"panel {panel.get('title') or ''!r}: gridPos {panel['gridPos']!r}"
