"""What a Grafana would refuse, or take and do harm with, though it is allowed: found before the first write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from provision.compile.kinds import CONTACT_POINT, DATASOURCE
from provision.diff import title_of_action
from provision.model import Action, decode
from provision.ship.target.grafana_folder_titles import of_one_title
from provision.ship.target.grafana_held import held
from provision.ship.target.grafana_integrations import unknown
from provision.ship.target.grafana_linked import unlinked
from provision.ship.target.grafana_rules import stolen
from provision.ship.target.grafana_secrets import unfound
from provision.ship.target.grafana_server import Server
from provision.ship.target.grafana_write import ALERTING


def obstacles(server: Server, actions: Sequence[Action]) -> tuple[str, ...]:
    """A sentence each: data sources whose name another one has, folders whose title another one has, folders that are
    to be deleted with something in them, secrets that can't be found here, types of integrations that there are not,
    library panels that dashboards show and
    nobody has, rules that would be moved out of a group of somebody else, and alerting on a server without it. Sends
    GETs only."""
    alerting = [action for action in actions if action.kind in ALERTING]
    if alerting and not server.dialect.alerting:
        first = alerting[0]
        others = "" if len(alerting) == 1 else f" and {len(alerting) - 1} more"
        return (
            f"{title_of_action(first)}{others}: the alerting of this Grafana is switched off, or too old",
        )
    return (
        *_unfound(server, actions),
        *unknown(server, actions),
        *_of_one_name(server, actions),
        *of_one_title(server, actions),
        *held(server, actions),
        *unlinked(server, actions),
        *stolen(server, actions),
    )


def _unfound(server: Server, actions: Sequence[Action]) -> Iterator[str]:
    for action in actions:
        if action.after is None or action.kind not in (DATASOURCE, CONTACT_POINT):
            continue
        there = _secrets_of(action.kind, action.before)
        for uid, secure in _secrets_of(action.kind, action.after).items():
            yield from (
                f"{title_of_action(action)}: {said}" for said in unfound(server, secure, there.get(uid, {}))
            )


def _secrets_of(kind: str, body: bytes | None) -> dict[str, dict[str, Any]]:
    """The secrets of each part of a body, by the part's uid; a data source is one part."""
    if body is None:
        return {}
    decoded = decode(body)
    parts = decoded["integrations"] if kind == CONTACT_POINT else [decoded]
    return {part.get("uid", ""): part.get("secure") or {} for part in parts}


def _of_one_name(server: Server, actions: Sequence[Action]) -> tuple[str, ...]:
    asked = [action for action in actions if action.kind == DATASOURCE]
    wanted = [(action, decode(action.after)) for action in asked if action.after is not None]
    if not wanted:
        return ()
    leaving = {action.key for action in asked}
    return tuple(
        f"{title_of_action(action)}: the data source {found['uid']} has the name {body['name']!r} already; rename one "
        f"of them, or bind the dashboards to it with --datasource {found['uid']}"
        for found in server.client.datasources()
        for action, body in wanted
        if found["name"] == body["name"] and found["uid"] not in leaving
    )
