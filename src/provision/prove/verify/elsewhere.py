"""What a Prometheus can't be asked: the queries of dashboards that other data sources answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from provision.model import JSON, Part, Place
from provision.prove.check.bodies import objects
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.references import BUILT_IN, plugin_of
from provision.prove.verify.verdicts import Asked

_WITHOUT_A_QUERY: Final = frozenset({"datasource", "hide", "refId"})
"""What a panel that shows no data has in its targets."""


def asked_elsewhere(estate: Estate, concerns: Callable[[Asked], bool]) -> Iterator[str]:
    """One sentence on the queries of panels that aren't asked, by the plug-ins that they ask; none where all are.

    Args:
        concerns: which dashboards are meant, by an expression of theirs.
    """
    found: Counter[str] = Counter()
    for dashboard in estate.dashboards:
        asks = [plugin for plugin in _plugins(dashboard, estate) if plugin not in estate.sources.meant]
        if asks and concerns(_of(dashboard)):
            found.update(asks)
    if found:
        told = ", ".join(f"{count} of {plugin}" for plugin, count in sorted(found.items()))
        yield f"queries that aren't PromQL aren't asked: {told}"


def _plugins(dashboard: Dashboard, estate: Estate) -> Iterator[str]:
    """The plug-in that each query of a panel asks, where that is known and isn't Grafana itself."""
    for panel in dashboard.panels:
        for _, target in objects(panel.body.get("targets")):
            if not target.keys() - _WITHOUT_A_QUERY:
                continue
            asked: JSON = target.get("datasource") or panel.body.get("datasource")
            plugin = plugin_of(asked, dashboard.variables, estate.sources)
            if plugin and plugin not in BUILT_IN:
                yield plugin


def _of(dashboard: Dashboard) -> Asked:
    definition = dashboard.definition
    place: Place = definition.place
    return Asked(dashboard.subject, "", place, Part(definition.kind, definition.key, "", place.path), "", "")
