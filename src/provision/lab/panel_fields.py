"""How a panel writes its values: unit, digits and words, with what it sets otherwise for single series."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.show.values import format_value

_SPECIAL: dict[str, Callable[[float], bool]] = {
    "nan": math.isnan,
    "null+nan": math.isnan,
    "true": lambda value: value == 1,
    "false": lambda value: value == 0,
}


@dataclass(frozen=True, slots=True)
class Field:
    """The panel's field configuration as one query sees it: the defaults, and the overrides that may hold."""

    defaults: Mapping[str, Any]
    overrides: Sequence[Mapping[str, Any]]
    ref_id: str

    def written(self, value: float, name: str) -> str:
        """The value of the series that the legend calls `name`, as the panel writes it."""
        settings = dict(self.defaults)
        for override in self.overrides:
            if _holds(override.get("matcher") or {}, name, self.ref_id):
                settings |= {item["id"]: item.get("value") for item in override.get("properties", ())}
        word = _word(settings.get("mappings") or (), value)
        if word is not None:
            return word
        decimals = settings.get("decimals")
        return format_value(
            value, str(settings.get("unit") or ""), None if decimals is None else int(decimals)
        )


def field_of(panel: Mapping[str, Any], target: Mapping[str, Any]) -> Field:
    """The field configuration of a panel for one of its queries."""
    config = panel.get("fieldConfig") or {}
    return Field(config.get("defaults") or {}, config.get("overrides") or (), str(target.get("refId", "")))


def _holds(matcher: Mapping[str, Any], name: str, ref_id: str) -> bool:
    options = matcher.get("options")
    match matcher.get("id"):
        case "byName":
            return bool(options == name)
        case "byRegexp":
            return re.search(str(options).strip("/"), name) is not None
        case "byFrameRefID":
            return bool(options == ref_id)
        case _:
            return False


def _word(mappings: Sequence[Mapping[str, Any]], value: float) -> str | None:
    """The text that stands for the value, or None."""
    for mapping in mappings:
        options = mapping.get("options") or {}
        result: Mapping[str, Any] | None = None
        match mapping.get("type"):
            case "value":
                result = next((item for key, item in options.items() if _is(key, value)), None)
            case "range":
                low, high = options.get("from"), options.get("to")
                if (low is None or value >= low) and (high is None or value <= high):
                    result = options.get("result")
            case "special":
                fits = _SPECIAL.get(str(options.get("match")))
                if fits is not None and fits(value):
                    result = options.get("result")
        if result is not None and result.get("text") is not None:
            return str(result["text"])
    return None


def _is(key: str, value: float) -> bool:
    try:
        return float(key) == value
    except ValueError:
        return False
