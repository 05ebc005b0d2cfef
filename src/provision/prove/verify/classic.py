"""The variables of a dashboard, of either generation, as the classic schema writes them."""

from __future__ import annotations

from typing import Any

from provision.prove.check.bodies import objects, text_of
from provision.prove.check.parts import Dashboard
from provision.prove.check.v2 import TYPES


def variables_of(dashboard: Dashboard) -> list[dict[str, Any]]:
    """The variables in their order, those that an import asks for (`__inputs`) first."""
    if not dashboard.is_v2:
        return [body for name, (_, body) in dashboard.variables.items() if name]
    return [_classic(variable) for _, variable in objects(dashboard.spec.get("variables"))]


def _classic(variable: dict[str, Any]) -> dict[str, Any]:
    spec = variable.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    query = spec.get("query")
    datasource = spec.get("datasource")
    if isinstance(query, dict):  # a DataQuery, which holds the data source's own words
        datasource = {"uid": text_of(query.get("datasource"), "name")}
        asked = query.get("spec")
        query = (
            text_of(asked, "query") or text_of(asked, "__legacyStringValue") or text_of(spec, "definition")
        )
    return {
        **spec,
        "type": TYPES.get(text_of(variable, "kind"), ""),
        "query": query,
        "datasource": datasource,
    }
