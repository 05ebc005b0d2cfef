"""States over time: the discrete and status map plug-ins, which no longer run, as Grafana's own panels."""

from __future__ import annotations

from provision.compile.normalize.fields import authored, mappings, number
from provision.compile.normalize.plain import Json, merge

_CONTINUOUS = "continuous-GrYlRd"
"""Green to red: the status map's own default scheme, GnYlRd."""


def discrete(panel: Json) -> None:
    """grafanalib's Discrete as a state timeline. Colours apply to values and to the texts they are mapped to."""
    over, rules = authored(panel)
    mapped = mappings([*(panel.get("valueMaps") or ()), *(panel.get("rangeMaps") or ())])
    defaults: Json = {
        "color": {"mode": "thresholds"},
        "custom": {"fillOpacity": 100, "lineWidth": 0},
        "decimals": panel.get("decimals", 0),
        "mappings": _coloured(mapped, {item["text"]: item["color"] for item in panel.get("colorMaps") or ()}),
    }
    if panel.get("units"):
        defaults["unit"] = panel["units"]
    options: Json = {
        "alignValue": "left",
        "legend": {
            "displayMode": "list",
            "placement": "bottom",
            "showLegend": bool(panel.get("showLegend", True)),
        },
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "always"
        if panel.get("writeAllValues")
        else "auto"
        if panel.get("writeLastValue", True)
        else "never",
        "tooltip": {"mode": "single" if panel.get("highlightOnMouseover", True) else "none", "sort": "none"},
    }
    panel["type"] = "state-timeline"
    panel["options"] = merge(options, panel.get("options", {}))
    panel["fieldConfig"] = {"defaults": merge(defaults, over), "overrides": rules}


def status_map(panel: Json) -> None:
    """grafanalib's Statusmap as a status history."""
    over, rules = authored(panel)
    colour: Json = panel.get("color", {})
    defaults: Json = {"custom": {"fillOpacity": 100, "lineWidth": 0}}
    if colour.get("mode") == "discrete":
        defaults["color"] = {"mode": "thresholds"}
        defaults["mappings"] = _states(colour)
    else:
        defaults["color"] = {"mode": _CONTINUOUS}
    for name in ("min", "max"):
        if number(colour.get(name)) is not None:
            defaults[name] = number(colour[name])
    options: Json = {
        "colWidth": 0.9,
        "legend": {
            "displayMode": "list",
            "placement": "bottom",
            "showLegend": bool(panel.get("legend", {}).get("show", True)),
        },
        "rowHeight": 0.9,
        "showValue": "never",
        "tooltip": {"mode": "single", "sort": "none"},
    }
    panel["type"] = "status-history"
    panel["options"] = merge(options, panel.get("options", {}))
    panel["fieldConfig"] = {"defaults": merge(defaults, over), "overrides": rules}


def _states(colour: Json) -> list[Json]:
    states = [state for state in colour.get("thresholds") or () if "value" in state]
    options = {
        str(state["value"]): {
            "color": state.get("color", "green"),
            "index": index,
            "text": state.get("tooltip") or str(state["value"]),
        }
        for index, state in enumerate(states)
    }
    return [{"type": "value", "options": options}] if options else []


def _coloured(mapped: list[Json], colours: dict[str, str]) -> list[Json]:
    """The mappings with the colour of each text, and one more for values that are coloured as they are."""
    named = dict(colours)
    for mapping in mapped:
        options: Json = mapping["options"]
        results = options if mapping["type"] == "value" else {"": options["result"]}
        for value, result in results.items():
            colour = colours.get(value) or colours.get(result.get("text", ""))
            if colour:
                result["color"] = colour
            named.pop(value, None)
            named.pop(result.get("text", ""), None)
    if named:
        plain = {
            value: {"color": colour, "index": index, "text": value}
            for index, (value, colour) in enumerate(named.items())
        }
        mapped = [*mapped, {"type": "value", "options": plain}]
    return mapped
