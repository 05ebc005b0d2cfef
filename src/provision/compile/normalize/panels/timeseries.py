"""Time series and bar charts: present panels, with what grafanalib writes that they don't know."""

from __future__ import annotations

from provision.compile.normalize.fields import override
from provision.compile.normalize.plain import Json


def time_series(panel: Json) -> None:
    """grafanalib's TimeSeries: an empty stacking is none, a linear scale has no base."""
    rules = panel.setdefault("fieldConfig", {})
    custom = rules.get("defaults", {}).get("custom", {})
    if custom.get("stacking") == {}:
        custom["stacking"] = {"mode": "none", "group": "A"}
    scale = custom.get("scaleDistribution")
    if scale and scale.get("type") == "linear":
        scale.pop("log", None)
    if custom.get("axisLabel") == "":
        del custom["axisLabel"]


def keep_time_axis(panel: Json) -> None:
    """Shows the time axis of a time series whose value axis is hidden: before schema version 35 hiding the
    axis meant the value axis alone."""
    fields = panel.get("fieldConfig", {})
    custom = fields.get("defaults", {}).get("custom", {})
    if panel.get("type") != "timeseries" or custom.get("axisPlacement") != "hidden":
        return
    rules = fields.get("overrides", [])
    if not any(rule.get("matcher") == {"id": "byType", "options": "time"} for rule in rules):
        fields["overrides"] = [*rules, override("byType", "time", custom__axisPlacement="auto")]


def bar_chart(panel: Json) -> None:
    """grafanalib's BarChart: a fixed colour only where the colour is fixed."""
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    colour = defaults.get("color", {})
    if colour.get("mode") != "fixed":
        colour.pop("fixedColor", None)
    custom = defaults.get("custom", {})
    if custom.get("axisLabel") == "":
        del custom["axisLabel"]
