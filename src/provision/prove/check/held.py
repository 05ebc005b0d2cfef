"""What variables hold whose values stand in the dashboard itself: those that no server is asked for."""

from __future__ import annotations

from typing import Any, Final

from provision.promql.variable_queries import custom_values
from provision.prove.check.queries import variable_query
from provision.prove.check.references import Variables

_HELD: Final = frozenset({"custom", "constant", "interval", "textbox"})
_NO_VALUES: Final = ("$__all", "$__auto")


def held(variables: Variables) -> dict[str, str]:
    """Name → the value that is chosen when the dashboard is opened, or else the first. One that has several chosen, or
    all, is left out."""
    found = {name: _chosen(variable) for name, (_, variable) in variables.items()}
    return {name: value for name, value in found.items() if value and not value.startswith(_NO_VALUES)}


def _chosen(variable: dict[str, Any]) -> str:
    kind = variable.get("type")
    if kind not in _HELD:
        return ""
    current = variable.get("current")
    value = current.get("value") if isinstance(current, dict) else None
    if isinstance(value, list) and value:
        value = value[0] if len(value) == 1 else _NO_VALUES[0]
    if isinstance(value, str) and value:
        return value
    query = variable_query(variable)
    return query if kind in ("constant", "textbox") else next(iter(custom_values(query)), "")
