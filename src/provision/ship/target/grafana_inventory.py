"""The names of everything that a Grafana holds, whoever owns it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from provision.compile.kinds import (
    CONTACT_POINT,
    DASHBOARD,
    DATASOURCE,
    FOLDER,
    GRAFANA_RULE_GROUP,
    LIBRARY_PANEL,
    MUTE_TIMING,
    TEMPLATE,
)
from provision.errors import NotAllowed
from provision.ship.target import grafana_resource
from provision.ship.target.grafana_ledger import PREFIX
from provision.ship.target.grafana_rules import key_of
from provision.ship.target.grafana_server import Server


def everything(server: Server) -> Iterator[tuple[str, str]]:
    """Kind and key of each resource; the ledgers of projects are none. The notification policies
    are one tree, which has no name.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    client = server.client
    yield from ((FOLDER, uid) for uid in _folders(server))
    yield from ((DATASOURCE, found["uid"]) for found in client.datasources())
    yield from ((DASHBOARD, uid) for uid in _dashboards(server) if not uid.startswith(PREFIX))
    yield from ((LIBRARY_PANEL, found["uid"]) for found in client.library.panels())
    if not server.dialect.alerting:
        return
    yield from ((TEMPLATE, found["name"]) for found in client.alerting.templates())
    yield from ((MUTE_TIMING, found["name"]) for found in client.alerting.mute_timings())
    names = {found["name"] for found in client.alerting.contact_points()}
    yield from ((CONTACT_POINT, name) for name in sorted(names))
    yield from _rule_groups(client.alerting.rule_groups())


def shown(server: Server) -> Iterator[tuple[str, str]]:
    """Kind and key of each dashboard, library panel and group of Grafana's own rules, as far as the credentials may see
    them.

    Raises:
        Unreachable, ServerRefused: as the server answers.
    """
    yield from ((DASHBOARD, uid) for uid in _dashboards(server) if not uid.startswith(PREFIX))
    # Who may look at dashboards needn't be shown what else there is.
    with suppress(NotAllowed):
        yield from ((LIBRARY_PANEL, found["uid"]) for found in server.client.library.panels())
    try:
        groups = server.client.alerting.rule_groups() if server.dialect.alerting else []
    except NotAllowed:
        groups = []
    yield from _rule_groups(groups)


def _rule_groups(groups: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for group in groups:
        if group["rules"]:
            folder = str(group["rules"][0]["grafana_alert"].get("namespace_uid") or "")
            yield GRAFANA_RULE_GROUP, key_of(folder, group["name"])


def _folders(server: Server) -> Iterator[str]:
    if server.dialect.folder_api is not None:
        return grafana_resource.folder_names(server)
    return (hit["uid"] for hit in server.client.search("dash-folder"))


def _dashboards(server: Server) -> Iterator[str]:
    if server.dialect.dashboard_api is not None:
        return grafana_resource.dashboard_names(server)
    return (hit["uid"] for hit in server.client.search("dash-db"))
