"""What plans and reports call resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from provision.compile.kinds import DASHBOARD, FOLDER
from provision.diff import title_of, title_of_action
from provision.model import Action, Live, Plan, decode


def distinct_titles(actions: Sequence[Action], plan: Plan, left: Sequence[Live] = ()) -> list[str]:
    """What a person calls the resource of each action, with its folder, and then each of `left`, such as
    `dashboard "SLA" in folder "Traefik"`; with the key, `dashboard "SLA" (traefik-sla)`, where another one of them has
    the same title."""
    titled = [(action.key, title_of_action(action), folder_of(action, plan)) for action in actions]
    titled += [(found.key, title_of(found.kind, found.key, found.body), "") for found in left]
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for key, title, _ in titled:
        keys[title].add(key)
    return [
        title + (f" ({key})" if len(keys[title]) > 1 else "") + (f" in {folder}" if folder else "")
        for key, title, folder in titled
    ]


def folder_of(action: Action, plan: Plan) -> str:
    """The folder that a dashboard is in or goes to, such as `folder "Traefik"`; empty for none."""
    body = action.after or action.before
    uid = decode(body).get("folderUid") if body is not None and action.kind == DASHBOARD else None
    if not uid:
        return ""
    found = (other for other in plan.actions if other.kind == FOLDER and other.key == uid)
    return next(map(title_of_action, found), f"folder {uid}")
