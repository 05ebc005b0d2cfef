"""Definitions to an estate."""

from __future__ import annotations

from collections.abc import Sequence

from provision.compile.kinds import DASHBOARD, DATASOURCE, RULE_GROUP
from provision.model import JSON, Definition, decode
from provision.project import Project
from provision.prove.check import v2
from provision.prove.check.estate import Dashboard, Estate, Group, Panel, Rule, objects, text_of
from provision.prove.check.lines import placer
from provision.prove.check.queries import dashboard_expressions, group_expressions
from provision.prove.check.references import sources_of
from provision.prove.check.tools import Tools


def estate_of(
    definitions: Sequence[Definition],
    project: Project,
    tools: Tools,
    guests: frozenset[str] = frozenset(),
) -> Estate:
    """The estate of these definitions; each is decoded once.

    Args:
        guests: paths of files that aren't the project's.
    """
    dashboards: list[Dashboard] = []
    groups: list[Group] = []
    others: dict[str, list[tuple[Definition, JSON]]] = {}
    for definition in definitions:
        body = decode(definition.body)
        if definition.kind == DASHBOARD:
            dashboards.append(_dashboard(definition, body))
        elif definition.kind == RULE_GROUP:
            groups.append(_group(definition, body))
        else:
            others.setdefault(definition.kind, []).append((definition, body))
    sources = sources_of(others.get(DATASOURCE, ()))
    expressions = [
        *(expression for dashboard in dashboards for expression in dashboard_expressions(dashboard, sources)),
        *(expression for group in groups for expression in group_expressions(group)),
    ]
    return Estate(
        project=project,
        definitions=definitions,
        tools=tools,
        guests=guests,
        dashboards=tuple(dashboards),
        groups=tuple(groups),
        expressions=tuple(expressions),
        others={kind: tuple(found) for kind, found in others.items()},
        place=placer(project.root),
    )


def _dashboard(definition: Definition, body: JSON) -> Dashboard:
    spec = body["spec"]
    if "schema" in body:
        return v2.dashboard(definition, spec, body["folder"])
    panels: list[Panel] = []
    for pointer, row in objects(spec.get("rows"), "/spec/rows"):
        panels.extend(Panel(at, panel) for at, panel in objects(row.get("panels"), f"{pointer}/panels"))
    for pointer, panel in objects(spec.get("panels"), "/spec/panels"):
        panels.append(Panel(pointer, panel))
        if "panels" in panel:
            panels.extend(Panel(at, inner) for at, inner in objects(panel["panels"], f"{pointer}/panels"))
    variables = {text_of(item, "name"): (-1, item) for _, item in objects(spec.get("__inputs"))}
    templating = spec.get("templating")
    listed = templating.get("list") if isinstance(templating, dict) else None
    for pointer, variable in objects(listed):
        variables.setdefault(text_of(variable, "name"), (int(pointer[1:]), variable))
    return Dashboard(definition, spec, body["folder"], tuple(panels), variables)


def _group(definition: Definition, body: JSON) -> Group:
    group = body["group"]
    rules = []
    for pointer, rule in objects(group.get("rules"), "/group/rules"):
        kind = "alert" if "alert" in rule else "record"
        rules.append(Rule(pointer, rule, kind, text_of(rule, kind)))
    return Group(definition, body["file"], body["index"], group, tuple(rules))
