"""What in a dashboard of the second generation points to a data source.

It points by name, which is the uid (`{"name": "prometheus"}`), next to a `group` that is the plug-in's type:
a query of a panel, an annotation or a variable, and the variables that filter. Without a `datasource` the group's
default is meant; a bound data source of that type takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.compile.dialect.grafana_sources import Sources


def settle(spec: Mapping[str, Any], sources: Sources) -> tuple[dict[str, Any], frozenset[str]]:
    """The dashboard with every reference settled, and the uids of the project's data sources it needs."""
    used: set[str] = set()
    return {name: _walk(value, sources, used) for name, value in spec.items()}, frozenset(used)


def _walk(value: Any, sources: Sources, used: set[str]) -> Any:
    if isinstance(value, list):
        return [_walk(item, sources, used) for item in value]
    if not isinstance(value, dict):
        return value
    walked = {name: _walk(item, sources, used) for name, item in value.items() if name != "datasource"}
    if "datasource" in value:
        walked["datasource"] = value["datasource"]
    if value.get("kind") in ("DataQuery", "AdhocVariable", "GroupByVariable"):
        return _pointed(walked, sources, used)
    if value.get("kind") == "DatasourceVariable" and isinstance(walked.get("spec"), dict):
        return {**walked, "spec": _started(walked["spec"], sources)}
    return walked


def _pointed(part: dict[str, Any], sources: Sources, used: set[str]) -> dict[str, Any]:
    written = part.get("datasource")
    name = written.get("name") if isinstance(written, dict) else None
    if not name:
        bound = sources.bound
        if bound is None or part.get("group") != bound.type:
            return part
        return {**part, "datasource": {"name": bound.uid}}
    found = sources.found(str(name))
    if found is None:
        return part
    if found.own:
        used.add(found.uid)
    return {**part, "group": found.type, "datasource": {"name": found.uid}}


def _started(spec: dict[str, Any], sources: Sources) -> dict[str, Any]:
    """A variable that chooses a data source; a bound one of its type is what it starts at."""
    bound = sources.bound
    if bound is None or spec.get("pluginId") != bound.type:
        return spec
    return {**spec, "current": {"text": bound.name, "value": bound.uid}}
