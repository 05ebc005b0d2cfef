"""What changed in a dashboard of the second generation: told in the words of the classic schema, which people know.

Elements become panels with queries and options, variables and annotations lose their wrapping; the layout is
compared field by field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provision.diff.dashboards import dashboard_changes
from provision.diff.leaves import Shape, change, leaves
from provision.model import Change

_CLASSIC = "classic"
_NAMES: dict[tuple[str, ...], str] = {("folderUid",): "folder", ("spec",): ""}


def body_changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Every change between two bodies of dashboards, whichever generation each is of."""
    old, new = _generation(before), _generation(after)
    if bool(old) != bool(new):
        # Field by field there is nothing that the two have in common.
        yield change("schema", old or _CLASSIC, new or _CLASSIC)
        before = {name: value for name, value in before.items() if name == "folderUid"}
        after = {name: value for name, value in after.items() if name == "folderUid"}
    handler = _second if old else dashboard_changes
    yield from leaves(path, before, after, Shape(_NAMES, {("spec",): handler}))


def _generation(body: Any) -> str:
    found = (body.get("schema") or body.get("storedVersion")) if isinstance(body, dict) else None
    return str(found or "")


def _second(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = _as_classic(before), _as_classic(after)
    yield from dashboard_changes(path, before, after)


def _as_classic(spec: dict[str, Any]) -> dict[str, Any]:
    result = dict(spec)
    elements, variables, annotations = (result.get(name) for name in ("elements", "variables", "annotations"))
    if isinstance(elements, dict) and all(isinstance(one, dict) for one in elements.values()):
        del result["elements"]
        result["panels"] = [_panel(element) for element in elements.values()]
    if _all_objects(variables):
        del result["variables"]
        result["templating"] = {"list": [_variable(one) for one in variables or ()]}
    if _all_objects(annotations):
        result["annotations"] = {"list": [_annotation(one) for one in annotations or ()]}
    return result


def _panel(element: dict[str, Any]) -> dict[str, Any]:
    """A library panel, and what isn't of the form that Grafana writes, stays as it is."""
    try:
        panel = dict(element["spec"])
        group = panel.pop("data")["spec"]
        visual = panel.pop("vizConfig")
        return {
            **panel,
            "type": visual["group"],
            "pluginVersion": visual["version"],
            **visual["spec"],
            "targets": [_query(one["spec"]) for one in group["queries"]],
            "transformations": group["transformations"],
            **group["queryOptions"],
        }
    except (AttributeError, KeyError, TypeError):
        return {"type": element.get("kind"), **element} if "spec" not in element else _plain(element)


def _plain(element: dict[str, Any]) -> dict[str, Any]:
    spec = element["spec"]
    return {"type": element.get("kind"), **spec} if isinstance(spec, dict) else dict(element)


def _query(asked: dict[str, Any]) -> dict[str, Any]:
    query = asked["query"]
    rest = {name: value for name, value in asked.items() if name != "query" and (name != "hidden" or value)}
    source = {"type": query["group"], **query.get("datasource", {}), "version": query["version"]}
    return {**rest, "datasource": source, **(query["spec"] or {})}


def _variable(variable: dict[str, Any]) -> dict[str, Any]:
    spec = variable.get("spec")
    rest = {name: value for name, value in variable.items() if name not in ("kind", "spec")}
    if not isinstance(spec, dict):
        return dict(variable)
    return {"type": variable.get("kind"), **rest, **spec}


def _annotation(annotation: dict[str, Any]) -> dict[str, Any]:
    spec = annotation.get("spec")
    return dict(spec) if isinstance(spec, dict) else dict(annotation)


def _all_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
