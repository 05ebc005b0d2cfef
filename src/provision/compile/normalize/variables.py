"""Template variables: each with the fields that its type has."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize.datasources import PROMETHEUS, Types, reference
from provision.compile.normalize.plain import Json

_EVERY = frozenset({"name", "type", "label", "description", "hide", "skipUrlSync", "current", "datasource"})
_CHOICE = frozenset({"multi", "includeAll", "allValue", "allowCustomValue", "options", "query"})
_FIELDS: dict[str, frozenset[str]] = {
    "query": _EVERY | _CHOICE | {"definition", "refresh", "regex", "regexApplyTo", "sort", "staticOptions", "staticOptionsOrder"},
    "datasource": _EVERY | _CHOICE | {"refresh", "regex"},
    "custom": _EVERY | _CHOICE | {"valuesFormat"},
    "interval": _EVERY | {"query", "options", "refresh", "auto", "auto_min", "auto_count"},
    "constant": _EVERY | {"query"},
    "textbox": _EVERY | {"query", "options"},
    "adhoc": _EVERY | {"filters", "baseFilters", "defaultKeys", "allowCustomValue", "supportsMultiValueOperators"},
    "groupby": _EVERY | {"options", "multi", "allowCustomValue", "defaultValue"},
}  # fmt: skip
"""The fields of each type that Grafana 12.4 knows; types not listed keep all of theirs."""

_LEGACY = frozenset({"useTags", "tagsQuery", "tagValuesQuery", "tags"})
_ALL = {"text": "All", "value": "$__all"}


def normalise_variable(variable: Json, types: Types) -> Json:
    """One entry of `templating.list` as Grafana stores it (nulls are already gone)."""
    kind = variable.get("type")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    result = {
        key: value
        for key, value in variable.items()
        if key not in _LEGACY and (fields is None or key in fields)
    }
    source = reference(result.pop("datasource", None), PROMETHEUS, types)
    if source is not None and kind != "datasource":
        result["datasource"] = source
    if not result.get("hide"):
        result.pop("hide", None)
    current = _current(variable)
    if current or kind in ("query", "custom", "datasource"):
        result["current"] = current
    else:
        result.pop("current", None)
    if kind == "query":
        result["options"] = []
        result.setdefault("regex", "")
        if result.get("refresh") not in (1, 2):
            result["refresh"] = 1
    elif kind == "datasource":
        result["options"] = []
    elif kind == "interval" and not result.get("auto"):
        for field in ("auto", "auto_min", "auto_count"):
            result.pop(field, None)
    return result


def _current(variable: Json) -> Json:
    """What is chosen when the dashboard opens. `All` is a word of grafanalib's authors, `$__all` is Grafana's."""
    current: Any = variable.get("current") or {}
    if variable.get("includeAll") and current.get("value") in ("All", "all", "$__all"):
        return dict(_ALL)
    return {key: value for key, value in current.items() if key in ("text", "value")}
