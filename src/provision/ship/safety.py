"""How much of what a project owns one push may change or delete before somebody has to say that it is meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provision.errors import ProvisionError
from provision.model import Action, Plan, Verb
from provision.ship.target import Target

COUNTED_FROM: Final = 10
"""Resources that are owned before their share counts: of a few, one is soon a third."""

SHARE_PERCENT: Final = 30
"""The most of what is owned that one push deletes or changes unasked."""


def verdict(actions: Iterable[Action], owner: str, owned: int, desired: int) -> str:
    """Why a plan isn't carried out unless it is forced, one sentence with the counts; empty when it is safe.
    What is created, or only marked, doesn't count.

    Args:
        owned: how many resources the owner has on the target.
        desired: how many the sources ask for.
    """
    if owned and not desired:
        what = "1 resource" if owned == 1 else f"{owned} resources"
        return f"the sources define nothing for it, and {owner!r} owns {what} there"
    ours = [
        action.verb
        for action in actions
        if action.live is not None and action.live.mark is not None and action.live.mark.owner == owner
    ]
    deleted, changed = ours.count(Verb.DELETE), ours.count(Verb.UPDATE)
    if owned < COUNTED_FROM or (deleted + changed) * 100 <= owned * SHARE_PERCENT:
        return ""
    counted = {"delete": deleted, "change": changed}
    does = " and ".join(f"{does} {count}" for does, count in counted.items() if count)
    return f"it would {does} of the {owned} resources that {owner!r} owns there, more than {SHARE_PERCENT} %"


def require_safe(target: Target, plan: Plan) -> None:
    """Refuse a plan that changes too much at once, unless it was forced.

    Raises:
        ProvisionError: it does; nothing was written.
    """
    if plan.refused:
        raise ProvisionError(
            f"{plan.verdict}, so nothing was written",
            where=target.name,
            remedy="look at it with provision plan, and add --force if it is meant",
        )
