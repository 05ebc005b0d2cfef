"""Refuse a push before its first write when the credentials don't allow all of it."""

from __future__ import annotations

from provision.errors import NotAllowed
from provision.model import Plan
from provision.ship.target import Target


def require(target: Target, plan: Plan) -> None:
    """Ask the target whether everything that `plan` writes is allowed.

    Raises:
        NotAllowed: something isn't; what is missing is listed by resource.
    """
    missing = target.missing_permissions(plan.writes)
    if missing:
        raise NotAllowed(
            "the credentials lack permissions, so nothing was written:\n  " + "\n  ".join(missing),
            status=403,
            where=target.name,
            remedy="use a service account that has them",
        )
