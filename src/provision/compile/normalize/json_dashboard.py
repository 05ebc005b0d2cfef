"""Dashboards that are JSON already: taken over as they are, out of whatever they are wrapped in."""

from __future__ import annotations

from typing import Any

from provision.compile.normalize import ids
from provision.compile.normalize.plain import Json, objects, plain, settle

_SERVERS_OWN = ("id", "version", "iteration")
"""Fields that a server counts itself and that would differ from push to push."""

_API_GROUP = "dashboard.grafana.app/"


def from_json(dashboard: Json) -> Json:
    """A dashboard in Grafana's JSON, taken over as it is.

    Only what a server counts itself goes (`id`, `version`, `iteration`); panels without an id get one that
    lasts; numbers lose a fraction of zero, as a server takes it off. A resource (`apiVersion`, `kind`,
    `metadata`, `spec`) and what the classic API sends and takes (`{"dashboard": …}`) are unwrapped: a resource's
    name is the uid if its spec has none, and what else the wrapping says (folder, inputs of an import) is not
    the dashboard's. `__inputs` and `__requires` stay: binding `${DS_…}` to a data source is a later step's. An
    old `schemaVersion` stays, too: Grafana upgrades such a dashboard when it is opened.

    Args:
        dashboard: not changed.

    Raises:
        ValueError: it isn't a dashboard of the classic schema.
    """
    spec = _unwrapped(settle(plain(dashboard), nulls=True))
    panels = _panels(spec)
    if not any(key in spec for key in ("title", "panels", "rows")):
        raise ValueError("not a dashboard: it has neither a title nor panels")
    if "panels" not in spec and "rows" not in spec and "type" in spec and "targets" in spec:
        raise ValueError(f"not a dashboard: a single panel ({spec['type']})")
    ids.assign(panels)
    return {name: value for name, value in spec.items() if name not in _SERVERS_OWN}


def _unwrapped(file: Any) -> Json:
    if not isinstance(file, dict):
        raise ValueError("not a dashboard: expected a JSON object")  # noqa: TRY004  # a wrong value to authors
    inner = file.get("dashboard")
    if isinstance(inner, dict) and "panels" not in file and "rows" not in file:
        return _unwrapped(inner)
    if not isinstance(file.get("apiVersion"), str) or "kind" not in file:
        return file
    spec = file.get("spec")
    if (
        file["kind"] != "Dashboard"
        or not file["apiVersion"].startswith(_API_GROUP)
        or not isinstance(spec, dict)
    ):
        raise ValueError(f"not a dashboard: a {file['kind']} of {file['apiVersion']}")
    name = (file.get("metadata") or {}).get("name")
    return {**spec, "uid": name} if name and not spec.get("uid") else spec


def _panels(spec: Json) -> list[Json]:
    """The panels of either layout, all of them objects."""
    panels = objects(spec.get("panels"), "panels")
    for row in objects(spec.get("rows"), "rows"):
        panels = [*panels, *objects(row.get("panels"), "a row's panels")]
    for panel in panels:
        objects(panel.get("panels"), "a row's panels")
    return panels
