"""No panel says something by colour alone: what is red for one reader is brown for another, and grey on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from provision.model import JSON, Finding
from provision.prove.check.bodies import inside, objects, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel

ID = "colour-only"

_TYPES: Final = frozenset({"stat", "state-timeline", "status-history", "timeseries"})


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Panels that do."""
    for panel in dashboard.panels:
        type_ = text_of(panel.body, "type")
        defaults = inside(panel.body, "fieldConfig", "defaults")
        if type_ not in _TYPES and not defaults.get("mappings"):
            continue
        for path, message, remedy in _said_by_colour(panel, type_, defaults):
            yield estate.finding(
                ID, "warning", dashboard.definition, panel.at(path), dashboard.about(panel), message, remedy
            )


_GRAFANAS_OWN: Final = [(None, "green"), (80, "red")]
"""The thresholds that Grafana writes into every panel, which nobody chose."""


def _said_by_colour(panel: Panel, type_: str, defaults: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path, what is said so, and what to do."""
    options = inside(panel.body, "options")
    if type_ == "stat":
        text = text_of(options, "textMode")
        if text == "none" and text_of(options, "colorMode") != "none":
            yield (
                "options/textMode",
                "its state is a colour without a value or name",
                "show the value, or its text",
            )
        elif text == "name" and text_of(options, "colorMode") != "none" and _has_states(defaults):
            yield (
                "options/textMode",
                "beside each name its state is a colour only",
                "show value and name, with a word mapped to each value",
            )
    elif type_ in ("state-timeline", "status-history") and text_of(options, "showValue") == "never":
        yield "options/showValue", "its states are colours without a word", "show the values, mapped to words"
    elif type_ == "timeseries" and _is_nameless(panel, options):
        yield "options/legend", "its lines differ by colour only", "show a legend or a tooltip"
    if defaults.get("mappings"):
        yield from _mapped(defaults)


def _has_states(defaults: dict[str, Any]) -> bool:
    """Whether the value chooses among colours."""
    steps = [
        (step.get("value"), text_of(step, "color"))
        for _, step in objects(inside(defaults, "thresholds").get("steps"))
    ]
    mode = text_of(inside(defaults, "color"), "mode")
    chosen = steps != _GRAFANAS_OWN and len({colour for _, colour in steps}) > 1
    return (chosen and mode in ("", "thresholds")) or len(
        {text_of(one, "color") for one in _results(defaults.get("mappings"))}
    ) > 1


def _is_nameless(panel: Panel, options: dict[str, Any]) -> bool:
    """Whether neither legend nor tooltip names the lines of several queries."""
    legend = inside(options, "legend")
    if legend.get("showLegend") is not False and legend.get("displayMode") != "hidden":
        return False
    shown = [one for _, one in objects(panel.body.get("targets")) if one.get("hide") is not True]
    return len(shown) > 1 and text_of(inside(options, "tooltip"), "mode") == "none"


def _mapped(defaults: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Values to which different colours and the same text are mapped, or none that can be seen."""
    colours: dict[str, set[str]] = {}
    blank = False
    for result in _results(defaults.get("mappings")):
        text, colour = result.get("text"), text_of(result, "color")
        if isinstance(text, str) and colour:
            colours.setdefault(text.strip().casefold(), set()).add(colour)
            blank = blank or (text != "" and not text.strip())
    for text, found in colours.items():
        if text and len(found) > 1:
            yield (
                "fieldConfig/defaults/mappings",
                f"several values are mapped to the text {text!r:.40} and differ by colour only",
                "map a word of its own to each",
            )
            return
    if blank:
        yield "fieldConfig/defaults/mappings", "a value is mapped to a blank and a colour", "map a word to it"


def _results(mappings: JSON) -> Iterator[dict[str, Any]]:
    """What the value mappings of a panel give."""
    for _, mapping in objects(mappings):
        options = mapping.get("options")
        if not isinstance(options, dict):
            continue
        if isinstance(options.get("result"), dict):
            yield options["result"]
        else:
            yield from (result for result in options.values() if isinstance(result, dict))
