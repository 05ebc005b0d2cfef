"""What the schema generations of a dashboard (classic, v2) mean for a plan.

Grafana shows a dashboard that is stored as v2 to the classic schema only converted: tabs, automatic grids and
conditions are gone. A classic source must not replace one unasked.
"""

from __future__ import annotations

from provision.compile.kinds import DASHBOARD
from provision.model import Live, Resource, decode

_LOSES = (
    "it is stored in Grafana's second generation (v2), and in the classic schema, in which the sources write it, "
    "its tabs, automatic grids and conditions would be lost"
)


def told(desired: Resource, live: Live, reason: str = "") -> str:
    """The reason why a resource stops, and that a dashboard would lose what only the second generation can say;
    only that without a reason; empty when there is nothing to say.

    Args:
        live: not what is desired.
    """
    if desired.kind != DASHBOARD or not _is_v2(live.body) or _is_v2(desired.body):
        return reason
    return f"{reason}; {_LOSES}" if reason else _LOSES


def _is_v2(body: bytes) -> bool:
    if b'"schema"' not in body and b'"storedVersion"' not in body:
        return False
    return not {"schema", "storedVersion"}.isdisjoint(decode(body))
