"""Every query of a panel follows the job that the reader has chosen, where one can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.choosing import unfollowed, unmatched
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard

ID = "target-job"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: whether each selector must have the matcher, as dashboard-linter asks.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Queries that don't."""
    if estate.settings(ID, Settings).required:
        yield from unmatched(estate, dashboard, ID, "job")
    else:
        yield from unfollowed(estate, dashboard, ID, "job")
