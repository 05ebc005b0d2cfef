"""What the credentials may not do, found before the first write.

Grafana says what they may do as actions with scopes: `dashboards:write` on `folders:uid:team-a`. A permission on
a folder holds for everything in it. Whoever creates a folder may do everything in it, so nothing is asked about
what lies in a folder that the same plan creates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from provision.compile.kinds import DASHBOARD, DATASOURCE, FOLDER
from provision.model import Action, Verb, decode

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
}


def missing(actions: Sequence[Action], permissions: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A sentence for each action that the permissions don't allow."""
    created = {action.key for action in actions if action.kind == FOLDER and action.verb is Verb.CREATE}
    parents = {
        action.key: decode(action.after)["parentUid"]
        for action in actions
        if action.kind == FOLDER and action.after is not None
    }
    return tuple(
        f"{action.kind} {action.key}: needs {needed}"
        for action in actions
        for needed in _needed(action)
        if not _allowed(action, permissions.get(needed), created, parents)
    )


def _needed(action: Action) -> tuple[str, ...]:
    needed = _ACTIONS[action.kind, action.live is None, action.verb is Verb.DELETE]
    moved = action.kind != DATASOURCE and action.before and action.after and _folder(action, action.before) != _folder(action, action.after)  # fmt: skip
    if moved:
        return (needed, "dashboards:create" if action.kind == DASHBOARD else "folders:create")
    return (needed,)


def _allowed(
    action: Action, scopes: Sequence[str] | None, created: set[str], parents: Mapping[str, str]
) -> bool:
    if scopes is None:
        return False
    within = {"*", "", f"{action.kind}s:*", f"{action.kind}s:uid:{action.key}", "folders:*"}
    folder = _folder(action, action.after or action.before or b"{}")
    if action.kind != DATASOURCE:
        within.add("folders:uid:general" if not folder else f"folders:uid:{folder}")
    seen: set[str] = set()
    while folder and folder not in seen:
        if folder in created:
            return True
        seen.add(folder)
        folder = parents.get(folder, "")
        within.add(f"folders:uid:{folder}")
    return not within.isdisjoint(scopes)


def _folder(action: Action, body: bytes) -> str:
    value: Any = decode(body)
    return str(value.get("folderUid" if action.kind == DASHBOARD else "parentUid") or "")
