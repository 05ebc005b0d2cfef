"""The graph panel (removed in Grafana 12) as a time series of the same look, or as bars, one a series.

What each option means was read off the graph panel's behaviour and off Grafana's own upgrade of it.
"""

from __future__ import annotations

from typing import Any

from provision.compile.normalize.fields import authored, fixed, number, override, reducer
from provision.compile.normalize.panels.graph_series import axis, series_overrides
from provision.compile.normalize.plain import Json, merge

_LEGEND_VALUES = {"min": "Min", "max": "Max", "avg": "Mean", "current": "Last *", "total": "Total"}
"""The graph's name of a legend value, in its order → Grafana's present name of that calculation."""

_SORTS = {1: "asc", 2: "desc"}
_COLOURS = {"critical": "red", "warning": "orange", "ok": "green"}
_CLEAR = "transparent"


def graph(panel: Json) -> None:
    """grafanalib's Graph."""
    over, more_rules = authored(panel)
    if not over.get("unit"):
        over.pop("unit", None)
    options: Json = panel.get("options", {})
    links = options.pop("dataLinks", None)
    options.pop("alertThreshold", None)

    by_series = panel.get("xaxis", {}).get("mode") == "series"
    (_bars if by_series else _lines)(panel)
    defaults = panel["fieldConfig"]["defaults"]
    if links:
        defaults["links"] = links
    merge(defaults, over)
    panel["fieldConfig"]["overrides"] += more_rules
    merge(panel["options"], options)


def _lines(panel: Json) -> None:
    left, right = _axes(panel)
    custom = {**left.pop("custom"), **_style(panel)}
    defaults = {**left, "color": {"mode": "palette-classic"}, "custom": custom}
    if panel.get("stack") and panel.get("percentage"):
        defaults.pop("min", None)
        defaults.pop("max", None)
    if panel.get("nullPointMode") == "null as zero":
        defaults["nullValueMode"] = "null as zero"
        defaults["noValue"] = "0"
    if "decimals" not in defaults and number(panel.get("decimals")) is not None:
        defaults["decimals"] = number(panel["decimals"])
    lines = panel.get("thresholds")
    if isinstance(lines, list) and lines:
        defaults["thresholds"] = _thresholds(lines)
        custom["thresholdsStyle"] = {"mode": _threshold_style(lines)}
    rules = _colours(panel)
    rules += series_overrides(panel.get("seriesOverrides") or (), custom, left, right)
    legend = panel.get("legend", {})
    for option, reduced in (("hideZero", "allIsZero"), ("hideEmpty", "allIsNull")):
        if legend.get(option):
            hidden = {"legend": True, "tooltip": True, "viz": False}
            rules.append(
                override("byValue", {"reducer": reduced, "op": "gte", "value": 0}, custom__hideFrom=hidden)
            )
    if panel.get("xaxis", {}).get("show") is False:
        rules.append(override("byType", "time", custom__axisPlacement="hidden"))
    panel["type"] = "timeseries"
    panel["fieldConfig"] = {"defaults": defaults, "overrides": rules}
    panel["options"] = {"legend": _legend(legend), "tooltip": _tooltip(panel.get("tooltip", {}))}


def _bars(panel: Json) -> None:
    """An x axis of series, not of time: bars with their values in a legend are a bar gauge, others a chart."""
    left, _ = _axes(panel)
    custom = left.pop("custom")
    values = panel.get("xaxis", {}).get("values") or ["total"]
    calcs = [reducer(value) for value in values]
    defaults = {**left, "color": {"mode": "palette-classic"}}
    rules = _colours(panel)
    legend = panel.get("legend", {})
    if legend.get("values"):
        panel["type"] = "bargauge"
        panel["options"] = {
            "legend": _legend(legend),
            "orientation": "auto",
            "reduceOptions": {"calcs": calcs, "values": False},
        }
    else:
        panel["type"] = "barchart"
        panel["transformations"] = [
            *panel.get("transformations", ()),
            {"id": "reduce", "options": {"reducers": calcs}},
            {"id": "transpose", "options": {}},
        ]
        defaults["custom"] = custom
        rules.append(override("byName", "Field", custom__axisPlacement="hidden"))
        panel["options"] = {
            "groupWidth": 1,
            "legend": _legend(legend),
            "tooltip": _tooltip(panel.get("tooltip", {})),
        }
    panel["fieldConfig"] = {"defaults": defaults, "overrides": rules}


def _axes(panel: Json) -> tuple[Json, Json]:
    axes = [*(panel.get("yaxes") or ()), {}, {}]
    return axis(axes[0]), axis(axes[1])


def _style(panel: Json) -> Json:
    drawn = "bars" if panel.get("bars") else "line" if panel.get("lines", True) else "points"
    gradient = number(panel.get("fillGradient")) or 0
    fill = gradient or number(panel.get("fill")) or 0
    style: Json = {
        "drawStyle": drawn,
        "fillOpacity": 100 if drawn == "bars" else fill * 10,
        "gradientMode": "opacity" if gradient > 0 else "none",
        "lineInterpolation": "stepAfter" if panel.get("steppedLine") else "linear",
        "lineWidth": number(panel.get("linewidth")) or 0,
        "showPoints": "always" if panel.get("points") or drawn == "points" else "never",
        "spanNulls": panel.get("nullPointMode") == "connected",
        "stacking": {"mode": _stacking(panel), "group": "A"},
    }
    if panel.get("points"):
        style["pointSize"] = 2 + 2 * (number(panel.get("pointradius")) or 0)
    if panel.get("dashes"):
        dash = [number(panel.get(name)) or 10 for name in ("dashLength", "spaceLength")]
        style["lineStyle"] = {"fill": "dash", "dash": dash}
    return style


def _stacking(panel: Json) -> str:
    if not panel.get("stack"):
        return "none"
    return "percent" if panel.get("percentage") else "normal"


def _colours(panel: Json) -> list[Json]:
    colours: Json = panel.get("aliasColors") or {}
    return [override("byName", alias, color=fixed(colour)) for alias, colour in colours.items() if colour]


def _legend(old: Json) -> Json:
    legend: Json = {
        "calcs": [reducer(value) for value in _LEGEND_VALUES if old.get("values") and old.get(value)],
        "displayMode": "table" if old.get("alignAsTable") else "list",
        "placement": "right" if old.get("rightSide") else "bottom",
        "showLegend": old.get("show", True),
    }
    if old.get("sideWidth"):
        legend["width"] = old["sideWidth"]
    if old.get("sort") in _LEGEND_VALUES:
        legend["sortBy"] = _LEGEND_VALUES[old["sort"]]
        legend["sortDesc"] = bool(old.get("sortDesc"))
    return legend


def _tooltip(old: Json) -> Json:
    shared = old.get("shared", True)
    return {
        "mode": "multi" if shared else "single",
        "sort": _SORTS.get(old.get("sort", 0), "none") if shared else "none",
    }


def _thresholds(lines: list[Any]) -> Json:
    """Lines and areas above or below a value, as the colours of the regions between those values."""
    above = sorted((number(line["value"]) or 0, _colour(line)) for line in lines if line.get("op") != "lt")
    below = sorted((number(line["value"]) or 0, _colour(line)) for line in lines if line.get("op") == "lt")
    steps: list[Json] = []
    for start in (None, *sorted({value for value, _ in (*above, *below)})):
        under = [colour for value, colour in above if start is not None and value <= start]
        over = [colour for value, colour in below if start is None or value > start]
        steps.append({"color": (under[-1:] or over[:1] or [_CLEAR])[0], "value": start})
    return {"mode": "absolute", "steps": steps}


def _colour(line: Json) -> str:
    if line.get("colorMode") == "custom":
        return str(line.get("fillColor") or line.get("lineColor") or "red")
    return _COLOURS.get(line.get("colorMode", ""), "red")


def _threshold_style(lines: list[Any]) -> str:
    area = any(line.get("fill") for line in lines)
    if any(line.get("line") for line in lines):
        return "line+area" if area else "line"
    return "area" if area else "off"
