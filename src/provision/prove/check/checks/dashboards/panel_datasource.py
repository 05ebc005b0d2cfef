"""Every panel asks the data source that the reader has chosen, where one can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provision.model import JSON, Finding
from provision.promql.variables import names
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.references import BUILT_IN, plugin_of, reference
from provision.prove.check.templates import datasource_variables
from provision.prove.check.together import panels, together

ID = "panel-datasource"

_TYPES: Final = frozenset({"graph", "singlestat", "table", "timeseries"})
"""The panels that dashboard-linter looks at."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: ask it of every panel, as dashboard-linter does, even where no data source can be chosen.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all panels of the dashboard that ask a certain data source."""
    variables = datasource_variables(dashboard)
    if estate.settings(ID, Settings).required:
        chosen = {text for name, _, _ in variables for text in (f"${name}", f"${{{name}}}")}
        fixed = [
            panel
            for panel in dashboard.panels
            if text_of(panel.body, "type") in _TYPES and reference(panel.body.get("datasource")) not in chosen
        ]
    else:
        plugins = {text_of(variable, "query"): name for name, _, variable in variables}
        fixed = [
            panel for panel in dashboard.panels if plugins and _is_fixed(estate, dashboard, panel, plugins)
        ]
    asked = reference(fixed[0].body.get("datasource")) if fixed else ""
    yield from together(
        estate, ID, "warning", dashboard, panels(fixed, "datasource/uid"),
        f"it asks {asked or 'the default data source'}, whichever data source is chosen",
        f"ask ${{{variables[0][0]}}}" if variables else "add a variable of type datasource, and ask that",
    )  # fmt: skip


def _is_fixed(estate: Estate, dashboard: Dashboard, panel: Panel, plugins: dict[str, str]) -> bool:
    """Whether one of its queries asks a certain data source of a plug-in among whose data sources one can choose."""
    targets = panel.body.get("targets")
    if not isinstance(targets, list) or not targets or text_of(panel.body, "type") == "row":
        return False
    own = panel.body.get("datasource")
    asked: list[JSON] = [one.get("datasource") or own for one in targets if isinstance(one, dict)]
    for source in asked:
        name = reference(source)
        if name in BUILT_IN or name.startswith("$") or names(name):
            continue
        if plugin_of(source, dashboard.variables, estate.sources) in plugins:
            return True
    return False
