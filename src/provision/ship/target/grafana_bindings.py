"""Which data source of a Grafana a name or a uid means."""

from __future__ import annotations

from typing import Any

from provision.client.grafana import GrafanaClient
from provision.compile.dialect.grafana import Binding
from provision.errors import NotAllowed, ProvisionError


def binding(client: GrafanaClient, name_or_uid: str, where: str) -> Binding:
    """The data source of that uid or name.

    Args:
        where: what a person calls the Grafana.

    Raises:
        ProvisionError: there is none, or one has the uid and another the name.
    """
    found = _datasources(client)
    fitting = [one for one in found if name_or_uid in (one.uid, one.name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        others = ", ".join(f"{one.name!r} (uid {one.uid})" for one in fitting)
        raise ProvisionError(
            f"{name_or_uid!r} is the uid of one data source and the name of another: {others}",
            where=where,
            remedy="name it by the other one's uid or name",
        )
    known = ", ".join(sorted(f"{one.name} ({one.uid})" for one in found)) or "none"
    raise ProvisionError(f"there is no data source {name_or_uid!r}", where=where, remedy=f"it has: {known}")


def _datasources(client: GrafanaClient) -> list[Binding]:
    """Who may not read data sources may still query them, and Grafana's page is told of those."""
    try:
        return [Binding(one["uid"], one["type"], one["name"]) for one in client.datasources()]
    except NotAllowed:
        told: dict[str, Any] = client.settings().get("datasources") or {}
        return [
            Binding(one["uid"], one["type"], name)
            for name, one in told.items()
            if one.get("uid") and not one.get("meta", {}).get("builtIn")
        ]
