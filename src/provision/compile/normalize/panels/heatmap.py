"""The heatmap: grafanalib writes the options of before Grafana 9."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize.fields import number
from provision.compile.normalize.plain import Json, merge

_SCHEMES = (
    "BrBG", "PiYG", "PRGn", "PuOr", "RdBu", "RdGy", "RdYlBu", "RdYlGn", "Spectral", "Blues", "Greens", "Greys",
    "Oranges", "Purples", "Reds", "Turbo", "Cividis", "Viridis", "Magma", "Inferno", "Plasma", "Warm", "Cool",
    "Cubehelix", "BuGn", "BuPu", "GnBu", "OrRd", "PuBuGn", "PuBu", "PuRd", "RdPu", "YlGnBu", "YlGn", "YlOrBr",
    "YlOrRd", "Rainbow", "Sinebow",
)  # fmt: skip
"""Colour schemes that Grafana has; the old names were those of d3's interpolators, `interpolateOranges`."""

_LAYOUTS = {"upper": "ge", "lower": "le", "middle": "unknown"}
_STEPS = 128
"""Colours of the scheme. The old panel had a continuous scale; Grafana's own upgrade takes as many."""

_HIDDEN_BELOW = 1e-9


def heatmap(panel: Json) -> None:
    """grafanalib's Heatmap."""
    given = panel.get("options")
    axis = panel.get("yAxis", {})
    cards = panel.get("cards", {})
    calculated = panel.get("dataFormat") != "tsbuckets"
    shown = panel.get("tooltip", {})
    options: Json = {
        "calculate": calculated,
        "cellGap": number(cards.get("cardPadding")) or 1,
        "cellValues": {},
        "color": _colour(panel.get("color", {})),
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "legend": {"show": bool(panel.get("legend", {}).get("show"))},
        "rowsFrame": {"layout": _LAYOUTS.get(panel.get("yBucketBound", ""), "auto")},
        "showValue": "never",
        "tooltip": {
            "mode": "none" if shown.get("show") is False else "single",
            "yHistogram": bool(shown.get("showHistogram")),
        },
        "yAxis": _axis(axis, bool(panel.get("reverseYBuckets"))),
    }
    if number(cards.get("cardRound")):
        options["cellRadius"] = number(cards["cardRound"])
    if calculated:
        options["calculation"] = _calculation(panel, axis)
    if panel.get("hideZeroBuckets"):
        options["filterValues"] = {"le": _HIDDEN_BELOW}
    panel["options"] = merge(options, given) if isinstance(given, dict) else options


def _axis(old: Json, reverse: bool) -> Json:
    axis: Json = {"axisPlacement": "left" if old.get("show", True) else "hidden", "reverse": reverse}
    if old.get("label"):
        axis["axisLabel"] = old["label"]
    if old.get("format"):
        axis["unit"] = old["format"]
    for name in ("decimals", "min", "max"):
        if number(old.get(name)) is not None:
            axis[name] = number(old[name])
    return axis


def _calculation(panel: Json, axis: Json) -> Json:
    calculation: Json = {}
    for letter in ("x", "y"):
        size, count = panel.get(f"{letter}BucketSize"), panel.get(f"{letter}BucketNumber")
        if size:
            calculation[f"{letter}Buckets"] = {"mode": "size", "value": _text(size)}
        elif count:
            calculation[f"{letter}Buckets"] = {"mode": "count", "value": _text(count)}
    base = number(axis.get("logBase")) or 1
    if base > 1:
        split = {"value": _text(axis["splitFactor"])} if number(axis.get("splitFactor")) else {}
        calculation["yBuckets"] = {"mode": "count", "scale": {"type": "log", "log": base}, **split}
    return calculation


def _colour(old: Json) -> Json:
    colour: Json = {
        "exponent": number(old.get("exponent")) or 0.5,
        "fill": old.get("cardColor", "dark-orange"),
        "mode": "opacity" if old.get("mode") == "opacity" else "scheme",
        "reverse": False,
        "scale": "exponential",
        "scheme": _scheme(str(old.get("colorScheme", ""))),
        "steps": _STEPS,
    }
    if colour["mode"] == "opacity" and old.get("colorScale") == "linear":
        colour["scale"] = "linear"
    least, most = number(old.get("min")), number(old.get("max"))
    if least is not None and most is not None and least > most:
        least, most, colour["reverse"] = most, least, True
    if least is not None:
        colour["min"] = least
    if most is not None:
        colour["max"] = most
    return colour


def _scheme(name: str) -> str:
    found = [scheme for scheme in _SCHEMES if name.endswith(scheme)]
    return max(found, key=len, default="Oranges")


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
