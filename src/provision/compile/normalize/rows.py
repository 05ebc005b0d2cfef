"""The `rows` of dashboards before Grafana 5 (12 columns, heights in pixels) as row panels in a grid."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize.grid import COLUMNS, DEFAULT_HEIGHT, place, units
from provision.compile.normalize.plain import Json

_PANEL_WIDTH = 8
"""Columns of a panel without a span: 4 of 12. (Source: Grafana's own upgrade to the grid.)"""

_FACTORS = tuple(factor for factor in range(1, COLUMNS + 1) if COLUMNS % factor == 0)


def from_rows(rows: list[Json]) -> list[Json]:
    """The panels of the rows, each placed. Rows become panels of their own when one of them has a title to
    show, is collapsed or repeats; a collapsed row holds its panels.
    """
    shown = any(row.get("showTitle") or row.get("collapse") or row.get("repeat") for row in rows)
    panels: list[Json] = []
    top = 0
    for row in rows:
        inner: list[Json] = row.get("panels") or []
        collapsed = bool(row.get("collapse"))
        if shown:
            header = _header(row, collapsed)
            header["gridPos"] = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
            panels.append(header)
            top += 1
        for panel in inner:
            panel.pop("gridPos", None)
        bottom = place(inner, top, units(row.get("height")) or DEFAULT_HEIGHT, _PANEL_WIDTH)
        if collapsed:
            header["panels"] = inner
        else:
            panels.extend(inner)
            top = bottom
    return panels


def max_per_row(panel: Json) -> None:
    """A repeated panel's least span, as the most panels a line may hold (a divisor of the grid)."""
    least = panel.pop("minSpan", None)
    if isinstance(least, int) and least > 0 and panel.get("repeat") and "maxPerRow" not in panel:
        panel["maxPerRow"] = max(factor for factor in _FACTORS if factor <= max(1, 12 // least))


def hoisted(panels: list[Json]) -> list[Json]:
    """`panels` with those inside an expanded row after it: Grafana keeps panels in collapsed rows only."""
    flat: list[Json] = []
    for panel in panels:
        flat.append(panel)
        if panel.get("type") == "row" and not panel.get("collapsed") and panel.get("panels"):
            flat.extend(panel["panels"])
            panel["panels"] = []
    return flat


def _header(row: Json, collapsed: bool) -> Json:
    repeat: Any = row.get("repeat")
    if isinstance(repeat, dict):
        repeat = repeat.get("variable")
    title = row.get("title") or ""
    if title == "New row" and not row.get("showTitle"):
        title = ""
    header: Json = {"type": "row", "title": title, "collapsed": collapsed, "panels": []}
    return {**header, "repeat": repeat} if repeat else header
