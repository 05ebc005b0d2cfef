"""Rule files rolled out in one batch: swapped in, proved, and put back where the server doesn't run them.

A reload is refused for all files at once, so a batch that was refused is tried again without the files at fault.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from provision.client.prometheus import Prometheus
from provision.compile.dialect.header import marked
from provision.errors import ProvisionError, ServerRefused
from provision.model import JSON, Action, Outcome, Verb, decode
from provision.ship.target import swap
from provision.ship.target.rules_folder import RulesFolder, is_running, text_of
from provision.ship.target.rules_proof import Before, Proof, look, prove
from provision.ship.target.rules_validation import explained

_HALVES_PATIENCE_SECONDS = 0.0
"""How long a push waits for the first evaluation of a group while it is found out which file a server refuses: with
many files that takes several reloads."""

_NEW_MODE = 0o644


def roll_out(
    rules: RulesFolder, actions: Sequence[Action], owner: str, before: Before, patience_seconds: float
) -> list[Outcome]:
    """Replace and remove rule files with one reload for all of them, and prove that the server runs them.

    Args:
        before: how the server was before.
        patience_seconds: how long is waited for the first evaluation of a group.
    """
    started = time.perf_counter()
    swapped: dict[str, swap.Swapped] = {}
    failed: dict[str, str] = {}
    proof = Proof()
    try:
        for action in actions:
            try:
                swapped[action.key] = _swap(rules, action, owner, before)
            except ProvisionError as error:
                failed[action.key] = str(error)
        intent = {action.key: _groups(action) for action in actions if action.key in swapped}
        if intent:
            proof = _proved(rules, intent, before, patience_seconds)
        if proof.refused:
            known = {**proof.faults, **proof.suspects}
            unknown = [action for action in actions if action.key not in known]
            proof.suspects.update(explained(rules.tools_dir, unknown, owner))
    except BaseException:
        _undo(rules.client, swapped.values())
        raise
    undone = _undo(rules.client, swapped.values()) if proof.faults or proof.refused else None
    if undone is None:
        for one in swapped.values():
            swap.forget(one)
    seconds = (time.perf_counter() - started) / len(actions)
    page = f"{rules.client.url}/rules"
    if undone is not None and proof.refused and undone.is_in_force:
        able = [action for action in actions if action.key in swapped]
        again = _without_culprits(rules, able, owner, proof, patience_seconds)
        if again is not None:
            done = {outcome.action.key: outcome for outcome in again}
            return [
                done.get(action.key) or _outcome(action, failed, proof, undone, seconds, page)
                for action in actions
            ]
    if undone is not None and proof.refused:  # it never ran the new ones
        undone = replace(undone, left_behind=not undone.is_back)
        words = {key: proof.suspects.get(key, f"{proof.refused}; its log says why") for key in swapped}
        proof = replace(proof, faults={**words, **proof.faults})
    return [_outcome(action, failed, proof, undone, seconds, page) for action in actions]


def _without_culprits(
    rules: RulesFolder, actions: Sequence[Action], owner: str, proof: Proof, patience_seconds: float
) -> list[Outcome] | None:
    """A reload that was refused, tried again: without the files that are at fault, each suspect by itself, and where
    there are neither, each half by itself, down to a single file. None when nothing is left to try."""
    rest = [action for action in actions if action.key not in proof.faults]
    if len(rest) + len(proof.faults) == 1:
        return None
    alone = [[action] for action in rest if action.key in proof.suspects]
    others = [action for action in rest if action.key not in proof.suspects]
    if not proof.faults and not alone:
        half = len(others) // 2
        parts, patience_seconds = [others[:half], others[half:]], _HALVES_PATIENCE_SECONDS
    else:
        parts = [others, *alone]
    return [
        outcome
        for part in parts
        if part
        for outcome in _part_rolled_out(rules, part, owner, patience_seconds)
    ]


def _part_rolled_out(
    rules: RulesFolder, actions: Sequence[Action], owner: str, patience_seconds: float
) -> list[Outcome]:
    """A part of a batch. What keeps the server from being asked is told of its files: those of other parts may be in
    force already, and have to be told of, too."""
    try:
        before = look(rules.client)
    except ProvisionError as error:
        return [Outcome(action, "failed", f"it was not written: {error}") for action in actions]
    return roll_out(rules, actions, owner, before, patience_seconds)


def _proved(
    rules: RulesFolder, intent: Mapping[str, list[JSON] | None], before: Before, patience_seconds: float
) -> Proof:
    """Where the server can't be asked any more, that is the fault of each file, and all go back."""
    try:
        return prove(rules.client, intent, before, str(rules.path), patience_seconds)
    except ProvisionError as error:
        return Proof(dict.fromkeys(intent, str(error)))


def _outcome(
    action: Action,
    failed: Mapping[str, str],
    proof: Proof,
    undone: swap.Undone | None,
    seconds: float,
    page: str,
) -> Outcome:
    if action.key in failed:
        return Outcome(action, "failed", failed[action.key], seconds=seconds)
    if undone is not None:
        left = undone.left_behind
        why = proof.faults.get(action.key)
        if why is not None:
            return Outcome(action, "failed", f"{why}; {undone.said}", seconds=seconds, left_behind=left)
        why = f"it was written together with {next(iter(proof.faults))}, which failed; {undone.said}"
        return Outcome(action, "failed" if left else "undone", why, seconds=seconds, left_behind=left)
    return Outcome(action, "done", proof.notes.get(action.key, ""), page, seconds)


def _swap(rules: RulesFolder, action: Action, owner: str, before: Before) -> swap.Swapped:
    file = rules.path / action.key
    swap.sweep(file)
    # Where the server would read the old file that waits beside, it is only remembered.
    on_disk = not any(
        fnmatchcase(swap.backup_of(file).name, PurePosixPath(pattern).name) for pattern in before.patterns
    )
    staged = None
    if action.desired is not None:
        content = text_of(action, owner)
        if action.verb is Verb.ADOPT:  # as it is, with its comments
            content = marked(swap.content_of(file) or b"", action.desired, owner)
        staged = swap.stage(file, content, _NEW_MODE)
    try:
        return swap.swap(
            file,
            staged,
            on_disk=on_disk,
            proved=not swap.unfinished(file) and is_running(rules.client, file, before.loaded),
        )
    except ProvisionError:
        if staged is not None:
            staged.unlink(missing_ok=True)
        raise


def _undo(client: Prometheus, swapped: Iterable[swap.Swapped]) -> swap.Undone:
    """Put the old files back and reload."""
    faults = []
    for one in swapped:
        try:
            swap.put_back(one)
        except ProvisionError as error:
            faults.append(str(error))
    if faults:
        said = f"and the old files could not be put back: {'; '.join(faults)}"
        return swap.Undone(said, left_behind=True, is_back=False)
    try:
        client.reload()
    except ServerRefused as error:
        if error.status == 403:
            return swap.Undone("the old files are back, and the server never saw the new ones")
        said = f"the old files are back, but it doesn't load them either ({error.what}): its log says why"
        return swap.Undone(said, left_behind=True)
    except ProvisionError as error:
        said = f"the old files are back, but whether it runs them is not known: {error}"
        return swap.Undone(said, left_behind=True)
    return swap.Undone("the old files are back and in force", is_in_force=True)


def _groups(action: Action) -> list[JSON] | None:
    return None if action.after is None else list(decode(action.after)["groups"])
