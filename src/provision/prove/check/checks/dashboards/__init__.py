"""Checks that look at one dashboard at a time."""

from typing import Final

from provision.prove.check.checks.dashboards import (
    deprecated_panel,
    misplaced_panel,
    panel_datasource,
    panel_no_targets,
    panel_title_description,
    panel_units,
    template_datasource,
    template_instance,
    template_job,
    template_on_time_change_reload,
    uneditable,
)
from provision.prove.check.forms import DashboardCheck

CHECKS: Final[tuple[DashboardCheck, ...]] = (
    deprecated_panel,
    misplaced_panel,
    panel_datasource,
    panel_no_targets,
    panel_title_description,
    panel_units,
    template_datasource,
    template_instance,
    template_job,
    template_on_time_change_reload,
    uneditable,
)
