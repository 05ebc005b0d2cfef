"""The versions of a dashboard that a Grafana remembers: which of them is what a project sent last."""

from __future__ import annotations

from provision.compile.kinds import DASHBOARD
from provision.model import Live, digest
from provision.ship.target import grafana_classic, grafana_resource
from provision.ship.target.grafana_server import Server


def applied(server: Server, live: Live) -> bytes | None:
    """The version of a dashboard whose digest its mark names; None when it is no longer remembered, or of any other
    kind."""
    if live.kind != DASHBOARD or live.mark is None:
        return None
    if server.dialect.dashboard_api is None:
        return grafana_classic.applied(server, live)
    found = grafana_resource.versions(server, live.key)
    return next((body for body in found if digest(body) == live.mark.base), None)
