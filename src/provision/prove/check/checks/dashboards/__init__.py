"""Checks that look at one dashboard at a time."""

from typing import Final

from provision.prove.check.forms import DashboardCheck

CHECKS: Final[tuple[DashboardCheck, ...]] = ()
