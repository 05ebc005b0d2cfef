"""Proof that a Prometheus runs what was put into its rules folder: it reloads, it shows every rule as intended, and
it has evaluated every group once without an error.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provision.client.prometheus import LoadedGroup, Prometheus
from provision.compile.dialect.prometheus import GROUP_FIELDS, RULE_FIELDS
from provision.compile.yamltext.reading import load
from provision.errors import ProvisionError, ServerRefused
from provision.model import JSON
from provision.ship.target.rules_in_force import Same, difference, in_force, of_file, plain

GRACE_SECONDS = 15.0
"""How much longer than its interval the first evaluation of a group may take."""

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Faults = dict[str, str]
"""Name of a rule file → what is wrong with it, one sentence."""

Intent = Mapping[str, Sequence[JSON] | None]
"""Name of a rule file → the groups it is to hold; None for a file that is to go."""


@dataclass(frozen=True, slots=True)
class Before:
    """How the server was before anything was written: the groups it ran, and its `rule_files`."""

    loaded: tuple[LoadedGroup, ...]
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it.

    Attributes:
        faults: what is wrong with which file.
        notes: what else is worth saying of a file.
        refused: what the server said when it would not load the files; empty when it did. Only the faults of those
            that it can't parse are certain then.
        suspects: files that it may have refused for this reason.
    """

    faults: Faults = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    suspects: Faults = field(default_factory=dict)


def look(client: Prometheus) -> Before:
    """How the server is now.

    Raises:
        ProvisionError: it doesn't say.
    """
    config = load(client.config().encode(), "the server's configuration") or {}
    return Before(client.rules(), tuple(map(str, config.get("rule_files") or ())))


def same_for(client: Prometheus) -> Same:
    """Whether two expressions say the same, as our parser reads them or else as the server does."""

    def same(mine: str, theirs: str) -> bool:
        if mine == theirs:
            return True
        ours = plain(mine)
        if ours is not None and ours == plain(theirs):
            return True
        try:
            return (client.formatted(mine) or mine.split()) == (client.formatted(theirs) or theirs.split())
        except ServerRefused:
            return False

    return same


def prove(client: Prometheus, intent: Intent, before: Before, folder: str, patience_seconds: float) -> Proof:
    """Have the server reload, compare what it runs with the intent, and wait for the first evaluations.

    Args:
        folder: the rules folder, for messages.
        patience_seconds: the expressions of a group that is evaluated less often are tried as queries instead.
    """
    try:
        client.reload()
    except ServerRefused as error:
        if error.status != 500:  # it was not even asked to load them
            return Proof(dict.fromkeys(intent, str(error)))
        return _refused(client, intent, str(error))
    except ProvisionError as error:
        return Proof(dict.fromkeys(intent, str(error)))
    try:
        faults = _compared(client, intent, before, folder)
        return Proof(faults) if faults else _evaluated(client, intent, before, patience_seconds)
    except ProvisionError as error:
        return Proof(dict.fromkeys(intent, str(error)))


def _refused(client: Prometheus, intent: Intent, said: str) -> Proof:
    """Which files it may be: of a refused reload the server tells only its log why."""
    proof = Proof(refused=said)
    for key, groups in intent.items():
        unparsable = _unparsable(client, groups or ())
        suspicious = _suspicious(groups or ())
        if unparsable:
            proof.faults[key] = unparsable
        elif suspicious:
            proof.suspects[key] = suspicious
    return proof


def _suspicious(groups: Sequence[JSON]) -> str:
    """A field or a label that some servers don't know."""
    for group in groups:
        for rule in (None, *(group.get("rules") or ())):
            known, part = (GROUP_FIELDS, group) if rule is None else (RULE_FIELDS, rule)
            if not isinstance(part, dict):
                continue
            where = f"group {group['name']!r}{_of(rule)}"
            unknown = [name for name in part if name not in known]
            if unknown:
                return f"{where}: Prometheus knows no field {unknown[0]!r} there"
            labels = part.get("labels")
            odd = [name for name in labels if not _LABEL.fullmatch(name)] if isinstance(labels, dict) else []
            if odd:
                return f"{where}: {odd[0]!r} is no name of a label before Prometheus 3"
    return ""


def _unparsable(client: Prometheus, groups: Sequence[JSON]) -> str:
    for group in groups:
        for rule in group.get("rules") or ():
            if not rule.get("expr"):
                return f"group {group['name']!r}{_of(rule)}: it has no `expr`"
            try:
                client.formatted(str(rule["expr"]))
            except ServerRefused as error:
                why = error.what.rpartition('invalid parameter "query": ')[2]
                return f"group {group['name']!r}{_of(rule)}: {why}"
    return ""


def _of(rule: JSON) -> str:
    return f", {rule.get('alert') or rule.get('record')!r}" if isinstance(rule, dict) else ""


def _compared(client: Prometheus, intent: Intent, before: Before, folder: str) -> Faults:
    loaded = client.rules()
    same = same_for(client)
    elsewhere = (
        f"{folder} doesn't seem to be where {client.url} reads rules from "
        f"(its rule_files: {', '.join(before.patterns) or 'none'})"
    )
    faults: Faults = {}
    for key, groups in intent.items():
        now = of_file(loaded, key)
        if groups is None:
            was = {group.file for group in of_file(before.loaded, key)}
            if was and was <= {group.file for group in now}:
                faults[key] = f"it reloaded, but still runs the rules of a file of that name: {elsewhere}"
            continue
        for group in groups:
            if in_force(group, now, same):
                continue
            namesakes = [other for other in now if other.name == group["name"]]
            gone = f"it reloaded, but group {group['name']!r} is not there: {elsewhere}"
            faults[key] = difference(group, namesakes[0], same) if namesakes else gone
            break
    return faults


def _evaluated(client: Prometheus, intent: Intent, before: Before, patience_seconds: float) -> Proof:
    failing = {
        (group.name, rule.name, rule.expr)
        for group in before.loaded
        for rule in group.rules
        if rule.health == "err"
    }
    notes: dict[str, str] = {}
    tried: set[tuple[str, str]] = set()
    started, pause = time.monotonic(), _FIRST_PAUSE_SECONDS
    while True:
        faults: Faults = {}
        late: Faults = {}
        waiting = False
        for key, group in _intended(client.rules(), intent):
            _note_errors(key, group, failing, faults, notes)
            if all(rule.health != "unknown" for rule in group.rules):
                continue
            if group.interval_seconds <= patience_seconds:
                waiting = True
                limit = group.interval_seconds + GRACE_SECONDS
                if time.monotonic() - started > limit:
                    late[key] = f"group {group.name!r} was not evaluated within {limit:g} s"
            elif (key, group.name) not in tried:
                tried.add((key, group.name))
                _try(client, key, group, faults, notes)
        if faults or late or not waiting:
            return Proof(faults or late, notes)
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _intended(loaded: Iterable[LoadedGroup], intent: Intent) -> Iterable[tuple[str, LoadedGroup]]:
    loaded = tuple(loaded)
    for key, groups in intent.items():
        names = {group["name"] for group in groups or ()}
        yield from ((key, group) for group in of_file(loaded, key) if group.name in names)


def _note_errors(
    key: str, group: LoadedGroup, failing: set[tuple[str, str, str]], faults: Faults, notes: dict[str, str]
) -> None:
    for rule in group.rules:
        if rule.health != "err":
            continue
        if (group.name, rule.name, rule.expr) in failing:
            notes[key] = f"group {group.name!r}, {rule.name!r} can't be evaluated, as before: {rule.error}"
        else:
            faults.setdefault(key, f"group {group.name!r}, {rule.name!r} can't be evaluated: {rule.error}")


def _try(client: Prometheus, key: str, group: LoadedGroup, faults: Faults, notes: dict[str, str]) -> None:
    """Evaluate the expressions of a group as queries."""
    for rule in group.rules:
        try:
            client.query(rule.expr)
        except ServerRefused as error:
            faults.setdefault(key, f"group {group.name!r}, {rule.name!r} can't be evaluated: {error.what}")
            return
    notes[key] = (
        f"group {group.name!r} is evaluated every {group.interval_seconds:g} s; "
        "its expressions were tried as queries instead"
    )
