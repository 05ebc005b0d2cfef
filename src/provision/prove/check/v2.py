"""Dashboards of Grafana's second generation (v2), as the checks look at them.

A panel is an element, its queries are under `data`, and a query holds its data source: the plug-in's type as
`group`, the uid as `datasource.name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provision.model import JSON, Definition
from provision.prove.check.estate import Dashboard, objects, text_of


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


def dashboard(definition: Definition, spec: dict[str, Any], folder: str) -> Dashboard:
    """A dashboard of the second generation; its variables are known by name."""
    variables = {
        text_of(_spec(variable), "name"): (-1, _as_classic(variable))
        for _, variable in objects(spec.get("variables"))
    }
    return Dashboard(definition, spec, folder, (), variables, is_v2=True)


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


def _as_classic(variable: dict[str, Any]) -> dict[str, Any]:
    """As much of a variable as says which plug-in it chooses among."""
    chooses = variable.get("kind") == "DatasourceVariable"
    return {"type": "datasource", "query": text_of(_spec(variable), "pluginId")} if chooses else {}


def _spec(part: JSON) -> dict[str, Any]:
    spec = part.get("spec") if isinstance(part, dict) else None
    return spec if isinstance(spec, dict) else {}


def _token(name: str) -> str:
    """A name as part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
