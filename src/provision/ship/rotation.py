"""Secrets that are to be written again although nothing in the sources has changed (`--rotate-secrets`).

A server never gives a secret back, so nobody can see whether the value behind a reference is still the one that it
has. Who has changed values says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from provision.compile.kinds import CONTACT_POINT, DATASOURCE
from provision.model import JSON, Action, Plan, Verb, decode

REASON: Final = "its secrets are written again"
_KINDS: Final = frozenset({DATASOURCE, CONTACT_POINT})
_OF_THE_SERVER: Final = "server"
"""The source of a secret whose value nobody but the server knows."""


def with_rotation(plan: Plan) -> Plan:
    """The plan, in which every resource of the owner's that has secrets is written, changed or not."""
    return replace(plan, actions=tuple(_rotated(action, plan.owner) for action in plan.actions))


def _rotated(action: Action, owner: str) -> Action:
    mark = action.live.mark if action.live is not None else None
    if action.verb is not Verb.KEEP or action.kind not in _KINDS or mark is None or mark.owner != owner:
        return action
    references = _references(decode(action.after or b"{}"))
    if all(reference.get("source") == _OF_THE_SERVER for reference in references):
        return action
    return replace(action, verb=Verb.UPDATE, reason=REASON)


def _references(value: JSON) -> Iterator[dict[str, str]]:
    """The references under every `secure` of a body, however deep."""
    if isinstance(value, dict):
        secure = value.get("secure")
        if isinstance(secure, dict):
            yield from (reference for reference in secure.values() if isinstance(reference, dict))
        for name, item in value.items():
            if name != "secure":
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
