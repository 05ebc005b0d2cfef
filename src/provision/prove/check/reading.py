"""Definitions to an estate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from provision.compile.kinds import (
    DASHBOARD,
    DATASOURCE,
    GRAFANA_RULE_GROUP,
    PROMETHEUS,
    RULE_GROUP,
    SCRAPE_CONFIG,
)
from provision.model import JSON, Definition, decode
from provision.project import Project
from provision.prove.check import v2
from provision.prove.check.bodies import objects, text_of
from provision.prove.check.estate import Estate, Shown
from provision.prove.check.lines import Sources as Written
from provision.prove.check.lines import placer
from provision.prove.check.parts import Dashboard, Expression, Group, Panel, Rule
from provision.prove.check.queries import dashboard_expressions, group_expressions
from provision.prove.check.references import PROMETHEUS as PROMQL
from provision.prove.check.references import sources_of
from provision.prove.check.scrapes import scrapes_of
from provision.prove.check.tools import Tools

_KEPT_BYTES: Final = 24 << 20
"""Dashboards of up to so much text are decoded once, which takes ten times as much memory; of more of them each is
decoded whenever a check comes to it, which takes a tenth longer."""


def estate_of(
    definitions: Sequence[Definition],
    project: Project,
    tools: Tools,
    guests: frozenset[str] = frozenset(),
    parameters: Mapping[str, object] | None = None,
    meant: frozenset[str] = PROMQL,
) -> Estate:
    """The estate of these definitions.

    Args:
        guests: paths of files that aren't the project's.
        parameters: the `Settings` of the checks that have such, by id.
        meant: the plug-ins of data sources whose queries are its expressions.
    """
    shown = [definition for definition in definitions if definition.kind == DASHBOARD]
    groups: list[Group] = []
    others: dict[str, list[tuple[Definition, JSON]]] = {}
    for definition in definitions:
        if definition.kind == RULE_GROUP:
            groups.append(_group(definition, decode(definition.body)))
        elif definition.kind != DASHBOARD:
            others.setdefault(definition.kind, []).append((definition, decode(definition.body)))
    written = Written(project.root)
    sources = sources_of(others.get(DATASOURCE, ()), meant)

    def read(definition: Definition) -> Dashboard:
        return _dashboard(definition, decode(definition.body))

    def expressions_of(owner: Dashboard | Group) -> Iterator[Expression]:
        return group_expressions(owner) if isinstance(owner, Group) else dashboard_expressions(owner, sources)

    few = sum(len(definition.body) for definition in shown) <= _KEPT_BYTES
    return Estate(
        project=project,
        definitions=definitions,
        tools=tools,
        guests=guests,
        dashboards=Shown(shown, read, few),
        groups=tuple(groups),
        groups_of_grafana=tuple(_group_of_grafana(*each) for each in others.get(GRAFANA_RULE_GROUP, ())),
        expressions_of=expressions_of,
        others={kind: tuple(found) for kind, found in others.items()},
        place=placer(written),
        columns=written.columns,
        parameters=dict(parameters or {}),
        records=_records(groups),
        sources=sources,
        scrapes=scrapes_of(others.get(PROMETHEUS, ()), others.get(SCRAPE_CONFIG, ())),
    )


def _records(groups: Iterable[Group]) -> dict[str, list[tuple[Group, Rule]]]:
    found: dict[str, list[tuple[Group, Rule]]] = {}
    for group in groups:
        for rule in group.rules:
            if rule.kind == "record" and rule.name:
                found.setdefault(rule.name, []).append((group, rule))
    return found


def _dashboard(definition: Definition, body: JSON) -> Dashboard:
    spec = body["spec"]
    if "schema" in body:
        return v2.dashboard(definition, spec, body["folder"], body["schema"])
    panels: list[Panel] = []
    for pointer, row in objects(spec.get("rows"), "/spec/rows"):
        panels.extend(Panel(at, panel) for at, panel in objects(row.get("panels"), f"{pointer}/panels"))
    for pointer, panel in objects(spec.get("panels"), "/spec/panels"):
        panels.append(Panel(pointer, panel))
        if "panels" in panel:
            panels.extend(Panel(at, inner) for at, inner in objects(panel["panels"], f"{pointer}/panels"))
    templating = spec.get("templating")
    listed = templating.get("list") if isinstance(templating, dict) else None
    variables: dict[str, tuple[int, dict[str, Any]]] = {}
    for pointer, variable in objects(listed):
        variables.setdefault(text_of(variable, "name"), (int(pointer[1:]), variable))
    # An export may ask for a data source by the name of the variable that chooses it: the variable is what it has.
    for _, item in objects(spec.get("__inputs")):
        variables.setdefault(text_of(item, "name"), (-1, item))
    return Dashboard(definition, spec, body["folder"], tuple(panels), variables)


def _group(definition: Definition, body: JSON) -> Group:
    group = body["group"]
    rules = []
    for pointer, rule in objects(group.get("rules"), "/group/rules"):
        kind = "alert" if "alert" in rule else "record"
        rules.append(Rule(pointer, rule, kind, text_of(rule, kind)))
    return Group(definition, body["file"], body["index"], group, tuple(rules))


def _group_of_grafana(definition: Definition, body: JSON) -> Group:
    rules = []
    for pointer, rule in objects(body.get("rules"), "/rules"):
        kind = "record" if rule.get("record") else "alert"
        rules.append(Rule(pointer, rule, kind, text_of(rule, "title")))
    return Group(definition, "", 0, {"name": text_of(body, "title")}, tuple(rules))
