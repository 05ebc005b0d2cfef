"""Where the panels of a dashboard lie, in either generation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provision.model import JSON
from provision.prove.check.estate import Dashboard, inside, objects, text_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A panel or a row on a grid, in grid units.

    Attributes:
        pointer: JSON pointer to where that is said.
        subject: what people call it, within its dashboard.
    """

    pointer: str
    subject: str
    x: float
    y: float
    width: float
    height: float


def grids(dashboard: Dashboard) -> Iterator[list[Placed]]:
    """The grids of a dashboard, each with what lies on it: a collapsed row has one of its own, and so has each row or
    tab of the second generation. What has no place, or one that isn't of numbers, is left out."""
    if dashboard.is_v2:
        titles = {panel.pointer: panel.subject for panel in dashboard.panels}
        yield from _grids_of_v2(dashboard.spec.get("layout"), "/spec/layout", titles)
        return
    found: dict[str, list[Placed]] = {}
    for panel in dashboard.panels:
        place = panel.body.get("gridPos")
        if isinstance(place, dict):
            placed = _placed(f"{panel.pointer}/gridPos", panel.subject, place, ("w", "h"))
            if placed:
                found.setdefault(panel.pointer.rpartition("/")[0], []).append(placed)
    yield from found.values()


def _grids_of_v2(layout: JSON, pointer: str, titles: dict[str, str]) -> Iterator[list[Placed]]:
    spec = inside(layout, "spec")
    if text_of(layout, "kind") == "GridLayout":
        found = []
        for at, item in objects(spec.get("items"), f"{pointer}/spec/items"):
            name = text_of(inside(item, "spec", "element"), "name")
            element = f"/spec/elements/{name.replace('~', '~0').replace('/', '~1')}/spec"
            subject = titles.get(element, f"element {name!r}")
            placed = _placed(f"{at}/spec", subject, inside(item, "spec"), ("width", "height"))
            if placed:
                found.append(placed)
        yield found
    for parts in ("rows", "tabs"):
        for at, part in objects(spec.get(parts), f"{pointer}/spec/{parts}"):
            yield from _grids_of_v2(inside(part, "spec", "layout"), f"{at}/spec/layout", titles)


def _placed(pointer: str, subject: str, place: dict[str, Any], sizes: tuple[str, str]) -> Placed | None:
    numbers = [place.get("x", 0), place.get("y", 0), place.get(sizes[0]), place.get(sizes[1])]
    if any(type(number) not in (int, float) for number in numbers):
        return None
    return Placed(pointer, subject, *numbers)


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
