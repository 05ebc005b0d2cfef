"""Checks that look at one dashboard at a time."""

from typing import Final

from provision.prove.check.checks.dashboards import (
    colour_only,
    contradicting_unit,
    crowded_dashboard,
    crowded_panel,
    deprecated_panel,
    misplaced_panel,
    panel_datasource,
    panel_no_targets,
    panel_title_description,
    panel_units,
    target_counter_agg,
    target_instance,
    target_job,
    target_logql,
    target_logql_auto,
    target_rate_interval,
    template_datasource,
    template_instance,
    template_job,
    template_label_promql,
    template_on_time_change_reload,
    uneditable,
)
from provision.prove.check.forms import DashboardCheck

CHECKS: Final[tuple[DashboardCheck, ...]] = (
    colour_only,
    contradicting_unit,
    crowded_dashboard,
    crowded_panel,
    deprecated_panel,
    misplaced_panel,
    panel_datasource,
    panel_no_targets,
    panel_title_description,
    panel_units,
    target_counter_agg,
    target_instance,
    target_job,
    target_logql,
    target_logql_auto,
    target_rate_interval,
    template_datasource,
    template_instance,
    template_job,
    template_label_promql,
    template_on_time_change_reload,
    uneditable,
)
