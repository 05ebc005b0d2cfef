"""A dashboard of the second generation, and what becomes of it that a Grafana 12.4 refuses or takes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

PANEL: dict[str, Any] = {
    "kind": "Panel",
    "spec": {
        "id": 1,
        "title": "Rate",
        "data": {
            "kind": "QueryGroup",
            "spec": {
                "queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "hidden": False, "query": {"kind": "DataQuery", "group": "prometheus", "version": "v0", "spec": {"expr": "up"}}}}],
                "transformations": [{"kind": "reduce", "spec": {"id": "reduce", "options": {}}}],
                "queryOptions": {},
            },
        },
        "vizConfig": {"kind": "VizConfig", "group": "stat", "version": "", "spec": {"options": {}, "fieldConfig": {"defaults": {"mappings": [{"type": "value", "options": {"1": {"text": "up"}}}]}, "overrides": []}}},
    },
}  # fmt: skip
ITEM = {"kind": "GridLayoutItem", "spec": {"x": 0, "y": 0, "width": 12, "height": 8, "element": {"kind": "ElementReference", "name": "a"}}}  # fmt: skip
GRID = {"kind": "GridLayout", "spec": {"items": [ITEM]}}
VARIABLE = {"kind": "CustomVariable", "spec": {"name": "job", "hide": "dontHide", "query": "a,b", "options": [{"text": "a", "value": ["a"]}], "current": {"text": "a", "value": "a"}}}  # fmt: skip
ADHOC = {"kind": "AdhocVariable", "group": "prometheus", "spec": {"name": "f", "hide": "dontHide", "baseFilters": [], "filters": [], "defaultKeys": [{"text": "a", "value": 5}]}}  # fmt: skip
DASHBOARD: Final[dict[str, Any]] = {
    "title": "Shop",
    "cursorSync": "Off",
    "elements": {"a/b": PANEL},
    "layout": {"kind": "RowsLayout", "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {"layout": GRID}}]}},
    "links": [{"type": "link", "title": "Docs", "tags": []}],
    "variables": [VARIABLE],
}


ROW: Final = "layout.spec.rows.0"

REFUSED: Final[list[tuple[str, Any, str]]] = [
    ("title", "", "'title' must be set"),
    ("title", 5, "'title' must be text"),
    ("tags", "a", "'tags' must be a list"),
    ("preload", "yes", "'preload' must be true or false"),
    ("cursorSync", ..., "'cursorSync' must be 'Off' or 'Crosshair' or 'Tooltip'"),
    ("cursorSync", "On", "'cursorSync' must be 'Off' or 'Crosshair' or 'Tooltip', not 'On'"),
    ("links.0.type", "tag", "'type' must be 'link' or 'dashboards', not 'tag'"),
    ("links.0.placement", "", "'placement' must be 'inControlsMenu', not ''"),
    ("links.0", None, "'links' number 1 must be a mapping"),
    ("layout", ..., "'layout' must be set"),
    ("layout.kind", "Rows", "'layout': 'kind' must be 'AutoGridLayout' or 'GridLayout' or 'RowsLayout' or 'TabsLayout', not 'Rows'"),
    ("layout.kind", [], "'layout': 'kind' must be 'AutoGridLayout' or 'GridLayout' or 'RowsLayout' or 'TabsLayout', not []"),
    (f"{ROW}.kind", "Row", "'kind' must be 'RowsLayoutRow', not 'Row'"),
    (f"{ROW}.spec.layout.spec.items.0.spec.x", "0", "'x' must be a number"),
    (f"{ROW}.spec.layout.spec.items.0.spec.x", True, "'x' must be a number"),
    (f"{ROW}.spec.layout.spec.items.0.spec.element", ..., "'kind' must be 'ElementReference'"),
    ("elements", [], "'elements' must be a mapping"),
    ("elements.a~b", None, "'elements': 'a/b' must be a mapping"),
    ("elements.a~b.kind", "Plot", "'elements': 'a/b': 'kind' must be 'LibraryPanel' or 'Panel', not 'Plot'"),
    ("elements.a~b.spec.title", 5, "'title' must be text"),
    ("variables.0.kind", ..., "'variables' number 1: 'kind' must be 'AdhocVariable' or 'ConstantVariable' or 'CustomVariable' or 'DatasourceVariable' or 'GroupByVariable' or 'IntervalVariable' or 'QueryVariable' or 'SwitchVariable' or 'TextVariable'"),
    ("variables.0.spec.hide", 0, "'hide' must be 'dontHide' or 'hideLabel' or 'hideVariable' or 'inControlsMenu', not 0"),
    ("variables.0.spec.current.value", ["a", 5], "'value' must be text, or a list of texts"),
]  # fmt: skip
"""Path, value, and what is said."""

TAKEN: Final[list[tuple[str, Any]]] = [
    ("annotations", None),
    ("variables", ...),
    ("unheard", 5),
    (f"{ROW}.spec.repeat", None),
    ("links.0.placement", None),
    ("variables", [ADHOC]),
    ("elements.a~b.spec.data.kind", "Group"),
    ("elements.a~b.spec.vizConfig", ...),
    ("elements.a~b.spec.vizConfig.spec.fieldConfig.defaults.mappings.0.type", ...),
    ("variables.0.spec.options.0.value", "a"),
]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The dashboard with another value at that path, where `~` is a slash; `...` takes away what is there."""
    spec = deepcopy(DASHBOARD)
    *holders, last = [int(each) if each.isdigit() else each.replace("~", "/") for each in path.split(".")]
    held: Any = spec
    for each in holders:
        held = held[each]
    if value is ...:
        del held[last]
    else:
        held[last] = value
    return spec
