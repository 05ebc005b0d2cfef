"""What the credentials may not do, found before the first write.

Grafana says what they may do as actions with scopes: `dashboards:write` on `folders:uid:team-a`. A permission on
a folder holds for everything in it, however deep. Whoever creates a folder may do everything in it, so nothing is asked about
what lies in a folder that the same plan creates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    return tuple(
        f"{action.kind} {action.key}: needs {needed}"
        for action in actions
        for needed in _needed(action)
        if not _allowed(action, needed, permissions.get(needed), created, above)
    )


def _needed(action: Action) -> tuple[str, ...]:
    needed = _ACTIONS[action.kind, action.live is None, action.verb is Verb.DELETE]
    moved = action.kind != DATASOURCE and action.before and action.after and _folder(action, action.before) != _folder(action, action.after)  # fmt: skip
    if moved:
        return (needed, "dashboards:create" if action.kind == DASHBOARD else "folders:create")
    return (needed,)


def _allowed(
    action: Action, needed: str, scopes: Sequence[str] | None, created: set[str], above: Callable[[str], str]
) -> bool:
    if scopes is None:
        return False
    kind = f"{action.kind}s"
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
    body = action.after if needed.endswith(":create") else action.before
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
    return str(value.get("folderUid" if action.kind == DASHBOARD else "parentUid") or "")
