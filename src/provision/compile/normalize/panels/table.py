"""Tables: cell options of grafanalib's Table, and the column styles of the table that Grafana 12 removed."""

from __future__ import annotations

import re
from typing import Any

from provision.compile.normalize.fields import coloured_steps, mappings, reducer
from provision.compile.normalize.plain import Json, merge

_TRANSFORMS = {"timeseries_to_rows": "seriesToRows", "timeseries_to_columns": "joinByField", "table": "merge"}
"""What the removed table made of its series itself → the transformation that does it now."""

_CELL_COLOURS: Json = {
    "cell": {"type": "color-background", "mode": "basic"},
    "row": {"type": "color-background", "mode": "basic", "applyToRow": True},
    "value": {"type": "color-text"},
}
_GAUGES = {"basic": "basic", "gradient-gauge": "gradient", "lcd-gauge": "lcd"}
_BACKGROUNDS = {"color-background": "gradient", "color-background-solid": "basic"}
_EVERY_COLUMN = "/.*/"


def table(panel: Json) -> None:
    """grafanalib's Table, of either generation.

    Raises:
        ValueError: a style's thresholds aren't numbers.
    """
    panel["type"] = "table"
    rules = panel.setdefault("fieldConfig", {})
    defaults: Json = rules.setdefault("defaults", {})
    styles = panel.get("styles") or []
    styled = next((_properties(style) for style in styles if style.get("pattern") == _EVERY_COLUMN), [])
    for prop in styled:
        _set(defaults, prop["id"], prop["value"])
    rules["overrides"] = [
        *(_rule(style) for style in styles if style.get("pattern") != _EVERY_COLUMN),
        *rules.get("overrides", ()),
    ]
    if "color" in panel:
        defaults.setdefault("color", panel["color"])
    if panel.get("mappings"):
        defaults.setdefault("mappings", panel["mappings"])
    transform = _transform(panel)
    if transform is not None:
        panel["transformations"] = [transform, *panel.get("transformations", ())]


def cell_options(mode: str) -> Json:
    """How cells are drawn, for what was `displayMode` before schema version 38."""
    if mode in _GAUGES:
        return {"type": "gauge", "mode": _GAUGES[mode]}
    if mode in _BACKGROUNDS:
        return {"type": "color-background", "mode": _BACKGROUNDS[mode]}
    return {"type": mode}


def migrate_cells(fields: Json) -> None:
    """Cell options and hidden columns as they have been since schema version 38 and Grafana 12.4."""
    custom: Json = fields["defaults"].get("custom", {})
    if "displayMode" in custom:
        custom.setdefault("cellOptions", cell_options(str(custom.pop("displayMode"))))
    for rule in fields["overrides"]:
        for prop in rule.get("properties", ()):
            if prop.get("id") == "custom.displayMode":
                prop.update(
                    {"id": "custom.cellOptions", "value": cell_options(str(prop.get("value", "auto")))}
                )
            elif prop.get("id") == "custom.hidden":
                prop["id"] = "custom.hideFrom.viz"


def _rule(style: Json) -> Json:
    pattern = str(style.get("pattern", ""))
    matcher = "byRegexp" if re.fullmatch(r"/.*/", pattern) else "byName"
    return {"matcher": {"id": matcher, "options": pattern}, "properties": _properties(style)}


def _properties(style: Json) -> list[Json]:
    kind = style.get("type")
    found: Json = {}
    if style.get("alias"):
        found["displayName"] = style["alias"]
    if kind == "hidden":
        found["custom.hideFrom.viz"] = True
    elif kind == "date":
        found["unit"] = f"time:{style.get('dateFormat', '')}"
    else:
        for name in ("unit", "decimals"):
            if style.get(name) is not None:
                found[name] = style[name]
    if style.get("align") not in (None, "auto"):
        found["custom.align"] = style["align"]
    if style.get("link"):
        link = {"title": style.get("linkTooltip", ""), "url": style.get("linkUrl", "")}
        found["links"] = [{**link, "targetBlank": bool(style.get("linkTargetBlank"))}]
    if style.get("colorMode") in _CELL_COLOURS:
        found["custom.cellOptions"] = dict(_CELL_COLOURS[style["colorMode"]])
    if style.get("thresholds") and style.get("colors"):
        found["thresholds"] = coloured_steps(style["thresholds"], style["colors"])
    ranges = style.get("mappingType") == 2  # range to text
    mapped = mappings(style.get("rangeMaps" if ranges else "valueMaps"))
    if mapped:
        found["mappings"] = mapped
    return [{"id": name, "value": value} for name, value in found.items()]


def _set(defaults: Json, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    overlay: Json = {last: value}
    for parent in reversed(parents):
        overlay = {parent: overlay}
    merge(defaults, overlay)


def _transform(panel: Json) -> Json | None:
    """The transformation that the removed table made itself; columns of calculations are one, too."""
    columns = panel.get("columns") or []
    wanted = panel.get("transform")
    if wanted == "timeseries_aggregations" or (wanted is None and columns):
        reducers = [reducer(column.get("value")) for column in columns]
        return {"id": "reduce", "options": {"includeTimeField": False, "reducers": reducers}}
    known = _TRANSFORMS.get(wanted or "")
    return None if known is None else {"id": known, "options": {}}
