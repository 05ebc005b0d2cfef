"""What a project owns on a target and no source defines any more: found, put in order, and deleted if asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from provision.compile.kinds import FOLDER
from provision.diff import title_of
from provision.model import Action, Live, Verb, decode, digest

HELD: Final = "the sources no longer define it, but it still holds "
"""How the reason begins why a folder isn't deleted, whatever was asked for."""

_EDITED: Final = "the sources no longer define it, but it was changed on the server since the last push"


def no_longer_defined(
    live: Iterable[Live], wanted: frozenset[tuple[str, str]], owner: str, kinds: Sequence[str]
) -> list[Live]:
    """What carries the owner's mark and is not in `wanted`, in the order in which it can be deleted: kinds the
    other way round, and folders before those that they lie in."""
    gone = [
        found
        for found in live
        if (found.kind, found.key) not in wanted and found.mark is not None and found.mark.owner == owner
    ]
    rank = {kind: position for position, kind in enumerate(kinds)}
    parents = {found.key: _parent(found) for found in gone if found.kind == FOLDER}
    gone.sort(
        key=lambda found: (
            -rank.get(found.kind, len(rank)),
            -_depth(found.key, parents) if found.kind == FOLDER else 0,
            found.key,
        )
    )
    return gone


def deletions(
    gone: Sequence[Live], live: Iterable[Live], before: Iterable[Action] = (), *, overwrite: bool
) -> list[Action]:
    """An action for each resource that is to go. What was changed since the last push stops, and so does a
    folder that holds something that stays.

    Args:
        live: all that is known to be on the target.
        before: what the plan writes before it deletes; what it moves lies elsewhere then.
        overwrite: delete also what was changed.
    """
    goes = {(found.kind, found.key) for found in gone}
    folders = any(found.kind == FOLDER for found in gone)  # else nobody needs to know what lies where
    inside = [found for found in live if folders and (found.kind, found.key) not in goes]
    moved = {
        (action.kind, action.key): replace(action.live, body=action.after)
        for action in before
        if folders and action.verb.writes and action.live is not None and action.after is not None
    }
    held = {
        folder: found for found in inside if (folder := _parent(moved.get((found.kind, found.key), found)))
    }
    actions = []
    for found in gone:
        reason = "" if overwrite or found.mark is None or found.mark.base == digest(found.body) else _EDITED
        if not reason and found.kind == FOLDER and found.key in held:
            reason = f"{HELD}{_named(held[found.key])}"
        if reason and (folder := _parent(found)):
            held[folder] = found
        verb = Verb.CONFLICT if reason else Verb.DELETE
        actions.append(Action(verb, found.kind, found.key, None, found, reason))
    return actions


def _parent(found: Live) -> str:
    """The folder that it lies in; empty for none."""
    if b'"folderUid":"' not in found.body and b'"parentUid":"' not in found.body:
        return ""  # bodies are large, and files have no folder
    body = decode(found.body)
    return str(body.get("folderUid") or body.get("parentUid") or "") if isinstance(body, dict) else ""


def _depth(folder: str, parents: Mapping[str, str]) -> int:
    """How many of `parents` are above a folder."""
    seen: set[str] = set()
    while folder in parents and folder not in seen:
        seen.add(folder)
        folder = parents[folder]
    return len(seen)


def _named(found: Live) -> str:
    return title_of(found.kind, found.title or found.key, found.body)
