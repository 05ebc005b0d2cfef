"""grafanalib's dashboards: from its objects to what a modern Grafana itself stores."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

from provision.compile.normalize import ids
from provision.compile.normalize.datasources import Types
from provision.compile.normalize.finish import finish, types_of
from provision.compile.normalize.grid import place, reading_order
from provision.compile.normalize.panels import CONVERTERS, MODERN, REFUSED
from provision.compile.normalize.panels.timeseries import keep_time_axis
from provision.compile.normalize.plain import Json, named, objects, plain, settle
from provision.compile.normalize.rows import from_rows, hoisted, max_per_row
from provision.compile.normalize.targets import normalise_targets
from provision.compile.normalize.tidy import WITHOUT_FIELDS, tidy
from provision.compile.normalize.transformations import upgrade

_HIDDEN_TIME_AXIS = 35
"""Before this schema version hiding a time series' axis left its time axis."""

_MAX_DATA_POINTS = 100
"""What grafanalib writes for every panel whose author says nothing; Grafana goes by the panel's width."""

_GRAFANALIB_SCHEMA = 12
"""The schema version grafanalib 0.7.1 writes unless its author says otherwise."""


def from_grafanalib(dashboard: object) -> Json:
    """A grafanalib `Dashboard` as Grafana 12.4 stores it.

    Panels that Grafana has removed become their successors with the same look; rows and panels without a
    position get one; ids that last take the place of missing ones and of those by `auto_panel_ids`; data
    sources are references by uid; what grafanalib writes although its author said nothing is gone. `__inputs`
    stays where an author gave inputs: binding `${DS_…}` to a data source is a later step's.

    Args:
        dashboard: not changed (beyond what its own `to_json_data` does).

    Raises:
        ValueError: it holds what a modern Grafana can't show, with the panel's title in the message.
        ExceptionGroup: of several such errors.
    """
    with redirect_stdout(io.StringIO()):  # grafanalib prints advice that what follows makes void
        raw: Any = plain(dashboard)
        both = bool(getattr(dashboard, "panels", None)) and bool(getattr(dashboard, "rows", None))
    if not isinstance(raw, dict):
        raise ValueError(f"not a dashboard: {type(dashboard).__name__}")  # noqa: TRY004  # a wrong value to authors
    if both:
        raise ValueError(
            "it has both rows and panels, of which grafanalib drops the panels; move them into the rows"
        )
    settle(raw, nulls=False)
    types = types_of(raw)
    written = raw.get("schemaVersion")
    schema = written if isinstance(written, int) else _GRAFANALIB_SCHEMA

    rows = objects(raw.get("rows"), "rows")
    panels = objects(raw.get("panels"), "panels")
    if rows:
        panels = [panel for row in rows for panel in objects(row.get("panels"), "a row's panels")]
    before = ids.forget_automatic(panels)
    panels = from_rows(rows) if rows else hoisted(panels)
    _convert_all(panels, types, schema)
    _place(panels)
    panels = reading_order(panels)
    ids.assign(panels)
    result = finish(raw, types)
    result["panels"] = [tidy(panel) for panel in panels]
    ids.follow(result, before)
    return result


def _convert_all(panels: list[Json], types: Types, schema: int) -> None:
    faults: list[ValueError] = []
    for panel in ids.every(panels):
        try:
            with named(panel):
                _convert(panel, types, schema)
        except ValueError as error:
            faults.append(error)
    if len(faults) > 1:
        raise ExceptionGroup("panels that a modern Grafana can't show", faults)
    if faults:
        raise faults[0]


def _convert(panel: Json, types: Types, schema: int) -> None:
    """Makes one panel, without those inside it, what Grafana has in its place."""
    kind = panel.get("type")
    if not isinstance(kind, str) or not kind:
        raise ValueError("it has no type")
    if kind == "row":
        return
    if panel.get("alert"):
        raise ValueError(
            "it has an alert of its own, which Grafana 11 removed; "
            "write an Alert in a file under rules/ and link it to the dashboard"
        )
    if kind in REFUSED:
        raise ValueError(
            f"its plug-in is built on AngularJS, which Grafana 12 no longer has; {REFUSED[kind]}"
        )
    max_per_row(panel)
    if panel.get("maxDataPoints") == _MAX_DATA_POINTS:
        del panel["maxDataPoints"]
    normalise_targets(panel, types)
    convert = CONVERTERS.get(kind)
    if convert is not None:
        convert(panel)
    if panel["type"] in MODERN and panel["type"] not in WITHOUT_FIELDS:
        fields = panel.setdefault("fieldConfig", {})
        fields.setdefault("defaults", {}).setdefault("thresholds", {"steps": []})
    if panel.get("transformations"):
        panel["transformations"] = upgrade(panel["transformations"], schema)
    if schema < _HIDDEN_TIME_AXIS:
        keep_time_axis(panel)


def _place(panels: list[Json]) -> None:
    place(panels)
    for panel in panels:
        if panel.get("panels"):
            place(panel["panels"], panel["gridPos"]["y"] + 1)
