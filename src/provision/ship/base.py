"""What was applied last, beside what is live and what is desired: only that tells an edit from a change of the sources."""

from __future__ import annotations

from dataclasses import replace

from provision.model import Action, Plan, Verb
from provision.ship.target import Target


def with_bases(plan: Plan, target: Target) -> Plan:
    """The plan, in which every conflict has what the project applied last, where the target still knows it. Sends
    GETs only.

    Raises:
        Unreachable, ServerRefused, NotAllowed: as the server answers.
    """
    return replace(plan, actions=tuple(_with_base(action, target) for action in plan.actions))


def _with_base(action: Action, target: Target) -> Action:
    if action.verb is not Verb.CONFLICT or action.live is None:
        return action
    return replace(action, base=target.applied(action.live))
