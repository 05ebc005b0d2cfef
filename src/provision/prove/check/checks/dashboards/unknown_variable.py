"""Every `$variable` that a dashboard uses is one it defines, or Grafana's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.variables import is_builtin, names
from provision.prove.check import v2
from provision.prove.check.bodies import and_more, objects, suggestion, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.queries import variable_query
from provision.prove.check.references import reference

ID = "unknown-variable"

Use = tuple[str, str, Severity, str]
"""Pointer, what uses it, how bad it is, and the text."""


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Variables that a dashboard uses and doesn't define; one finding for each, at the first place."""
    missing: dict[str, list[Use]] = {}
    for use in _uses(dashboard):
        text = use[3]
        for name in sorted(names(text) - dashboard.variables.keys()):
            if not is_builtin(name) and not name[0].isdigit() and not _is_literal(name, text):
                missing.setdefault(name, []).append(use)
    for name, uses in missing.items():
        pointer, what, severity, _ = next((use for use in uses if use[2] == "error"), uses[0])
        yield estate.finding(
            ID,
            severity,
            dashboard.definition,
            pointer,
            and_more(f"{dashboard.subject}, {what}", len(uses)),
            f"the dashboard doesn't define ${name}",
            suggestion(name, dashboard.variables) or "define it, or write what is meant",
            also=[at for at, *_ in uses if at != pointer],
        )


def _is_literal(name: str, text: str) -> bool:
    """Whether it is the group of a regular expression, or the dollar before it is escaped everywhere: `!~"\\\\$SYS.*"`."""
    return f"(?P<{name}>" in text or not re.search(rf"(?<!\\)(?:\${{?|\[\[){name}\b", text)


def _uses(dashboard: Dashboard) -> Iterator[Use]:
    yield from _uses_of_v2(dashboard) if dashboard.is_v2 else _uses_of_classic(dashboard)


def _uses_of_v2(dashboard: Dashboard) -> Iterator[Use]:
    for pointer, title in v2.titles(dashboard):
        yield pointer, f'panel "{title}"', "warning", title
    for pointer, name in v2.repeats(dashboard):
        yield pointer, "layout", "error", f"${name}"
    for query in v2.queries(dashboard):
        yield f"{query.pointer}/datasource/name", query.what, "error", query.datasource["uid"]
        field, text = query.text
        yield f"{query.pointer}/spec/{field}", query.what, "error", text
        for name, severity in _FIELDS[1:]:
            yield f"{query.pointer}/spec/{name}", query.what, severity, text_of(query.body, name)


def _uses_of_classic(dashboard: Dashboard) -> Iterator[Use]:
    for panel in dashboard.panels:
        body = panel.body
        title = text_of(body, "title")
        if "$" in title or "[[" in title:
            yield f"{panel.pointer}/title", panel.subject, "warning", title
        repeat = text_of(body, "repeat")
        if repeat:
            yield f"{panel.pointer}/repeat", f"{panel.subject}, repeat", "error", f"${repeat}"
        own = reference(body.get("datasource"))
        if "$" in own or "[[" in own:
            yield f"{panel.pointer}/datasource/uid", panel.subject, "error", own
        for pointer, target in objects(body.get("targets"), f"{panel.pointer}/targets"):
            what = f"{panel.subject}, query {text_of(target, 'refId') or '?'}"
            asked = reference(target.get("datasource"))
            if "$" in asked or "[[" in asked:
                yield f"{pointer}/datasource/uid", what, "error", asked
            for name, severity in _FIELDS:
                text = target.get(name)
                if isinstance(text, str) and ("$" in text or "[[" in text):
                    yield f"{pointer}/{name}", what, severity, text
    for name, (position, variable) in dashboard.variables.items():
        if position >= 0:
            pointer = f"/spec/templating/list/{position}"
            yield f"{pointer}/query", f"variable ${name}", "error", variable_query(variable)
            asked = reference(variable.get("datasource"))
            yield f"{pointer}/datasource/uid", f"variable ${name}", "error", asked
    annotations = dashboard.spec.get("annotations")
    listed = annotations.get("list") if isinstance(annotations, dict) else None
    for pointer, annotation in objects(listed, "/spec/annotations/list"):
        what = f'annotation "{text_of(annotation, "name")}"'
        yield f"{pointer}/expr", what, "error", text_of(annotation, "expr")
        yield f"{pointer}/target/expr", what, "error", text_of(annotation.get("target"), "expr")
        yield f"{pointer}/datasource/uid", what, "error", reference(annotation.get("datasource"))


_FIELDS: tuple[tuple[str, Severity], ...] = (
    ("expr", "error"),
    ("interval", "error"),
    ("legendFormat", "warning"),
)
"""Fields of a query in which variables count."""
