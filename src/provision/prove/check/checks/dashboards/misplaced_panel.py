"""Every panel lies within the 24 columns of the grid, and none lies over another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.layout import Placed, grids
from provision.prove.check.parts import Dashboard
from provision.prove.check.together import together

ID = "misplaced-panel"

_COLUMNS: Final = 24


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all panels of the dashboard that leave the grid, and one for those that lie over another."""
    outside: list[Placed] = []
    over: list[tuple[Placed, Placed]] = []
    for placed in grids(dashboard):
        outside.extend(one for one in placed if one.x < 0 or one.y < 0 or one.x + one.width > _COLUMNS)
        over.extend(_overlaps(placed))
    for first in outside[:1]:
        across = f"from column {first.x:g} to {first.x + first.width:g}"
        where = across if first.y >= 0 else f"above the page, at line {first.y:g}"
        yield from together(
            estate, ID, "warning", dashboard, [(each.pointer, each.panel.subject) for each in outside],
            f"it reaches {where}, and Grafana's grid has the columns 0 to {_COLUMNS}", "move it, or make it smaller",
        )  # fmt: skip
    for _, below in over[:1]:
        yield from together(
            estate, ID, "warning", dashboard, [(each.pointer, each.panel.subject) for each, _ in over],
            f"it lies over {below.panel.subject}", "move it: Grafana pushes what is in the way down, and with it the rest",
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
