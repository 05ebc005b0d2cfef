"""Groups, records and alerts to rule-group definitions; YAML rule files taken over as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from provision.author import Alert, Group, Record
from provision.author.place import Written
from provision.compile import rulefiles, waivers
from provision.compile.keys import folder_of, inside, rule_file_of
from provision.compile.kinds import RULE_GROUP
from provision.compile.values import labels
from provision.compile.waiver_comments import commented
from provision.errors import Problem
from provision.model import Definition, Place, decode, encode

Locate = Callable[[Written], Place | None]


def compile_group(path: str, group: Group, place: Place, locate: Locate) -> list[Definition]:
    """The definition of one group, whose position in the file is set by `indexed`, and its waivers.

    Raises:
        TypeError: labels or annotations aren't any.
    """
    body = _without_empty(
        {
            "name": group.name,
            "interval": group.interval,
            "query_offset": group.query_offset,
            "limit": group.limit,
            "labels": labels(group.labels, f"group {group.name!r}: labels"),
            "rules": [rule_body(rule) for rule in group.rules],
        }
    )
    body.setdefault("rules", [])
    places = [(f"/group/rules/{n}", locate(rule.where)) for n, rule in enumerate(group.rules)]
    found = [(pointer, at) for pointer, at in places if at]
    made = _definition(path, body, place, found, folder=group.folder, datasource=group.datasource)
    return [made, *waivers.of_rules(path, group, made, place, locate)]


def rule_body(rule: Record | Alert) -> dict[str, Any]:
    """A rule as Prometheus writes it.

    Raises:
        TypeError: labels or annotations aren't any.
    """
    if isinstance(rule, Record):
        found = labels(rule.labels, f"record {rule.record!r}: labels")
        return _without_empty({"record": rule.record, "expr": rule.expr, "labels": found})
    found = labels(rule.labels, f"alert {rule.alert!r}: labels")
    annotations = {
        "summary": rule.summary,
        "description": rule.description,
        "runbook_url": rule.runbook_url,
        "dashboard_url": rule.dashboard_url,
        **labels(rule.annotations, f"alert {rule.alert!r}: annotations"),
    }
    return _without_empty(
        {
            "alert": rule.alert,
            "expr": rule.expr,
            "for": rule.for_,
            "keep_firing_for": rule.keep_firing_for,
            "labels": _without_empty({"severity": rule.severity, **found}),
            "annotations": _without_empty(annotations),
        }
    )


def loose(path: str, rules: Sequence[tuple[Record | Alert, Place]], locate: Locate) -> list[Definition]:
    """Module-level rules that stand in no group: one group named after the source."""
    if not rules:
        return []
    group = Group(name=inside(path)[-1], rules=[rule for rule, _ in rules])
    return compile_group(path, group, rules[0][1], locate)


def indexed(definitions: Iterable[Definition]) -> list[Definition]:
    """The definitions of one source, with each group's position in its file."""
    position = 0
    result = []
    for definition in definitions:
        if definition.kind == RULE_GROUP:
            body = decode(definition.body) | {"index": position}
            definition = replace(definition, body=encode(body))  # noqa: PLW2901  # the indexed one takes its place
            position += 1
        result.append(definition)
    return result


def from_file(path: str, content: bytes) -> tuple[list[Definition], list[Problem]]:
    """The groups of a YAML rule file, fields as they are, and the waivers in its comments."""
    file = rulefiles.read(path, content)
    definitions = []
    for found in file.groups:
        parts = [(f"/group/rules/{n}", Place(path, line)) for n, line in enumerate(found.rule_lines)]
        definitions.append(_definition(path, found.group, Place(path, found.line), parts))
    waived, problems = commented(path, content, definitions)
    return waivers.numbered([*indexed(definitions), *waived]), [*file.problems, *problems]


def _definition(
    path: str,
    group: dict[str, Any],
    place: Place,
    parts: list[tuple[str, Place]],
    *,
    folder: str | None = None,
    datasource: str | None = None,
) -> Definition:
    file = rule_file_of(path)
    body: dict[str, Any] = {"file": file, "index": 0, "group": group}
    if folder or folder_of(path):
        body["folder"] = (folder or folder_of(path)).strip("/")
    if datasource:
        body["datasource"] = datasource
    return Definition(RULE_GROUP, f"{file}/{group['name']}", encode(body), place, tuple(parts))


def _without_empty(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None and value not in ({}, [])}
