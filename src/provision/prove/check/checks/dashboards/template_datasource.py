"""Every dashboard lets its readers choose its data sources, under a name and a label of a certain form, if that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.templates import datasource_variables

ID = "template-datasource"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: whether dashboards must have it.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """What a dashboard lacks of it."""
    if not estate.settings(ID, Settings).required:
        return
    variables = datasource_variables(dashboard)
    if not variables:
        yield estate.finding(
            ID, "warning", dashboard.definition, "/spec", dashboard.subject,
            "its data source can't be chosen", "add a variable of type datasource that is called datasource",
        )  # fmt: skip
    for name, position, variable in variables:
        plugin = text_of(variable, "query")
        names = [f"{plugin.lower()}_datasource"]
        labels = [f"{plugin.title()} data source"]
        if len(variables) == 1:
            names.append("datasource")
            labels.append("Data source")
        subject = f"{dashboard.subject}, variable ${name}"
        if name not in names:
            yield estate.finding(
                ID, "warning", dashboard.definition, dashboard.at(position, "name"), subject,
                f"it isn't called {' or '.join(names)}", "rename it, and where it is used",
            )  # fmt: skip
        elif text_of(variable, "label") not in labels:
            yield estate.finding(
                ID, "info", dashboard.definition, dashboard.at(position, "label"), subject,
                f"its label isn't {' or '.join(map(repr, labels))}", "give it that label",
            )  # fmt: skip
