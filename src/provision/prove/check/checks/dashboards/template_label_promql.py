"""Every variable that asks Prometheus asks something that gives choices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.variable_queries import VariableQuery, variable_query
from provision.prove.check import queries
from provision.prove.check.bodies import suggestion, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.references import PROMETHEUS, plugin_of

ID = "template-label-promql"

_FUNCTIONS: Final = ("label_names", "label_values", "metrics", "query_result")
_LABEL: Final = re.compile(r"[A-Za-z_$][\w${}:\[\].]*", re.ASCII)


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Variables whose list stays empty, or holds what can't be used."""
    for name, (position, variable) in dashboard.variables.items():
        if position < 0 or text_of(variable, "type") != "query":
            continue
        if plugin_of(variable.get("datasource"), dashboard.variables, estate.sources) not in PROMETHEUS:
            continue
        text = queries.variable_query(variable)
        found = _fault(text, variable_query(text), has_regex=bool(text_of(variable, "regex").strip()))
        if found:
            severity, message, remedy = found
            yield estate.finding(
                ID,
                severity,
                dashboard.definition,
                dashboard.at(position, "query"),
                f"{dashboard.subject}, variable ${name}",
                message,
                remedy,
            )


def _fault(text: str, asked: VariableQuery, *, has_regex: bool) -> tuple[Severity, str, str] | None:
    """How bad it is, what is wrong, and what to do; None when nothing is."""
    if not text.strip():
        return "warning", "it asks for nothing", "ask for the values of a label: label_values(METRIC, LABEL)"
    if asked.function == "label_values" and not _LABEL.fullmatch(asked.label):
        return "error", f"{asked.label!r} is no label", "write label_values(METRIC, LABEL)"
    function = queries.called(asked, text)
    if function:
        remedy = (
            suggestion(function, _FUNCTIONS)
            or "write query_result(…) around it, and a regex that picks the choices"
        )
        return (
            "error",
            f"Grafana has no {function}() for variables, and asks for a series of that name",
            remedy,
        )
    if asked.function in ("", "query_result") and not has_regex:
        return (
            "warning",
            f"its choices are whole {'results' if asked.function else 'series'} with all their labels",
            "write label_values(METRIC, LABEL), or give it a regex that picks the choices",
        )
    return None
