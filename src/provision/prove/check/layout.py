"""Where the panels of a dashboard lie, in either generation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from provision.model import JSON
from provision.prove.check.bodies import inside, objects, text_of
from provision.prove.check.parts import Dashboard, Panel


class Placed(NamedTuple):
    """A panel or a row on a grid, in grid units.

    Attributes:
        pointer: JSON pointer to where that is said; of the second generation to the panel itself.
    """

    pointer: str
    panel: Panel
    x: float
    y: float
    width: float
    height: float


def grids(dashboard: Dashboard) -> Iterator[list[Placed]]:
    """The grids of a dashboard, each with what lies on it: a collapsed row has one of its own, and so has each row or
    tab of the second generation. What has no place, or one that isn't of numbers, is left out."""
    if dashboard.is_v2:
        panels = {panel.pointer: panel for panel in dashboard.panels}
        yield from _grids_of_v2(dashboard.spec.get("layout"), panels)
        return
    found: dict[str, list[Placed]] = {}
    for panel in dashboard.panels:
        place = panel.body.get("gridPos")
        if isinstance(place, dict):
            placed = _placed(f"{panel.pointer}/gridPos", panel, place, "w", "h")
            if placed:
                found.setdefault(panel.pointer.rpartition("/")[0], []).append(placed)
    yield from found.values()


def _grids_of_v2(layout: JSON, panels: dict[str, Panel]) -> Iterator[list[Placed]]:
    spec = inside(layout, "spec")
    if text_of(layout, "kind") == "GridLayout":
        found = []
        for _, item in objects(spec.get("items")):
            name = text_of(inside(item, "spec", "element"), "name")
            panel = panels.get(f"/spec/elements/{name.replace('~', '~0').replace('/', '~1')}/spec")
            placed = _placed(panel.pointer, panel, inside(item, "spec"), "width", "height") if panel else None
            if placed:
                found.append(placed)
        yield found
    for parts in ("rows", "tabs"):
        for _, part in objects(spec.get(parts)):
            yield from _grids_of_v2(inside(part, "spec", "layout"), panels)


def _placed(pointer: str, panel: Panel, place: dict[str, Any], width: str, height: str) -> Placed | None:
    numbers = [place.get("x", 0), place.get("y", 0), place.get(width), place.get(height)]
    for number in numbers:
        if type(number) is not int and type(number) is not float:
            return None
    return Placed(pointer, panel, *numbers)


def open_panels(dashboard: Dashboard) -> int:
    """How many panels a dashboard shows when it is opened: what a collapsed row holds counts for nothing, and of tabs
    only the fullest does."""
    if dashboard.is_v2:
        return _open_in(dashboard.spec.get("layout"))
    hidden = {
        f"{panel.pointer}/panels"
        for panel in dashboard.panels
        if panel.body.get("type") == "row" and panel.body.get("collapsed") is True
    }
    hidden |= {
        f"{pointer}/panels"
        for pointer, row in objects(dashboard.spec.get("rows"), "/spec/rows")
        if row.get("collapse") is True
    }
    return sum(
        panel.body.get("type") != "row" and panel.pointer.rpartition("/")[0] not in hidden
        for panel in dashboard.panels
    )


def _open_in(layout: JSON) -> int:
    spec = inside(layout, "spec")
    count = sum(1 for _ in objects(spec.get("items")))
    for _, row in objects(spec.get("rows")):
        if inside(row, "spec").get("collapse") is not True:
            count += _open_in(inside(row, "spec", "layout"))
    return count + max(
        (_open_in(inside(tab, "spec", "layout")) for _, tab in objects(spec.get("tabs"))), default=0
    )
