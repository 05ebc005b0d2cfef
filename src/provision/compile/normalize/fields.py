"""What many panel types share: thresholds, value mappings, legends, reducers, overrides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from provision.compile.normalize.plain import Json

BASE_COLOUR = "green"

_REDUCERS = {"current": "lastNotNull", "avg": "mean", "total": "sum"}
"""Names of calculations before Grafana 7, and now."""

_TRAFFIC_LIGHTS = ("green", "orange", "red")


def reducer(name: Any) -> str:
    """Grafana's present id of a calculation."""
    return str(_REDUCERS.get(name, name))


def number(value: Any) -> float | int | None:
    """The finite number that `value` is or spells; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    try:
        parsed = float(value if isinstance(value, float) else str(value).strip())
    except ValueError:
        return None
    if not math.isfinite(parsed):
        return None
    return int(parsed) if parsed.is_integer() else parsed


def thresholds(steps: Any, mode: Any = "absolute") -> Json:
    """A thresholds object: one base step whose value is null, the others in ascending order.

    An author who sets no thresholds gets one green base (not Grafana's own default, which turns red at 80);
    one who sets steps above a base but no base gets a green one.

    Raises:
        ValueError: a step isn't one.
    """
    base: Json | None = None
    others: list[Json] = []
    for step in _steps(steps):
        value = number(step.get("value"))
        colour = step.get("color") or BASE_COLOUR
        if value is not None:
            others.append({"color": colour, "value": value})
        elif base is None:
            base = {"color": colour, "value": None}
    others.sort(key=lambda step: step["value"])
    return {
        "mode": mode or "absolute",
        "steps": [base or {"color": BASE_COLOUR, "value": None}, *others],
    }


def coloured_steps(levels: Iterable[Any], colours: Sequence[Any]) -> Json:
    """Thresholds of levels between colours, one colour more than levels: the first is the base's.

    Raises:
        ValueError: a level isn't a number.
    """
    values: list[float | int] = []
    for level in levels:
        value = number(level)
        if value is None:
            raise ValueError(f"thresholds must be numbers, not {level!r}")
        values.append(value)
    pairs = zip(colours[1:], values, strict=False)
    return {
        "mode": "absolute",
        "steps": [
            {"color": colours[0] if colours else BASE_COLOUR, "value": None},
            *({"color": colour, "value": value} for colour, value in pairs),
        ],
    }


def mappings(items: Any) -> list[Json]:
    """Value mappings as Grafana has had them since version 8; those of before become one `value` mapping for
    the values and one `range` or `special` mapping for each of the others."""
    values: Json = {}
    others: list[Json] = []
    result: list[Json] = []
    for item in items or ():
        kind = item.get("type")
        if kind in ("value", "range", "regex", "special"):
            result.append(_modern_mapping(item))
            continue
        shown = {"text": item.get("text", ""), "index": len(values) + len(others)}
        if kind == 1 or (kind is None and "value" in item):
            written = item.get("value")
            if written in (None, "null"):
                others.append({"type": "special", "options": {"match": "null", "result": shown}})
            else:
                values[_key(written)] = shown
        elif "null" in (item.get("from"), item.get("to")):
            others.append({"type": "special", "options": {"match": "null", "result": shown}})
        else:
            ends = {end: number(item.get(end)) for end in ("from", "to")}
            limits = {end: value for end, value in ends.items() if value is not None}
            others.append({"type": "range", "options": {**limits, "result": shown}})
    if values:
        others.insert(0, {"type": "value", "options": values})
    return [*result, *others]


def legend(options: Json) -> None:
    """Puts `showLegend` where a legend could once only be hidden by its display mode."""
    shown = options.get("legend")
    if not isinstance(shown, dict) or "show" in shown:  # a heatmap's legend is shown or not, and that is all
        return
    if shown.get("displayMode") == "hidden" or shown.get("showLegend") is False:
        shown["displayMode"] = "list"
        shown["showLegend"] = False
    else:
        shown["showLegend"] = True


def overrides(rules: Any) -> list[Json]:
    """Field overrides: thresholds with a base, present mappings, and no tooltip for what isn't drawn."""
    for rule in rules or ():
        for prop in rule.get("properties", ()):
            name, value = prop.get("id"), prop.get("value")
            if name == "thresholds" and isinstance(value, dict):
                prop["value"] = thresholds(value.get("steps"), value.get("mode"))
            elif name == "mappings":
                prop["value"] = mappings(value)
            elif name == "custom.hideFrom" and isinstance(value, dict) and value.get("viz"):
                value["tooltip"] = True
    return list(rules or ())


def override(matcher: str, options: Any, **properties: Any) -> Json:
    """A rule that sets `properties` (`custom__lineWidth` is `custom.lineWidth`) on the fields that match."""
    return {
        "matcher": {"id": matcher, "options": options},
        "properties": [{"id": name.replace("__", "."), "value": value} for name, value in properties.items()],
    }


def authored(panel: Json) -> tuple[Json, list[Json]]:
    """The field options and overrides of a panel that is being converted: what its author added to it.

    grafanalib copies every panel's `thresholds`, whatever they mean there, among the field options as well;
    that copy is no wish of the author's.
    """
    given = panel.get("fieldConfig") or {}
    defaults: Json = given.get("defaults") or {}
    steps = (defaults.get("thresholds") or {}).get("steps")
    if not steps or isinstance(steps, str) or steps == panel.get("thresholds"):
        defaults.pop("thresholds", None)
    return defaults, given.get("overrides") or []


def fixed(colour: Any) -> Json:
    """The colour option of one colour for everything."""
    return {"mode": "fixed", "fixedColor": colour}


def pick(source: Json, *names: str) -> Json:
    """The fields of those names that `source` has and that aren't empty text."""
    return {name: source[name] for name in names if source.get(name, "") != ""}


def _steps(steps: Any) -> Iterable[Json]:
    if isinstance(steps, str):
        levels = [level for level in steps.split(",") if level.strip()]
        return coloured_steps(levels, _TRAFFIC_LIGHTS)["steps"] if levels else ()
    for step in steps or ():
        if not isinstance(step, dict):
            raise ValueError(f"a threshold must be a colour and a value, not {step!r}")  # noqa: TRY004  # a wrong value to authors
    return steps or ()


def _modern_mapping(item: Json) -> Json:
    options = item.get("options") or {}
    results = options.values() if item["type"] == "value" else [options.get("result")]
    for result in results:
        if isinstance(result, dict) and result.get("color") == "":
            del result["color"]
    return item


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
