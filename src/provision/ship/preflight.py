"""Refuse before the first write what a server would refuse in the middle."""

from __future__ import annotations

from provision.errors import NotAllowed, ProvisionError
from provision.model import Plan
from provision.ship.target import Target


def require_possible(target: Target, plan: Plan) -> None:
    """Ask the target whether it can take everything that `plan` writes.

    Raises:
        ProvisionError: something stands in the way; all of it is listed.
    """
    obstacles = target.obstacles(plan.writes)
    if obstacles:
        raise ProvisionError("; ".join(obstacles), where=target.name)


def require_allowed(target: Target, plan: Plan) -> None:
    """Ask the target whether the credentials allow everything that `plan` writes.

    Raises:
        NotAllowed: they don't; what is missing is listed by resource.
    """
    missing = target.missing_permissions(plan.writes)
    if missing:
        raise NotAllowed(
            "the credentials lack permissions, so nothing was written:\n  " + "\n  ".join(missing),
            status=403,
            where=target.name,
            remedy="use a service account that has them: the role Editor does, for data sources Admin",
        )
