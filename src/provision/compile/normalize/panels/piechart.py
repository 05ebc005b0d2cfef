"""The pie chart plug-in of before Grafana 8 as Grafana's own pie chart."""

from __future__ import annotations

from provision.compile.normalize.fields import authored, fixed, override, pick, reducer
from provision.compile.normalize.plain import Json, merge


def piechart(panel: Json) -> None:
    """grafanalib's PieChart."""
    over, more_rules = authored(panel)
    old: Json = panel.get("legend", {})
    values = [name for name, key in (("value", "values"), ("percent", "percentage")) if old.get(key)]
    on_graph = panel.get("legendType") == "On graph"
    options: Json = {
        "legend": {
            "calcs": [],
            "displayMode": "table",
            "placement": "bottom" if panel.get("legendType") == "Under graph" else "right",
            "showLegend": old.get("show", True) and not on_graph,
            "values": values,
        },
        "pieType": "donut" if panel.get("pieType") == "donut" else "pie",
        "reduceOptions": {
            "calcs": [reducer(panel.get("valueName", "current"))],
            "fields": "",
            "values": False,
        },
        "tooltip": {"mode": "single", "sort": "none"},
    }
    if on_graph:
        options["displayLabels"] = ["name", *values]
    colours: Json = panel.get("aliasColors") or {}
    defaults = {
        "color": {"mode": "palette-classic"},
        "decimals": panel.get("decimals") or 0,
        **({"unit": panel["format"]} if pick(panel, "format") else {}),
    }
    panel["type"] = "piechart"
    panel["options"] = merge(options, panel.get("options", {}))
    panel["fieldConfig"] = {
        "defaults": merge(defaults, over),
        "overrides": [
            *(override("byName", alias, color=fixed(colour)) for alias, colour in colours.items() if colour),
            *more_rules,
        ],
    }
