"""The graph panel's axes and its options for single series, as field options and field overrides."""

from __future__ import annotations

import re
from collections.abc import Iterable

from provision.compile.normalize.fields import fixed, number
from provision.compile.normalize.plain import Json

_REGEX = re.compile(r"([/~@;%#'])(.*?)\1([gimsuy]*)")
"""An alias between such marks is a regular expression. Source: Grafana's stringToJsRegex."""

_LOG_BASES = {2: 2, 10: 10, 32: 2, 1024: 2}
"""The graph's bases → those that a time series has."""


def axis(old: Json) -> Json:
    """A y axis as field options: `unit`, `decimals`, `min`, `max`, and `custom` for the axis itself."""
    custom: Json = {"axisPlacement": "auto" if old.get("show", True) else "hidden"}
    if old.get("label"):
        custom["axisLabel"] = old["label"]
    base = _LOG_BASES.get(old.get("logBase", 1))
    custom["scaleDistribution"] = {"type": "linear"} if base is None else {"type": "log", "log": base}
    field: Json = {"custom": custom}
    if old.get("format"):
        field["unit"] = old["format"]
    for name in ("decimals", "min", "max"):
        value = number(old.get(name))
        if value is not None:
            field[name] = value
    return field


def series_overrides(old: Iterable[Json], custom: Json, left: Json, right: Json) -> list[Json]:
    """The field overrides of the graph's series overrides: only what differs from the panel.

    Args:
        old: as grafanalib writes them, every option in each.
        custom: the panel's own style.
        left: what `axis` made of the left axis, without `custom`.
        right: what it made of the right one.
    """
    rules = []
    for entry in old:
        alias = entry.get("alias") or ""
        properties = _style(entry, custom)
        if entry.get("yaxis") == 2:
            properties += _right_axis(custom, left, right)
        if entry.get("color"):
            properties.append({"id": "color", "value": fixed(entry["color"])})
        if alias and properties:
            matcher = "byRegexp" if _REGEX.fullmatch(alias) else "byName"
            rules.append({"matcher": {"id": matcher, "options": alias}, "properties": properties})
    return rules


def _style(entry: Json, custom: Json) -> list[Json]:
    wanted: Json = {}
    if entry.get("bars"):
        wanted |= {"drawStyle": "bars", "fillOpacity": 100}
    else:
        if entry.get("lines", True):
            wanted["drawStyle"] = "line"
        elif "points" not in entry:
            wanted["lineWidth"] = 0
        if number(entry.get("fill")) is not None:
            wanted["fillOpacity"] = (number(entry["fill"]) or 0) * 10
    if entry.get("fillBelowTo"):
        wanted |= {"fillBelowTo": entry["fillBelowTo"], "fillOpacity": 35}
    if "points" in entry:
        wanted["showPoints"] = "always" if entry["points"] else "never"
    if number(entry.get("linewidth")) is not None:
        wanted["lineWidth"] = entry["linewidth"]
    if number(entry.get("pointradius")) is not None:
        wanted["pointSize"] = 2 + 2 * (number(entry["pointradius"]) or 0)
    if entry.get("dashes"):
        dash = [number(entry.get(name)) or 10 for name in ("dashLength", "spaceLength")]
        wanted["lineStyle"] = {"fill": "dash", "dash": dash}
    if "stack" in entry:
        group = entry["stack"] if isinstance(entry["stack"], str) else "A"
        wanted["stacking"] = {"mode": "normal" if entry["stack"] else "none", "group": group}
    if entry.get("transform") == "negative-Y":
        wanted["transform"] = "negative-Y"
    return [
        {"id": f"custom.{name}", "value": value}
        for name, value in wanted.items()
        if custom.get(name) != value
    ]


def _right_axis(custom: Json, left: Json, right: Json) -> list[Json]:
    own: Json = dict(right)
    placed = dict(own.pop("custom"))
    hidden = placed.pop("axisPlacement") == "hidden"
    properties: list[Json] = [{"id": "custom.axisPlacement", "value": "hidden" if hidden else "right"}]
    properties += [{"id": name, "value": value} for name, value in own.items() if left.get(name) != value]
    properties += [
        {"id": f"custom.{name}", "value": value}
        for name, value in placed.items()
        if custom.get(name) != value
    ]
    return properties
