"""One panel in the form in which Grafana 12.4 stores it: only fields it has, none that say nothing."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize.fields import legend, mappings, overrides, thresholds
from provision.compile.normalize.panels import MODERN
from provision.compile.normalize.panels.table import migrate_cells
from provision.compile.normalize.plain import Json, named

PLUGIN_VERSION = "12.4.0"
"""The Grafana whose panels we write: none of its upgrades from older forms then touches them."""

_STORED = frozenset({
    "cacheTimeout", "datasource", "description", "fieldConfig", "gridPos", "hideTimeOverride", "id", "interval",
    "libraryPanel", "links", "maxDataPoints", "maxPerRow", "options", "pluginVersion", "queryCachingTTL",
    "repeat", "repeatDirection", "targets", "timeCompare", "timeFrom", "timeShift", "title", "transformations",
    "transparent", "type",
})  # fmt: skip
"""The fields of a panel of Grafana's own types; it drops others when it saves."""

_OF_ROWS = frozenset({"collapsed", "gridPos", "id", "panels", "repeat", "title", "type"})
_OF_LIBRARY = frozenset({"gridPos", "id", "libraryPanel", "title"})
_GONE = frozenset({"editable", "error", "height", "isNew", "minSpan", "span"})
"""Fields that no panel has any more, whatever its plug-in."""

_SAYS_NOTHING: Json = {
    "description": "",
    "fieldConfig": {"defaults": {}, "overrides": []},
    "hideTimeOverride": False,
    "links": [],
    "options": {},
    "targets": [],
    "title": "",
    "transformations": [],
    "transparent": False,
}
"""Values that Grafana leaves out when it saves."""

WITHOUT_FIELDS = frozenset({"alertlist", "annolist", "dashlist", "news", "text", "welcome", "gettingstarted"})
"""Panels that show no query's fields."""


def tidy(panel: Json) -> Json:
    """The panel, and a row's panels (already converted, nulls gone, placed) as Grafana stores it.

    Raises:
        ValueError: its thresholds, mappings or overrides aren't any; the panel's title is in the message.
    """
    kind = panel.get("type")
    if kind == "row":
        row = {name: value for name, value in panel.items() if name in _OF_ROWS and value != ""}
        return {**row, "panels": [tidy(inner) for inner in panel.get("panels") or ()]}
    modern = kind in MODERN
    with named(panel):
        if modern:
            _options_and_fields(panel, kind)
        elif panel.get("fieldConfig"):
            _fields(panel["fieldConfig"])
    if not panel.get("repeat"):
        panel.pop("repeatDirection", None)
        panel.pop("maxPerRow", None)
    stored = _OF_LIBRARY if panel.get("libraryPanel") else _STORED if modern else None
    return {
        name: value
        for name, value in panel.items()
        if (name in stored if stored is not None else name not in _GONE)
        and _SAYS_NOTHING.get(name, _SAYS_NOTHING) != value
    }


def _options_and_fields(panel: Json, kind: Any) -> None:
    options = panel.get("options")
    if isinstance(options, dict):
        legend(options)
    panel.setdefault("pluginVersion", PLUGIN_VERSION)
    if kind in WITHOUT_FIELDS:
        panel.pop("fieldConfig", None)
        return
    fields = panel.setdefault("fieldConfig", {})
    _fields(fields, own_steps=True)
    if kind == "table":
        migrate_cells(fields)


def _fields(fields: Json, *, own_steps: bool = False) -> None:
    """Field options in the present form; thresholds without a step only where the panel `own_steps`."""
    defaults: Json = fields.setdefault("defaults", {})
    written = defaults.get("thresholds")
    if isinstance(written, dict):
        if written.get("steps") or own_steps:
            defaults["thresholds"] = thresholds(written.get("steps"), written.get("mode"))
        else:
            del defaults["thresholds"]
    if defaults.get("mappings"):
        defaults["mappings"] = mappings(defaults["mappings"])
    if defaults.get("unit") in ("", "none"):
        del defaults["unit"]
    for name in ("custom", "links"):
        if defaults.get(name) in ({}, []):
            del defaults[name]
    rules = fields.get("overrides")
    fields["overrides"] = overrides(rules) if rules else []
