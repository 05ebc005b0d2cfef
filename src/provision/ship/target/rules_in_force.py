"""Whether a Prometheus runs what a rule file says: file and server compared, group by group.

What a server doesn't tell of its rules is not compared: no server tells `query_offset`, and older ones not all of
the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from provision.author.durations import seconds
from provision.client.prometheus import LoadedGroup, LoadedRule
from provision.model import JSON

Same = Callable[[str, str], bool]
"""Whether two expressions say the same."""


def of_file(loaded: Iterable[LoadedGroup], key: str) -> list[LoadedGroup]:
    """The groups that the server read from a file of that name; in which folder it sees the file is its own
    business."""
    return [group for group in loaded if PurePosixPath(group.file).name == key]


def in_force(group: JSON, loaded: Sequence[LoadedGroup], same: Same) -> bool:
    """Whether one of the loaded groups is this group of a file; what has not the form of a group never is."""
    if not _well_formed(group):
        return False
    if not group.get("rules"):
        return True  # Prometheus 3 doesn't show a group without rules
    return any(
        not difference(group, candidate, same) for candidate in loaded if candidate.name == group["name"]
    )


def difference(group: JSON, loaded: LoadedGroup, same: Same) -> str:
    """What of a file's group the server's doesn't have, as one sentence; empty when they are the same."""
    rules = group.get("rules") or []
    if len(rules) != len(loaded.rules):
        return f"group {group['name']!r} has {len(loaded.rules)} rules on the server, not {len(rules)}"
    if "interval" in group and _seconds(group["interval"]) != loaded.interval_seconds:
        return f"group {group['name']!r} is evaluated every {loaded.interval_seconds:g} s, not {group['interval']}"
    limit = _limit(group)
    if loaded.limit not in (None, limit):
        return f"group {group['name']!r} has the limit {loaded.limit}, not {limit}"
    for rule, other in zip(rules, loaded.rules, strict=True):
        fault = _rule_difference(rule, other, group.get("labels") or {}, same)
        if fault:
            return f"group {group['name']!r}: {fault}"
    return ""


def running(groups: Iterable[JSON], loaded: Sequence[LoadedGroup], same: Same) -> list[JSON]:
    """What the server runs of a file's groups: the group itself where it is in force, the server's where that
    differs, nothing where it has none."""
    result: list[JSON] = []
    for group in groups:
        if in_force(group, loaded, same):
            result.append(group)
            continue
        name = group.get("name") if isinstance(group, dict) else None
        result.extend(_as_file(other) for other in loaded if other.name == name)
    return result


def _as_file(loaded: LoadedGroup) -> dict[str, Any]:
    """A loaded group as a rule file writes one, as far as the server tells."""
    rules = []
    for rule in loaded.rules:
        written: dict[str, Any] = {rule.kind: rule.name, "expr": rule.expr}
        if rule.for_seconds:
            written["for"] = f"{rule.for_seconds:g}s"
        if rule.keep_firing_for_seconds:
            written["keep_firing_for"] = f"{rule.keep_firing_for_seconds:g}s"
        if rule.labels:
            written["labels"] = dict(rule.labels)
        if rule.annotations:
            written["annotations"] = dict(rule.annotations)
        rules.append(written)
    return {"name": loaded.name, **({"limit": loaded.limit} if loaded.limit else {}), "rules": rules}


@cache
def plain(expr: str) -> str | None:
    """An expression as the parser writes it; None when it can't read it."""
    import promql_parser

    from provision.promql.parse import tree

    if tree(expr) is None:  # too large for the parser, or not PromQL
        return None
    try:
        return str(promql_parser.parse(expr).prettify())
    except ValueError:  # newer than the parser, which `tree` makes up for by changing the words
        return None


def _rule_difference(rule: JSON, loaded: LoadedRule, group_labels: JSON, same: Same) -> str:
    kind = "alert" if "alert" in rule else "record"
    name = str(rule.get(kind))
    if (kind, name) != (loaded.kind, loaded.name):
        return f"{loaded.kind} {loaded.name!r} stands where {kind} {name!r} should"
    if not same(str(rule["expr"]), loaded.expr):
        return f"{kind} {name!r} has the expression {loaded.expr!r}"
    if _set({**group_labels, **(rule.get("labels") or {})}) != _set(loaded.labels):
        return f"{kind} {name!r} has the labels {dict(loaded.labels)}"
    if kind == "alert" and _seconds(rule.get("for") or "0") != loaded.for_seconds:
        return f"{kind} {name!r} fires after {loaded.for_seconds:g} s, not {rule.get('for') or '0s'}"
    keep = rule.get("keep_firing_for") or "0s"
    if kind == "alert" and loaded.keep_firing_for_seconds not in (None, _seconds(keep)):
        return f"{kind} {name!r} keeps firing for {loaded.keep_firing_for_seconds:g} s, not {keep}"
    if kind == "alert" and loaded.annotations is not None:
        annotations = rule.get("annotations") or {}
        for field in sorted({*annotations, *loaded.annotations}):
            if _text(annotations.get(field)) != (loaded.annotations.get(field) or ""):
                return f"{kind} {name!r} has another annotation {field!r}"
    return ""


def _text(value: JSON) -> str:
    """A scalar as a server reads it where it expects text: a number without quotes is its digits."""
    return "" if value is None else str(value)


def _limit(group: JSON) -> JSON:
    return group.get("limit") or 0


def _set(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that series really have: an empty one is none."""
    return {name: text for name, text in labels.items() if text}


def _well_formed(group: JSON) -> bool:
    rules = (group.get("rules") or []) if isinstance(group, dict) else None
    return (
        isinstance(rules, list)
        and isinstance(group.get("name"), str)
        and all(isinstance(rule, dict) and "expr" in rule for rule in rules)
    )


def _seconds(duration: str) -> float | None:
    try:
        return seconds(str(duration))
    except ValueError:
        return None
