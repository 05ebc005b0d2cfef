"""The unit in which a panel shows its numbers is the one in which they are measured, as far as the metrics' names say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.facts import facts
from provision.promql.variables import placeholder
from provision.prove.check.bodies import and_more, inside, objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.measures import NAMES, SECONDS, SHARE, THINGS, UNITS, Measure
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.quantities import quantity
from provision.prove.check.queries import PanelQuery, queries_of
from provision.prove.check.units import units

ID = "contradicting-unit"

_TYPES: Final = frozenset(
    {"barchart", "bargauge", "gauge", "graph", "piechart", "singlestat", "stat", "timeseries", "trend"}
)
_KEPT: Final = frozenset({
    "avg", "current", "first", "firstNotNull", "last", "lastNotNull", "logmin", "max", "mean", "median", "min", "total",
    "sum",
})  # fmt: skip
"""Ways of making one number of many that leave its unit as it is."""
_CALCULATING: Final = ("calculateField", "convertFieldType")
_NEAR: Final = 1.2
"""A factor that a kilobyte of 1000 or 1024 bytes, and the like, stay below."""


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all queries of a panel whose numbers are measured in something else."""
    for panel in dashboard.panels:
        if text_of(panel.body, "type") not in _TYPES:
            continue
        set_ = list(units(panel))
        if not set_ or set_[0][1] not in UNITS or not _is_for_all(panel, set_):
            continue
        path, unit = set_[0]
        wrong: list[tuple[PanelQuery, Measure, str]] = []
        for query in queries_of(panel, dashboard, estate.sources):
            found = facts(placeholder(query.text))
            measured = quantity(found.root) if found else None
            contradiction = _contradiction(measured, unit) if measured else ""
            if measured and contradiction:
                wrong.append((query, measured, contradiction))
        if wrong:
            query, measured, message = wrong[0]
            # Seconds spent in each second may well be meant; readers take them for a duration all the same.
            severity: Severity = (
                "info" if (measured.base, UNITS[unit].base) == (SHARE, SECONDS) else "warning"
            )
            subject = and_more(f"{dashboard.about(panel)}, {query.what}", len(wrong))
            fitting = _FITTING.get((measured.base, round(measured.factor, 6)), "its own unit, or convert it")
            remedy = "multiply it by 1000" if unit.startswith("dateTime") else f"show it in {fitting}"
            at = panel.at(path)
            yield estate.finding(ID, severity, dashboard.definition, at, subject, message, remedy)


def _is_for_all(panel: Panel, set_: list[tuple[str, str]]) -> bool:
    """Whether every series is shown in the first of these units, as it is returned."""
    body = panel.body
    if len(set_) > 1 and any(unit != set_[0][1] for _, unit in set_):
        return False
    if any(path.startswith("fieldConfig/overrides") for path, _ in set_):
        return False
    if body.get("seriesOverrides") and any("yaxis" in one for _, one in objects(body["seriesOverrides"])):
        return False
    if body.get("transformations") and any(
        one.get("id") in _CALCULATING for _, one in objects(body["transformations"])
    ):
        return False
    if text_of(body, "type") == "singlestat":
        return not text_of(body, "valueName") or body["valueName"] in _KEPT
    calcs = inside(body, "options", "reduceOptions").get("calcs")
    return not isinstance(calcs, list) or all(one in _KEPT for one in calcs if isinstance(one, str))


def _contradiction(measured: Measure, unit: str) -> str:
    """Why numbers of that measure aren't shown well in that unit; empty when they may be."""
    shown = UNITS[unit]
    if measured.base not in NAMES or shown.base not in NAMES:
        return ""
    if measured.base != shown.base:
        if {measured.base, shown.base} <= {THINGS, (-1, 0, 1)}:
            return ""  # by the hour, by the day: a count of a while may be shown as a rate
        what = (
            "seconds a second, a share"
            if shown.base == SECONDS and measured.base == SHARE
            else NAMES[measured.base]
        )
        return f"it measures {what}, and {unit} is for {NAMES[shown.base]}"
    ratio = measured.factor / shown.factor
    if 1 / _NEAR < ratio < _NEAR or not _is_conversion(shown.base, ratio):
        return ""
    what = "a share of 1" if shown.base == SHARE and measured.factor == 1 else NAMES[shown.base]
    much = f"{ratio:.4g} times too large" if ratio > 1 else f"{1 / ratio:.4g} times too small"
    return f"it measures {what}, and is shown {much} in {unit}"


def _is_conversion(base: tuple[int, int, int], ratio: float) -> bool:
    """Whether that is a factor between two units of that base, and not one of the platform, as three replicas are."""
    factors = {unit.factor for unit in UNITS.values() if unit.base == base}
    return any(
        1 / _NEAR < ratio * one / other < _NEAR for one in factors for other in factors if one != other
    )


_FITTING: Final = {
    (SECONDS, 1.0): "s",
    (SECONDS, 1000.0): "ms",
    ((0, 1, 0), 1.0): "bytes",
    ((0, 1, 0), 8.0): "bits",
    ((-1, 1, 0), 1.0): "Bps",
    ((-1, 1, 0), 8.0): "bps",
    (SHARE, 1.0): "percentunit",
    (SHARE, 100.0): "percent",
    (THINGS, 1.0): "short",
    ((-1, 0, 1), 1.0): "cps, or one like it",
}
