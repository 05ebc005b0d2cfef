"""Which data source a panel, query, variable or annotation asks, and whether that speaks PromQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provision.model import JSON, Definition
from provision.promql.variables import names
from provision.prove.check.bodies import text_of

PROMETHEUS = frozenset(
    {"prometheus", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource"}
)
"""Plug-ins whose queries are PromQL."""

ASKED_AS_PROMETHEUS = PROMETHEUS | {"victoriametrics-metrics-datasource"}
"""Plug-ins whose servers answer as a Prometheus does, though their language has more."""

LOKI = "loki"
"""The plug-in whose queries are LogQL."""

BUILT_IN = frozenset(
    {"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana", "__expr__", "-100", "default", "Default"}
)
"""What Grafana itself answers to as a data source."""

_OTHER = re.compile(
    r"\|=|\|~|\}\s*\||^\s*(?:select\s.*\bfrom\b|show\s+\w|with\s+\w+\s+as\s*\()", re.IGNORECASE | re.DOTALL
)
"""What looks like LogQL or SQL."""

Variables = Mapping[str, tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Sources:
    """The data sources a project defines.

    Attributes:
        plugins: plug-in by uid and by name.
        default: the plug-in of the organisation's default; empty when no source says which it is.
        meant: the plug-ins whose queries are looked at.
    """

    plugins: Mapping[str, str]
    default: str
    meant: frozenset[str] = PROMETHEUS


def sources_of(datasources: Iterable[tuple[Definition, JSON]], meant: frozenset[str] = PROMETHEUS) -> Sources:
    """The data sources of these definitions."""
    plugins: dict[str, str] = {}
    default = ""
    for _, body in datasources:
        plugin = text_of(body, "type")
        plugins.update({text_of(body, "name"): plugin, text_of(body, "uid"): plugin})
        if body.get("isDefault"):
            default = plugin
    return Sources(plugins, default, meant)


def reference(datasource: JSON) -> str:
    """The uid or name that a `datasource` field refers to; empty when it leaves that open."""
    if isinstance(datasource, str):
        return datasource
    return text_of(datasource, "uid")


def speaks_promql(datasource: JSON, expr: str, variables: Variables, sources: Sources) -> bool:
    """Whether an expression asked of that `datasource` field is PromQL, or of another plug-in that is meant; what can't be
    known is taken for it unless it looks like LogQL or SQL."""
    plugin = plugin_of(datasource, variables, sources)
    return plugin in sources.meant or (not plugin and not _OTHER.search(expr))


def plugin_of(datasource: JSON, variables: Variables, sources: Sources) -> str:
    """The plug-in's id; empty when it can't be known."""
    said = text_of(datasource, "type")
    if said and said != "datasource":
        return said
    name = reference(datasource)
    if not name:
        return sources.default
    if name in BUILT_IN:
        return name
    for variable in names(name):
        _, body = variables.get(variable, (0, {}))
        return text_of(body, "pluginId") or (
            text_of(body, "query") if text_of(body, "type") == "datasource" else ""
        )
    return sources.plugins.get(name, "")
