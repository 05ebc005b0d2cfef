"""Transformations of older schema versions, in the words of the present one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MERGED_LABELS = 31
"""Since this schema version `labelsToFields` no longer merges the series it makes; `merge` has to follow it."""

_TABLE_OF_SERIES = 39
"""Since this one `timeSeriesTable` has an object of options for each query."""


def upgrade(transformations: list[Any], schema: int) -> list[Any]:
    """The transformations of a dashboard of schema version `schema` as they are in the present one.

    Source: Grafana 12.4's upgrades to schema versions 31 and 39.
    """
    return list(_upgraded(transformations, schema))


def _upgraded(transformations: list[Any], schema: int) -> Iterator[Any]:
    for transformation in transformations:
        kind = transformation.get("id") if isinstance(transformation, dict) else None
        if kind == "timeSeriesTable" and schema < _TABLE_OF_SERIES:
            statistics = transformation.get("options", {}).get("refIdToStat")
            if isinstance(statistics, dict):
                yield {**transformation, "options": {ref: {"stat": stat} for ref, stat in statistics.items()}}
                continue
        yield transformation
        if kind == "labelsToFields" and schema < _MERGED_LABELS:
            yield {"id": "merge", "options": {}}
