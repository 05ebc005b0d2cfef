"""Checks that look at one dashboard at a time."""

from typing import Final

from provision.prove.check.checks.dashboards import (
    panel_title_description,
    panel_units,
    template_on_time_change_reload,
    uneditable,
)
from provision.prove.check.forms import DashboardCheck

CHECKS: Final[tuple[DashboardCheck, ...]] = (
    panel_title_description,
    panel_units,
    template_on_time_change_reload,
    uneditable,
)
