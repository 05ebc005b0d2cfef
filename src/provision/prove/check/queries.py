"""The PromQL that dashboards and rules hold: panels, library panels, variables, annotations, rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from provision.promql.variable_queries import VariableQuery
from provision.promql.variable_queries import variable_query as parts_of
from provision.promql.variables import placeholder
from provision.prove.check import v2
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.parts import Dashboard, Expression, Group, Panel
from provision.prove.check.references import LOKI, Sources, plugin_of, speaks_promql


class PanelQuery(NamedTuple):
    """A query of a panel.

    Attributes:
        path: path of its text in the panel.
        text: the text, as it was written.
        target: what else is said of it, as the classic schema writes it.
    """

    path: str
    text: str
    target: dict[str, Any]

    @property
    def what(self) -> str:
        """What people call it, within its panel."""
        return f"query {text_of(self.target, 'refId') or '?'}"


def dashboard_expressions(dashboard: Dashboard, sources: Sources) -> Iterator[Expression]:
    """The PromQL of a dashboard; what it asks of other data sources is left out."""
    if dashboard.is_v2:
        yield from _second_generation(dashboard, sources)
        return
    for panel in dashboard.panels:
        if panel.body.get("targets"):
            found = _targets(panel.body, panel.pointer, dashboard, sources)
            for pointer, what, expr in found:
                yield _expression(expr, dashboard, pointer, f"{panel.subject}, {what}")
    elements = dashboard.spec.get("__elements")
    for name, element in elements.items() if isinstance(elements, dict) else ():
        model = element.get("model") if isinstance(element, dict) else None
        if isinstance(model, dict):
            found = _targets(model, f"/spec/__elements/{name}/model", dashboard, sources)
            for pointer, what, expr in found:
                yield _expression(expr, dashboard, pointer, f'library panel "{name}", {what}')
    for name, (position, variable) in dashboard.variables.items():
        if text_of(variable, "type") == "query" and position >= 0:
            expr = variable_expression(variable)
            if expr and speaks_promql(variable.get("datasource"), expr, dashboard.variables, sources):
                pointer = f"/spec/templating/list/{position}/query"
                yield _expression(expr, dashboard, pointer, f"variable ${name}", variable_query(variable))
    yield from _annotations(dashboard, sources)


def _second_generation(dashboard: Dashboard, sources: Sources) -> Iterator[Expression]:
    for query in v2.queries(dashboard):
        field, text = query.text
        expr = variable_expression({"query": text}) if query.of_variable else text
        if expr.strip() and speaks_promql(query.datasource, expr, dashboard.variables, sources):
            yield _expression(expr, dashboard, f"{query.pointer}/spec/{field}", query.what, text)


def group_expressions(group: Group) -> Iterator[Expression]:
    """The PromQL of a rule group."""
    for rule in group.rules:
        expr = text_of(rule.body, "expr")
        if expr.strip():
            yield Expression(expr, group, f"{rule.pointer}/expr", rule.subject, expr)


def variable_query(variable: dict[str, Any]) -> str:
    """The query of a variable as it is written, such as `label_values(up, job)`."""
    query = variable.get("query")
    return query if isinstance(query, str) else text_of(query, "query")


def variable_expression(variable: dict[str, Any]) -> str:
    """The PromQL in the query of a variable; empty when there is none, as in `label_values(job)`, or in a call of
    something that Grafana doesn't know, which `template-label-promql` tells of."""
    text = variable_query(variable)
    parts = parts_of(text)
    return "" if called(parts, text) else parts.expr


def called(parts: VariableQuery, text: str) -> str:
    """The function that a variable's query calls although Grafana has none of that name; empty for none."""
    call = None if parts.function else _CALL.fullmatch(text)
    return call[1] if call else ""


_CALL: Final = re.compile(r"\s*(\w+)\s*\(.*\)\s*", re.DOTALL | re.ASCII)


def queries_of(
    panel: Panel, dashboard: Dashboard, sources: Sources, word: str = "", unless: str = "\0"
) -> Iterator[PanelQuery]:
    """The PromQL of a panel of either generation in which that word stands and not the other, hidden queries left out: for
    checks that look at panels. `Estate.expressions` has everything."""
    targets = panel.body.get("targets")
    for index, target in enumerate(targets if isinstance(targets, list) else ()):
        expr = target.get("expr") if isinstance(target, dict) else None
        if not isinstance(expr, str) or word not in expr or unless in expr:
            continue
        if target.get("hide") is not True and expr.strip():
            asked = target.get("datasource") or panel.body.get("datasource")
            if speaks_promql(asked, expr, dashboard.variables, sources):
                yield PanelQuery(f"targets/{index}/expr", expr, target)


def panel_queries(
    dashboard: Dashboard, sources: Sources, word: str, unless: str = "\0"
) -> Iterator[tuple[Panel, PanelQuery]]:
    """The same of all panels of a dashboard, each with its panel."""
    for panel in dashboard.panels:
        for query in queries_of(panel, dashboard, sources, word, unless):
            yield panel, query


def loki_queries(dashboard: Dashboard, sources: Sources) -> Iterator[tuple[Panel, PanelQuery]]:
    """The queries of the panels of a dashboard that ask Loki, hidden ones left out."""
    for panel in dashboard.panels:
        own = panel.body.get("datasource")
        for path, target in objects(panel.body.get("targets"), "targets"):
            expr = target.get("expr")
            asked = target.get("datasource") or own
            if isinstance(asked, dict) and asked.get("type", LOKI) != LOKI:
                continue
            if (
                isinstance(expr, str)
                and expr.strip()
                and target.get("hide") is not True
                and plugin_of(asked, dashboard.variables, sources) == LOKI
            ):
                yield panel, PanelQuery(f"{path}/expr", expr, target)


def _targets(
    panel: dict[str, Any], pointer: str, dashboard: Dashboard, sources: Sources
) -> Iterator[tuple[str, str, str]]:
    """Pointer, what people call it, and text of each PromQL query of a panel."""
    own = panel.get("datasource")
    for at, target in objects(panel.get("targets"), f"{pointer}/targets"):
        expr = target.get("expr")
        if isinstance(expr, str) and expr.strip():
            asked = target.get("datasource") or own
            if speaks_promql(asked, expr, dashboard.variables, sources):
                yield f"{at}/expr", f"query {text_of(target, 'refId') or '?'}", expr


def _annotations(dashboard: Dashboard, sources: Sources) -> Iterator[Expression]:
    annotations = dashboard.spec.get("annotations")
    listed = annotations.get("list") if isinstance(annotations, dict) else None
    for pointer, annotation in objects(listed, "/spec/annotations/list"):
        target = annotation.get("target")
        held = target if isinstance(target, dict) and text_of(target, "expr") else annotation
        expr = text_of(held, "expr")
        if expr.strip() and speaks_promql(annotation.get("datasource"), expr, dashboard.variables, sources):
            at = f"{pointer}/expr" if held is annotation else f"{pointer}/target/expr"
            yield _expression(expr, dashboard, at, f'annotation "{text_of(annotation, "name")}"')


def _expression(text: str, dashboard: Dashboard, pointer: str, what: str, within: str = "") -> Expression:
    """The expression with that text, or with that text within another."""
    offset = max(0, within.find(text))
    return Expression(text, dashboard, pointer, what, placeholder(text), offset)
