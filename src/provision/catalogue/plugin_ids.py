"""Plug-ins of data sources that Grafana has given another id."""

from __future__ import annotations

from typing import Final

_FORMER: Final = {
    "grafana-postgresql-datasource": "postgres",
    "grafana-pyroscope-datasource": "phlare",
    "grafana-testdata-datasource": "testdata",
}
"""Source: `aliasIDs` in the plugin.json of Grafana 12.4's own data sources."""


def former_id(plugin: str) -> str:
    """The id that a plug-in had first, for any of its ids. Every Grafana takes that one: a newer one stores the newer id in
    its place, so that the two mean the same."""
    return _FORMER.get(plugin, plugin)
