"""What the credentials may not do, found before the first write.

Grafana says what they may do as actions with scopes: `dashboards:write` on `folders:uid:team-a`. A permission on
a folder holds for everything in it, however deep. Whoever creates a folder may do everything in it, so nothing is asked about
what lies in a folder that the same plan creates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER, GRAFANA_RULE_GROUP, LIBRARY_PANEL
from provision.diff import title_of_action
from provision.model import Action, Verb, decode
from provision.ship.target.grafana_write import ALERTING

_ACTIONS: Final[Mapping[tuple[str, bool, bool], str]] = {
    (FOLDER, True, False): "folders:create",
    (FOLDER, False, False): "folders:write",
    (FOLDER, False, True): "folders:delete",
    (DATASOURCE, True, False): "datasources:create",
    (DATASOURCE, False, False): "datasources:write",
    (DATASOURCE, False, True): "datasources:delete",
    (DASHBOARD, True, False): "dashboards:create",
    (DASHBOARD, False, False): "dashboards:write",
    (DASHBOARD, False, True): "dashboards:delete",
    (LIBRARY_PANEL, True, False): "library.panels:create",
    (LIBRARY_PANEL, False, False): "library.panels:write",
    (LIBRARY_PANEL, False, True): "library.panels:delete",
}

_PROVISIONING: Final = "alert.provisioning:write"
_SET_STATUS: Final = "alert.provisioning.provenance:write"
_NOTIFICATIONS: Final = ("alert.notifications.provisioning:write", ("alert.notifications:write", _SET_STATUS))
_RULES: Final = "alert.rules.provisioning:write"
"""Each of the first ones is enough by itself, or all of the last ones together; Grafana 12.4 names them when it
refuses (`alert-viewer` among the recordings)."""

_CREATED_IN: Final[Mapping[str, str]] = {
    FOLDER: "folders:create",
    DASHBOARD: "dashboards:create",
    LIBRARY_PANEL: "library.panels:create",
}
"""What moving something asks for where it goes to."""

_ROOT: Final = "general"


def missing(
    actions: Sequence[Action],
    permissions: Mapping[str, Sequence[str]],
    parent: Callable[[str], str] = lambda _: "",
) -> tuple[str, ...]:
    """A sentence for each action that the permissions don't allow.

    Args:
        parent: the uid of the folder that a folder of the server lies in; empty for the root.
    """
    created = {action.key for action in actions if action.kind == FOLDER and action.verb is Verb.CREATE}
    planned = {
        action.key: _folder(action, action.after)
        for action in actions
        if action.kind == FOLDER and action.after is not None
    }

    def above(folder: str) -> str:
        return planned[folder] if folder in planned else parent(folder)

    def may(action: Action, needed: str) -> bool:
        return _allowed(action, needed, permissions.get(needed), created, above)

    return tuple(
        f"{title_of_action(action)}: needs {needed}"
        for action in actions
        for needed in _needed(action, may)
        if not may(action, needed)
    )


def _needed(action: Action, may: Callable[[Action, str], bool]) -> tuple[str, ...]:
    """What an action asks for. In alerting, where several permissions would do, the narrowest ones."""
    if action.kind in ALERTING:
        enough: str = _NOTIFICATIONS[0]
        narrow: tuple[str, ...] = _NOTIFICATIONS[1]
        if action.kind == GRAFANA_RULE_GROUP:
            enough, narrow = _RULES, (*_on_rules(action), _SET_STATUS)
        return () if may(action, _PROVISIONING) or may(action, enough) else narrow
    needed = _ACTIONS[action.kind, action.live is None, action.verb is Verb.DELETE]
    moved = action.kind != DATASOURCE and action.before and action.after and _folder(action, action.before) != _folder(action, action.after)  # fmt: skip
    return (needed, _CREATED_IN[action.kind]) if moved else (needed,)


def _on_rules(action: Action) -> tuple[str, ...]:
    """What the rules of a group ask for that come, change and go."""
    groups = [decode(body) if body else {"rules": []} for body in (action.before, action.after)]
    before, after = ({str(rule.get("uid")): rule for rule in group["rules"]} for group in groups)
    both = before.keys() & after.keys()
    of_setting = action.live is not None and bool(action.live.outdated)
    all_of_them = of_setting or groups[0].get("interval") != groups[1].get("interval")
    asked = {
        "alert.rules:create": after.keys() - both,
        "alert.rules:write": any(all_of_them or before[uid] != after[uid] for uid in both),
        "alert.rules:delete": before.keys() - both,
    }
    return ("alert.rules:read", *(needed for needed, rules in asked.items() if rules))


def _allowed(
    action: Action, needed: str, scopes: Sequence[str] | None, created: set[str], above: Callable[[str], str]
) -> bool:
    if scopes is None:
        return False
    kind = "library.panels" if action.kind == LIBRARY_PANEL else f"{action.kind}s"
    anywhere = {
        "*",
        "",
        f"{kind}:*",
        f"{kind}:uid:*",
        f"{kind}:uid:{action.key}",
        "folders:*",
        "folders:uid:*",
    }
    if not anywhere.isdisjoint(scopes):
        return True
    if action.kind == DATASOURCE:
        return False
    # To create something is asked where it will be, anything else where it is.
    body = action.after if needed.endswith(":create") or action.before is None else action.before
    folder = _folder(action, body or b"{}")
    if not folder:
        return f"folders:uid:{_ROOT}" in scopes
    seen: set[str] = set()
    while folder and folder not in seen:
        if folder in created or f"folders:uid:{folder}" in scopes:
            return True
        seen.add(folder)
        folder = above(folder)
    return False


def _folder(action: Action, body: bytes) -> str:
    value: Any = decode(body)
    return str(value.get("parentUid" if action.kind == FOLDER else "folderUid") or "")
