"""The PromQL that dashboards and rules hold: panels, library panels, variables, annotations, rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provision.promql.variable_queries import variable_query as parts_of
from provision.promql.variables import placeholder
from provision.prove.check import v2
from provision.prove.check.estate import Dashboard, Expression, Group, objects, text_of
from provision.prove.check.references import Sources, speaks_promql


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
                yield _expression(expr, dashboard, pointer, f"variable ${name}")
    yield from _annotations(dashboard, sources)


def _second_generation(dashboard: Dashboard, sources: Sources) -> Iterator[Expression]:
    for query in v2.queries(dashboard):
        field, text = query.text
        expr = variable_expression({"query": text}) if query.of_variable else text
        if expr.strip() and speaks_promql(query.datasource, expr, dashboard.variables, sources):
            yield _expression(expr, dashboard, f"{query.pointer}/spec/{field}", query.what)


def group_expressions(group: Group) -> Iterator[Expression]:
    """The PromQL of a rule group."""
    for rule in group.rules:
        expr = text_of(rule.body, "expr")
        if expr.strip():
            yield Expression(expr, expr, group, f"{rule.pointer}/expr", rule.subject)


def variable_query(variable: dict[str, Any]) -> str:
    """The query of a variable as it is written, such as `label_values(up, job)`."""
    query = variable.get("query")
    return query if isinstance(query, str) else text_of(query, "query")


def variable_expression(variable: dict[str, Any]) -> str:
    """The PromQL in the query of a variable; empty when there is none, as in `label_values(job)`."""
    return parts_of(variable_query(variable)).expr


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


def _expression(text: str, dashboard: Dashboard, pointer: str, what: str) -> Expression:
    return Expression(text, placeholder(text), dashboard, pointer, what)
