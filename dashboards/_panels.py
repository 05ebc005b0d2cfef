"""Panels with everything a reader needs: a title, a description, a unit, and limits that are named, not only
coloured. Each constructor gives a grafanalib panel; `grid` lays them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grafanalib import formatunits as units
from grafanalib.core import (
    BarGauge,
    GridPos,
    Panel,
    RowPanel,
    Stat,
    StateTimeline,
    StatValueMappingItem,
    StatValueMappings,
    Table,
    Target,
    Text,
    Threshold,
    TimeSeries,
)

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24

Queries = Mapping[str, str]
"""What is drawn: the legend, which may hold `{{label}}`, and its expression."""


def at_most(limit: float) -> list[Threshold]:
    """Green below the limit, red from it on."""
    return [Threshold("green", 0, 0.0), Threshold("red", 1, float(limit))]


def at_least(limit: float) -> list[Threshold]:
    """Red below the limit, green from it on."""
    return [Threshold("red", 0, 0.0), Threshold("green", 1, float(limit))]


NEUTRAL = [Threshold("text", 0, 0.0)]


def timeseries(
    title: str,
    description: str,
    unit: str,
    queries: Queries,
    *,
    thresholds: Sequence[Threshold] = (),
    stacked: bool = False,
    maximum: int | None = None,
) -> TimeSeries:
    """Lines over time; `stacked` for parts of a whole. Thresholds are drawn as dashed lines."""
    return TimeSeries(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets(queries),
        unit=unit,
        valueMin=0,
        valueMax=maximum,
        thresholds=list(thresholds),
        thresholdsStyleMode="dashed" if thresholds else "off",
        fillOpacity=30 if stacked else 5,
        stacking={"mode": "normal" if stacked else "none", "group": "A"},
        showPoints="never",
        legendDisplayMode="table",
        legendCalcs=["mean", "max", "lastNotNull"],
        tooltipMode="multi",
        tooltipSort="desc",
    )


def stat(
    title: str,
    description: str,
    unit: str,
    queries: Queries,
    *,
    thresholds: Sequence[Threshold] = NEUTRAL,
    words: Mapping[int, str] | None = None,
    instant: bool = False,
    decimals: int | None = None,
) -> Stat:
    """The current value of each query beside its name. `instant` asks once instead of over the whole range,
    and draws no line behind the number; `words` replace values by text.
    """
    return Stat(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets(queries, instant=instant),
        format=unit,
        decimals=decimals,
        thresholds=list(thresholds),
        mappings=_mappings(words),
        reduceCalc="lastNotNull",
        textMode="value_and_name" if len(queries) > 1 else "value",
        graphMode="none" if instant else "area",
        noValue="No data",
    )


def bars(
    title: str, description: str, unit: str, queries: Queries, *, thresholds: Sequence[Threshold] = NEUTRAL
) -> BarGauge:
    """The current values of many series side by side, as bars with their numbers."""
    return BarGauge(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets(queries, instant=True),
        format=unit,
        calc="lastNotNull",
        max=None,
        displayMode="basic",
        thresholds=list(thresholds),
    )


def timeline(
    title: str, description: str, queries: Queries, words: Mapping[int, str], good: Sequence[int] = (1,)
) -> StateTimeline:
    """States over time, each with its word written into it."""
    return StateTimeline(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets(queries),
        mappings=_mappings(words, good),
        showValue="always",
        extraJson={"fieldConfig": {"defaults": {"unit": units.SHORT}}},
    )


def table(
    title: str,
    description: str,
    unit: str,
    query: str,
    columns: Mapping[str, str],
    *,
    thresholds: Sequence[Threshold] = NEUTRAL,
    words: Mapping[int, str] | None = None,
) -> Table:
    """The series of one query as rows, lowest value first. `columns` are the labels to show and their headings;
    `Value` is the value itself.
    """
    return Table(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=[Target(expr=query, format="table", instant=True, refId="A")],
        unit=unit,
        thresholds=list(thresholds),
        mappings=_mappings(words),
        transformations=[
            {
                "id": "filterFieldsByName",
                "options": {"include": {"names": list(columns)}},
            },
            {
                "id": "organize",
                "options": {
                    "indexByName": {name: position for position, name in enumerate(columns)},
                    "renameByName": dict(columns),
                },
            },
            {"id": "sortBy", "options": {"sort": [{"field": columns["Value"]}]}},
        ],
    )


def text(title: str, description: str, content: str) -> Text:
    """Words instead of data, as Markdown."""
    return Text(title=title, description=description, content=content)


Line = tuple[int, Sequence[Panel]]
"""A height in Grafana's grid units of 30 pixels, and the panels that share it."""


def section(title: str) -> Line:
    """A heading over the lines that follow."""
    return 1, [RowPanel(title=title)]


def line(height: int, *panels: Panel) -> Line:
    """Panels side by side, all of the same width: 1, 2, 3, 4, 6, 8, 12 or 24 of them fill it."""
    return height, panels


def grid(*lines: Line) -> list[Panel]:
    """Lay out lines from top to bottom on Grafana's 24 columns."""
    placed: list[Panel] = []
    y = 0
    for height, panels in lines:
        width = COLUMNS // len(panels)
        for number, panel in enumerate(panels):
            panel.gridPos = GridPos(h=height, w=width, x=number * width, y=y)
            placed.append(panel)
        y += height
    return placed


def _targets(queries: Queries, *, instant: bool = False) -> list[Target]:
    return [
        Target(expr=expr, legendFormat=legend, instant=instant, refId=chr(ord("A") + number))
        for number, (legend, expr) in enumerate(queries.items())
    ]


def _mappings(words: Mapping[int, str] | None, good: Sequence[int] = (1,)) -> list[Any]:
    if not words:
        return []
    return [
        StatValueMappings(
            *(
                StatValueMappingItem(word, str(value), "green" if value in good else "red", index)
                for index, (value, word) in enumerate(words.items())
            )
        )
    ]
