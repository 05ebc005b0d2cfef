"""Panels of one value a series: stat, gauge, bar gauge, and the single stat that Grafana removed."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize.fields import (
    authored,
    coloured_steps,
    fixed,
    mappings,
    number,
    pick,
    reducer,
)
from provision.compile.normalize.plain import Json, merge

_NO_UNIT = ("none", "short", "")


def stat(panel: Json) -> None:
    """grafanalib's Stat: its words for alignment, colour and `no value` are not Grafana's."""
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    colour = defaults.get("color")
    if colour is None:
        defaults["color"] = {"mode": "thresholds"}
    elif isinstance(colour, str):
        defaults["color"] = fixed(colour)
    if defaults.get("noValue") == "none":
        del defaults["noValue"]
    options = panel.get("options", {})
    if options.get("justifyMode") == "centre":
        options["justifyMode"] = "center"
    reduced = options.get("reduceOptions", {})
    reduced["calcs"] = [reducer(calc) for calc in reduced.get("calcs", ())]


def bar_gauge(panel: Json) -> None:
    """grafanalib's BarGauge, which writes the options of Grafana 6."""
    options = panel.get("options", {})
    old = options.pop("fieldOptions", None)
    for name in ("showThresholdLabels", "showThresholdMarkers"):
        options.pop(name, None)
    if old is None:
        return
    fields = {**old.get("defaults", {}), **pick(old, "mappings", "thresholds")}
    if "thresholds" in fields:
        fields["thresholds"] = {"mode": "absolute", "steps": fields["thresholds"]}
    _reduced(panel, {**old, **fields})


def gauge(panel: Json) -> None:
    """grafanalib's GaugePanel, which writes its options among the field options."""
    rules = panel.setdefault("fieldConfig", {})
    defaults: Json = rules.get("defaults", {})
    options = panel.setdefault("options", {})
    for name, standard in (("showThresholdLabels", False), ("showThresholdMarkers", True)):
        options.setdefault(name, rules.pop(name, standard))
    if "calcs" in defaults:
        options.setdefault("orientation", "auto")
        _reduced(panel, defaults)


def single_stat(panel: Json) -> None:
    """grafanalib's SingleStat as a stat, or as a gauge when it shows one.

    Raises:
        ValueError: its thresholds aren't numbers.
    """
    over, rules = authored(panel)
    meter = panel.get("gauge", {})
    name = panel.get("valueName", "avg")
    reduced = {"calcs": ["lastNotNull" if name == "name" else reducer(name)], "values": False}
    if panel.get("tableColumn"):
        reduced["fields"] = f"/^{panel['tableColumn']}$/"
    options: Json = {"orientation": "horizontal", "reduceOptions": reduced}
    defaults = _single_fields(panel)
    if meter.get("show"):
        panel["type"] = "gauge"
        defaults["min"], defaults["max"] = meter.get("minValue", 0), meter.get("maxValue", 100)
        options["showThresholdLabels"] = bool(meter.get("thresholdLabels"))
        options["showThresholdMarkers"] = bool(meter.get("thresholdMarkers", True))
    else:
        panel["type"] = "stat"
        options |= {"justifyMode": "auto", "textMode": "name" if name == "name" else "auto"}
        options |= _single_colours(panel, defaults)
    _affixes(panel, defaults, options)
    panel["fieldConfig"] = {"defaults": merge(defaults, over), "overrides": rules}
    panel["options"] = merge(options, panel.get("options", {}))


def _reduced(panel: Json, old: Json) -> None:
    """Moves calculations out of the field options `old`, and leaves there what are field options."""
    reduced = {
        "calcs": [reducer(calc) for calc in old.get("calcs", ())],
        "fields": "",
        "values": bool(old.get("values")),
    }
    options = panel["options"]
    options["reduceOptions"] = merge({**reduced, **pick(old, "limit")}, options.get("reduceOptions", {}))
    rules = panel.setdefault("fieldConfig", {})
    fields = {"color": {"mode": "thresholds"}, **old, **rules.get("defaults", {})}
    for name in ("calcs", "defaults", "limit", "override", "title", "values"):
        fields.pop(name, None)
    if old.get("title"):
        fields["displayName"] = old["title"]
    rules["defaults"] = fields


def _single_fields(panel: Json) -> Json:
    defaults: Json = {"color": {"mode": "thresholds"}}
    if panel.get("format"):
        defaults["unit"] = panel["format"]
    if panel.get("nullText"):
        defaults["noValue"] = panel["nullText"]
    if panel.get("nullPointMode") == "null as zero":
        defaults["nullValueMode"] = "null as zero"
    if number(panel.get("decimals")) is not None:
        defaults["decimals"] = number(panel["decimals"])
    colours = panel.get("colors") or []
    levels: Any = panel.get("thresholds") or ""
    if isinstance(levels, str):
        coloured = (
            panel.get("colorValue") or panel.get("colorBackground") or panel.get("gauge", {}).get("show")
        )
        levels = [level for level in levels.split(",") if level.strip()]
        if levels or coloured:
            defaults["thresholds"] = coloured_steps(levels, colours)
    else:
        defaults["thresholds"] = {"mode": "absolute", "steps": levels}
    ranges = panel.get("mappingType") == 2  # range to text
    mapped = mappings(panel.get("rangeMaps" if ranges else "valueMaps"))
    if mapped:
        defaults["mappings"] = mapped
    return defaults


def _single_colours(panel: Json, defaults: Json) -> Json:
    line = panel.get("sparkline", {})
    graph = "area" if line.get("show") else "none"
    if panel.get("colorBackground"):
        return {"graphMode": graph, "colorMode": "background"}
    if panel.get("colorValue"):
        return {"graphMode": graph, "colorMode": "value"}
    if graph == "area" and line.get("lineColor"):
        defaults["color"] = fixed(line["lineColor"])
    return {"graphMode": graph, "colorMode": "none"}


def _affixes(panel: Json, defaults: Json, options: Json) -> None:
    """Text before and after the value: a unit of its own where there is no unit, else a name above it."""
    before, after = (str(panel.get(name) or "") for name in ("prefix", "postfix"))
    texts = [text.strip() for text in (before, after) if text.strip()]
    if not texts:
        return
    if len(texts) == 1 and defaults.get("unit", "") in _NO_UNIT:
        defaults["unit"] = f"prefix:{before}" if before.strip() else f"suffix:{after}"
        return
    defaults["displayName"] = " … ".join(texts)
    if panel["type"] == "stat":
        options["textMode"] = "value_and_name"
