"""Every definition has the structure that its server needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.resources import files
from itertools import islice
from typing import Any

import jsonschema_rs
import orjson

from provision.compile.dialect.grafana_v2 import SCHEMAS
from provision.compile.kinds import (
    ALERTMANAGER,
    DATASOURCE,
    INHIBIT,
    PROMETHEUS,
    RECEIVER,
    ROUTE,
    SCRAPE_CONFIG,
    TIME_INTERVAL,
)
from provision.model import JSON, Definition, Finding
from provision.prove.check import structure_v2
from provision.prove.check.bodies import subject_of
from provision.prove.check.estate import Estate
from provision.prove.check.explain import faults
from provision.prove.check.parts import Dashboard, Group
from provision.schemas import schema as shipped

ID = "schema"

_MOST = 5
"""Faults told of one definition; what else is wrong shows when these are mended."""

_OTHERS = (DATASOURCE, SCRAPE_CONFIG, RECEIVER, ROUTE, INHIBIT, TIME_INTERVAL, PROMETHEUS, ALERTMANAGER)


def check(estate: Estate) -> Iterator[Finding]:
    """Where a definition breaks its schema."""
    dashboards = _validator("dashboard")
    for dashboard in estate.dashboards:
        if dashboard.schema in SCHEMAS:
            yield from _of_second_generation(estate, dashboard)
        elif dashboard.is_v2:
            continue  # of a version that nothing is known of, in an exact file
        elif not dashboards.is_valid(dashboard.spec):
            part_of = partial(_part_of_dashboard, dashboard)
            yield from _faults(estate, dashboard.definition, dashboard.spec, "dashboard", "/spec", part_of)
    groups = _validator("rule-group")
    for group in estate.groups:
        if not groups.is_valid(group.body):
            part_of = partial(_part_of_group, group)
            yield from _faults(estate, group.definition, group.body, "rule-group", "/group", part_of)
    for kind in _OTHERS:
        for definition, body in estate.of(kind):
            if not _validator(kind).is_valid(body):
                part_of = partial(_whole, subject_of(definition))
                yield from _faults(estate, definition, body, kind, "", part_of)


def _faults(
    estate: Estate,
    definition: Definition,
    body: JSON,
    name: str,
    base: str,
    part_of: Callable[[str], tuple[str, str]],
) -> Iterator[Finding]:
    for fault in faults(body, _schema(name), _MOST, part_of):
        yield estate.finding(ID, "error", definition, f"{base}{fault.pointer}", fault.subject, fault.message)


def _of_second_generation(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    for fault in islice(structure_v2.faults(dashboard.spec, dashboard.schema), _MOST):
        subject, _ = _part_of_dashboard(dashboard, fault.pointer)
        yield estate.finding(
            ID, "error", dashboard.definition, f"/spec{fault.pointer}", subject, fault.message
        )


def _part_of_dashboard(dashboard: Dashboard, pointer: str) -> tuple[str, str]:
    subject, part = dashboard.subject, ""
    for panel in dashboard.panels:  # a panel inside a row comes after the row
        inner = panel.pointer.removeprefix("/spec")
        if f"{pointer}/".startswith(f"{inner}/"):
            subject, part = f"{dashboard.subject}, {panel.subject}", inner
    for name, (position, _) in dashboard.variables.items():
        inner = f"/variables/{position}" if dashboard.is_v2 else f"/templating/list/{position}"
        if f"{pointer}/".startswith(f"{inner}/"):
            subject, part = f"{dashboard.subject}, variable ${name}", inner
    return subject, part


def _part_of_group(group: Group, pointer: str) -> tuple[str, str]:
    for rule in group.rules:
        inner = rule.pointer.removeprefix("/group")
        if f"{pointer}/".startswith(f"{inner}/"):
            return group.about(rule), inner
    return group.subject, ""


def _whole(subject: str, _pointer: str) -> tuple[str, str]:
    return subject, ""


@cache
def _schema(name: str) -> dict[str, Any]:
    if name == "dashboard":
        return shipped(name)
    file = files("provision.prove.check") / "schemas" / f"{name}.json"
    document: dict[str, Any] = orjson.loads(file.read_bytes())
    return document


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for(_schema(name))
