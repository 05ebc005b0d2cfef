"""Every panel lies within the 24 columns of the grid, and none lies over another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.model import Finding
from provision.prove.check.estate import Dashboard, Estate, and_more
from provision.prove.check.layout import Placed, grids

ID = "misplaced-panel"

_COLUMNS: Final = 24


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all panels of the dashboard that leave the grid, and one for those that lie over another."""
    outside: list[Placed] = []
    over: list[tuple[Placed, Placed]] = []
    for placed in grids(dashboard):
        outside.extend(one for one in placed if one.x < 0 or one.y < 0 or one.x + one.width > _COLUMNS)
        over.extend(_overlaps(placed))
    if outside:
        first = outside[0]
        where = (
            f"from column {first.x:g} to {first.x + first.width:g}"
            if first.y >= 0
            else f"above the page, at line {first.y:g}"
        )
        yield estate.finding(
            ID, "warning", dashboard.definition, first.pointer,
            and_more(dashboard.about(first.panel), len(outside)),
            f"it reaches {where}, and Grafana's grid has the columns 0 to {_COLUMNS}", "move it, or make it smaller",
            also=[each.pointer for each in outside[1:]],
        )  # fmt: skip
    if over:
        first, below = over[0]
        yield estate.finding(
            ID, "warning", dashboard.definition, first.pointer,
            and_more(dashboard.about(first.panel), len(over)),
            f"it lies over {below.panel.subject}", "move it: Grafana pushes what is in the way down, and with it the rest",
            also=[each.pointer for each, _ in over[1:]],
        )  # fmt: skip


def _overlaps(placed: Sequence[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Each panel that lies over one before it, and that one."""
    above: list[Placed] = []
    for one in sorted(placed, key=lambda each: (each.y, each.x)):
        # What doesn't overlap fits side by side: never more than there are columns.
        above = [each for each in above if each.y + each.height > one.y]
        for each in above:
            if one.x < each.x + each.width and each.x < one.x + one.width:
                yield one, each
                break
        else:
            if one.width > 0 and one.height > 0:
                above.append(one)
