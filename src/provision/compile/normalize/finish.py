"""What every dashboard has around its panels, as Grafana 12.4 stores it: the same for each way of writing."""

from __future__ import annotations

from provision.compile.normalize.datasources import PROMETHEUS, Types, reference, variable_types
from provision.compile.normalize.plain import Json, objects
from provision.compile.normalize.variables import normalise_variable

SCHEMA_VERSION = 42

_NEVER = frozenset({
    "gnetId", "hideControls", "id", "iteration", "meta", "originalStyle", "rows", "sharedCrosshair", "style", "version",
})  # fmt: skip
"""Fields of older schema versions, and those that the server owns."""

_ICON_COLOUR = "rgba(0, 211, 255, 1)"
"""Grafana's own for annotations whose author chose none."""

_BUILT_IN_ANNOTATIONS = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": _ICON_COLOUR,
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""The one annotation query that every dashboard has: Grafana adds it, in these words, where it is missing."""

_TIMEPICKER_DEFAULTS: Json = {
    "hidden": False,
    "nowDelay": "",
    "refresh_intervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
}
"""Source: Grafana 12.4's defaults of the time picker; grafanalib writes the same intervals out."""

_LINK: Json = {
    "asDropdown": False,
    "icon": "external link",
    "includeVars": False,
    "keepTime": False,
    "tags": [],
    "targetBlank": False,
    "title": "",
    "tooltip": "",
    "type": "link",
    "url": "",
}


def finish(dashboard: Json, types: Types) -> Json:
    """The dashboard with everything but `panels` in the present form; `panels` are taken as they are."""
    templating = [normalise_variable(variable, types) for variable in _list(dashboard, "templating")]
    annotations = [_annotation(annotation, types) for annotation in _list(dashboard, "annotations")]
    if not any(annotation.get("builtIn") == 1 for annotation in annotations):
        annotations.insert(0, _copy(_BUILT_IN_ANNOTATIONS))
    picker: Json = dashboard.get("timepicker") or {}
    refresh = dashboard.get("refresh")
    result = {
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "tags": [],
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "",
        "weekStart": "",
        **{name: value for name, value in dashboard.items() if name not in _NEVER},
        "annotations": {"list": annotations},
        "links": [{**_LINK, **link} for link in objects(dashboard.get("links"), "links")],
        "refresh": refresh if isinstance(refresh, str) else "",
        "schemaVersion": SCHEMA_VERSION,
        "templating": {"list": templating},
        "timepicker": {
            name: value
            for name, value in picker.items()
            if name != "time_options" and _TIMEPICKER_DEFAULTS.get(name) != value
        },
    }
    if dashboard.get("sharedCrosshair"):
        result["graphTooltip"] = 1
    if dashboard.get("hideControls"):
        result["timepicker"]["hidden"] = True
    for name in ("description", "__inputs", "uid"):
        if not result.get(name):
            result.pop(name, None)
    return result


def types_of(dashboard: Json) -> Types:
    """What the dashboard's data source variables choose from."""
    return variable_types(_list(dashboard, "templating"))


def _list(dashboard: Json, name: str) -> list[Json]:
    holder = dashboard.get(name)
    return objects(holder.get("list") if isinstance(holder, dict) else None, f"{name}.list")


def _annotation(annotation: Json, types: Types) -> Json:
    source = reference(annotation.pop("datasource", None), PROMETHEUS, types)
    shown = {"enable": True, "iconColor": _ICON_COLOUR, **annotation}
    return shown if source is None else {**shown, "datasource": source}


def _copy(value: Json) -> Json:
    return {name: dict(item) if isinstance(item, dict) else item for name, item in value.items()}
