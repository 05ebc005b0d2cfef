"""The versions of a dashboard that a Grafana remembers: which of them is what a project sent last."""

from __future__ import annotations

from provision.compile.kinds import DASHBOARD
from provision.model import Live, Mark, digest
from provision.ship.target import grafana_classic, grafana_resource
from provision.ship.target.grafana_server import Server


def applied(server: Server, live: Live) -> bytes | None:
    """The version of a dashboard whose digest its mark names; where it lost its mark, the newest that has one of the
    same owner and is just what was sent. None when it is no longer remembered, or of any other kind."""
    if live.kind != DASHBOARD or live.mark is None:
        return None
    if server.dialect.dashboard_api is None:
        return grafana_classic.applied(server, live)
    for version in grafana_resource.versions(server, live.key):
        sent = digest(version.body)
        if sent == live.mark.base or (not live.mark.base and version.mark == Mark(live.mark.owner, sent)):
            return version.body
    return None
