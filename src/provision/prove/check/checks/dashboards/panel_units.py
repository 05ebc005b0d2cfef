"""Every panel that shows numbers says in which unit, and it is one that Grafana knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.prove.check.bodies import inside, objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.together import panels, together
from provision.prove.check.units import is_known, meant, units

ID = "panel-units"

_TYPES: Final = frozenset(
    {"barchart", "bargauge", "gauge", "graph", "piechart", "singlestat", "stat", "timeseries", "trend"}
)
"""Panels whose numbers have no heading that could name the unit, as a table's have."""


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Units that Grafana doesn't know; and one finding for all panels of the dashboard that have none."""
    bare: list[Panel] = []
    for panel in dashboard.panels:
        if text_of(panel.body, "type") not in _TYPES:
            continue
        found = list(units(panel))
        for path, unit in found:
            if not is_known(unit):
                instead = meant(unit)
                yield estate.finding(
                    ID,
                    "warning" if instead else "info",
                    dashboard.definition,
                    panel.at(path),
                    dashboard.about(panel),
                    f"Grafana has no unit {unit!r}: it stands behind the number, which isn't scaled",
                    f"write {instead!r}"
                    if instead
                    else f"write {'suffix:' + unit!r} if that is what you want",
                )
        if not found and not _shows_words(panel):
            bare.append(panel)
    yield from together(
        estate, ID, "info", dashboard, panels(bare, "fieldConfig/defaults"),
        "its numbers have no unit: readers must guess what they are",
        'set one, such as "s", "bytes" or "percentunit"; "short" for what is merely counted',
    )  # fmt: skip


def _shows_words(panel: Panel) -> bool:
    """Whether its values are replaced by words, or are labels."""
    config = inside(panel.body, "fieldConfig")
    options = inside(panel.body, "options")
    if (
        inside(config, "defaults").get("mappings")
        or panel.body.get("valueMaps")
        or panel.body.get("rangeMaps")
    ):
        return True
    if text_of(options, "textMode") == "name" or text_of(inside(options, "reduceOptions"), "fields"):
        return True
    return any(
        set_.get("id") == "mappings" and set_.get("value")
        for _, override in objects(config.get("overrides"))
        for _, set_ in objects(override.get("properties"))
    )
