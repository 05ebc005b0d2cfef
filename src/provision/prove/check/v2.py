"""Dashboards of Grafana's second generation (v2), as the checks look at them.

A panel is an element, its queries are under `data`, and a query holds its data source: the plug-in's type as
`group`, the uid as `datasource.name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from provision.model import JSON, Definition
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.parts import Dashboard, Panel


@dataclass(frozen=True, slots=True)
class Query:
    """What a panel, a variable or an annotation asks.

    Attributes:
        pointer: JSON pointer to it in its dashboard's definition.
        what: what people call it, within its dashboard.
        datasource: whom it asks, as the classic schema writes it: `{"type", "uid"}`.
        body: the data source's own words.
        of_variable: whether its text is a variable's, such as `label_values(up, job)`.
    """

    pointer: str
    what: str
    datasource: dict[str, str]
    body: dict[str, Any]
    of_variable: bool = False

    @property
    def text(self) -> tuple[str, str]:
        """The field of the body that holds the text that is asked, and the text."""
        for field in ("expr", "query", "__legacyStringValue"):
            if text_of(self.body, field).strip():
                return field, text_of(self.body, field)
        return "expr", ""


def dashboard(definition: Definition, spec: dict[str, Any], folder: str, schema: str) -> Dashboard:
    """A dashboard of the second generation, with its panels and variables in the words of the classic schema."""
    variables: dict[str, tuple[int, dict[str, Any]]] = {}
    for pointer, variable in objects(spec.get("variables")):
        variables.setdefault(text_of(_spec(variable), "name"), (int(pointer[1:]), _as_classic(variable)))
    return Dashboard(definition, spec, folder, tuple(_panels(spec)), variables, schema)


def _panels(spec: dict[str, Any]) -> Iterator[Panel]:
    elements = spec.get("elements")
    for name, element in elements.items() if isinstance(elements, dict) else ():
        own = _spec(element)
        shown = own.get("vizConfig")
        visual = _spec(shown)
        body: dict[str, Any] = {
            **{
                field: own[field]
                for field in ("id", "title", "description", "links", "libraryPanel")
                if field in own
            },
            "type": text_of(shown, "group"),
            "options": visual.get("options"),
            "fieldConfig": visual.get("fieldConfig"),
            "targets": [_target(query) for query in _list(_spec(own.get("data")).get("queries"))],
            "transformations": [_spec(one) for one in _list(_spec(own.get("data")).get("transformations"))],
        }
        yield Panel(f"/spec/elements/{_token(name)}/spec", body, _PARTS)


_PARTS: Final = {
    "type": "vizConfig/group",
    "options": "vizConfig/spec/options",
    "fieldConfig": "vizConfig/spec/fieldConfig",
    "targets": "data/spec/queries",
    "transformations": "data/spec/transformations",
}


def _target(query: JSON) -> dict[str, Any]:
    asked = _spec(query)
    inner = asked.get("query")
    inner = inner if isinstance(inner, dict) else {}
    return {
        **_spec(inner),
        "refId": text_of(asked, "refId"),
        "hide": asked.get("hidden") is True,
        "datasource": _source(inner),
    }


def queries(found: Dashboard) -> Iterator[Query]:
    """Everything that a dashboard of the second generation asks: panels, variables, annotations."""
    for name, panel in _elements(found):
        title = text_of(panel, "title") or name
        group = _spec(panel.get("data"))
        for pointer, query in objects(
            group.get("queries"), f"/spec/elements/{_token(name)}/spec/data/spec/queries"
        ):
            asked = _spec(query)
            what = f'panel "{title}", query {text_of(asked, "refId") or "?"}'
            yield from _query(asked.get("query"), f"{pointer}/spec/query", what)
    for pointer, variable in objects(found.spec.get("variables"), "/spec/variables"):
        own = _spec(variable)
        what = f"variable ${text_of(own, 'name')}"
        if "query" in own:
            yield from _query(own["query"], f"{pointer}/spec/query", what, of_variable=True)
        elif text_of(variable.get("datasource"), "name"):
            yield Query(pointer, what, _source(variable), {})
    for pointer, annotation in objects(found.spec.get("annotations"), "/spec/annotations"):
        own = _spec(annotation)
        yield from _query(own.get("query"), f"{pointer}/spec/query", f'annotation "{text_of(own, "name")}"')


def titles(found: Dashboard) -> Iterator[tuple[str, str]]:
    """Pointer and text of each panel's title."""
    for name, panel in _elements(found):
        yield f"/spec/elements/{_token(name)}/spec/title", text_of(panel, "title")


def repeats(found: Dashboard) -> Iterator[tuple[str, str]]:
    """Pointer and name of each variable that panels, rows or tabs are repeated for, or shown by."""
    yield from _named_variables(found.spec.get("layout"), "/spec/layout")


def _named_variables(value: JSON, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _named_variables(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        repeat = value.get("repeat")
        if text_of(repeat, "mode") == "variable" and text_of(repeat, "value"):
            yield f"{pointer}/repeat/value", text_of(repeat, "value")
        if value.get("kind") == "ConditionalRenderingVariable" and text_of(value.get("spec"), "variable"):
            yield f"{pointer}/spec/variable", text_of(value["spec"], "variable")
        for name, item in value.items():
            yield from _named_variables(item, f"{pointer}/{_token(name)}")


def _elements(found: Dashboard) -> Iterator[tuple[str, dict[str, Any]]]:
    elements = found.spec.get("elements")
    for name, element in elements.items() if isinstance(elements, dict) else ():
        if isinstance(element, dict):
            yield name, _spec(element)


def _query(query: JSON, pointer: str, what: str, *, of_variable: bool = False) -> Iterator[Query]:
    if isinstance(query, dict):
        yield Query(pointer, what, _source(query), _spec(query), of_variable)


def _source(part: dict[str, Any]) -> dict[str, str]:
    return {"type": text_of(part, "group"), "uid": text_of(part.get("datasource"), "name")}


TYPES: Final = {
    "QueryVariable": "query",
    "CustomVariable": "custom",
    "IntervalVariable": "interval",
    "ConstantVariable": "constant",
    "TextVariable": "textbox",
    "DatasourceVariable": "datasource",
    "SwitchVariable": "switch",
    "AdhocVariable": "adhoc",
    "GroupByVariable": "groupby",
}
"""The kind of a variable to its type in the classic schema."""

_REFRESH: Final = {"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}


def _as_classic(variable: dict[str, Any]) -> dict[str, Any]:
    """A variable in the words of the classic schema."""
    own = _spec(variable)
    kind = TYPES.get(text_of(variable, "kind"), "")
    if kind == "datasource":
        return {**own, "type": kind, "query": text_of(own, "pluginId")}
    if kind == "query":
        query = own.get("query")
        inner = query if isinstance(query, dict) else {}
        refresh = _REFRESH.get(text_of(own, "refresh"), 0)
        text = Query("", "", _source(inner), _spec(inner)).text[1]
        return {**own, "type": kind, "query": text, "datasource": _source(inner), "refresh": refresh}
    return {**own, "type": kind}


def _spec(part: JSON) -> dict[str, Any]:
    spec = part.get("spec") if isinstance(part, dict) else None
    return spec if isinstance(spec, dict) else {}


def _list(value: JSON) -> list[Any]:
    return value if isinstance(value, list) else []


def _token(name: str) -> str:
    """A name as part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
