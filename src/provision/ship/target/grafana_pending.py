"""Contact points while several requests write them: what such a one may look like when a push was killed.

Grafana writes a contact point integration by integration. Until the last one is written the ledger holds, for
each integration, the forms in which it may be met, and which of them must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.compile.kinds import CONTACT_POINT
from provision.model import Action, Live, Verb, decode
from provision.ship.target.grafana_ledger import part_of

ELSEWHERE: Final = {"source": "server", "name": ""}
"""Stands for a secret that this project didn't set."""

_Any = dict[str, Any]


def references_of(body: bytes) -> _Any:
    """The references of a contact point's secrets: {uid: {setting: reference}}."""
    return {str(one.get("uid")): one["secure"] for one in decode(body)["integrations"] if one.get("secure")}


def parts_of(body: bytes | None) -> dict[str, str]:
    """uid → digest of each integration."""
    return {str(one.get("uid")): part_of(one) for one in decode(body)["integrations"]} if body else {}


def pending_of(action: Action) -> _Any | None:
    """What the ledger holds while an action on a contact point is carried out; None where one request does it, and
    what is live then says by itself whether it was done."""
    assert action.kind == CONTACT_POINT
    before, after = parts_of(action.before), parts_of(action.after)
    if action.verb is Verb.ADOPT:
        return None
    steps = sum(before.get(uid) != after.get(uid) for uid in before.keys() | after.keys())
    same_references = action.before is None or (
        action.after is None or references_of(action.before) == references_of(action.after)
    )
    if steps <= 1 and same_references:
        return None
    return {
        **_hidden(action),
        "parts": {
            uid: sorted({forms[uid] for forms in (before, after) if uid in forms})
            for uid in sorted(before.keys() | after.keys())
        },
        "needed": sorted(before.keys() & after.keys()),
    }


def _hidden(action: Action) -> _Any:
    """The references before and after: what is live is compared without the settings behind them."""
    both = [references_of(body) for body in (action.before, action.after) if body is not None]
    names = {uid: sorted({name for one in both for name in one.get(uid, ())}) for one in both for uid in one}
    return {"hidden": names} if names else {}


def fits(live: Live, pending: Mapping[str, Any] | None) -> bool:
    """Whether what is live is what a push that was killed may have left."""
    if not pending:
        return False
    found, parts = parts_of(live.body), pending["parts"]
    return found.keys() >= set(pending["needed"]) and all(
        part in parts.get(uid, ()) for uid, part in found.items()
    )
