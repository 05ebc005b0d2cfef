"""Variables of the house style that dashboard-linter holds dashboards to: `datasource`, `job` and `instance`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from provision.model import Finding
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.references import reference

_DATASOURCES: Final = frozenset(
    {"$datasource", "${datasource}", "$prometheus_datasource", "${prometheus_datasource}"}
)


def datasource_variables(dashboard: Dashboard) -> list[tuple[str, int, dict[str, Any]]]:
    """Name, position and body of each variable that chooses among data sources; not what an import asks for."""
    return [
        (name, position, variable)
        for name, (position, variable) in dashboard.variables.items()
        if position >= 0 and text_of(variable, "type") == "datasource"
    ]


def chooses_prometheus(dashboard: Dashboard) -> bool:
    """Whether the first variable that chooses among data sources chooses among those of Prometheus."""
    first = datasource_variables(dashboard)[:1]
    return any(text_of(variable, "query") == "prometheus" for _, _, variable in first)


def faults(estate: Estate, dashboard: Dashboard, id_: str, name: str) -> Iterator[Finding]:
    """Where a dashboard about Prometheus departs from the house style in the variable for that label.

    Args:
        id_: the check's.
        name: `job` or `instance`.
    """
    if not chooses_prometheus(dashboard):
        return
    position, variable = dashboard.variables.get(name, (-1, {}))
    subject = f"{dashboard.subject}, variable ${name}"
    if position < 0:
        yield estate.finding(
            id_, "warning", dashboard.definition, "/spec", dashboard.subject, f"it has no variable ${name}",
            f"add one of type query: label_values(METRIC, {name})",
        )  # fmt: skip
        return
    asked = reference(variable.get("datasource"))
    label = name.capitalize()
    wrong = (
        (text_of(variable, "type") != "query", "type", "it isn't asked of Prometheus", "make it one of type query"),
        (asked not in _DATASOURCES, "datasource/uid", "it doesn't follow the chosen data source", "ask ${datasource}"),
        (text_of(variable, "label") != label, "label", f"its label isn't {label!r}", f"call it {label}"),
        (variable.get("multi") is not True, "multi", "only one value can be chosen", "let it be multi"),
        (text_of(variable, "allValue") != ".+", "allValue", "All isn't the expression .+", 'set allValue to ".+"'),
    )  # fmt: skip
    for is_wrong, field, message, remedy in wrong:
        if is_wrong:
            at = dashboard.at(position, field)
            yield estate.finding(id_, "warning", dashboard.definition, at, subject, message, remedy)
