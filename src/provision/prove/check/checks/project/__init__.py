"""Checks that look at a whole project, because one thing refers to another or is there twice."""

from typing import Final

from provision.prove.check.checks.project import (
    alertmanager_version,
    amtool,
    differing_threshold,
    duplicate_key,
    grafana_alerting,
    group_interval,
    promql,
    promql_performance,
    promtool,
    rule_dependency,
    rule_duplicate,
    rule_link,
    rule_version,
    schema,
    undelivered_alert,
    unknown_dashboard,
    unknown_folder,
    unknown_receiver,
    unknown_record,
    unknown_runbook,
    unread_record,
    virtual_address,
)
from provision.prove.check.forms import ProjectCheck

CHECKS: Final[tuple[ProjectCheck, ...]] = (
    schema,
    promql,
    duplicate_key,
    undelivered_alert,
    unknown_dashboard,
    unknown_folder,
    unread_record,
    virtual_address,
    unknown_record,
    differing_threshold,
    unknown_receiver,
    unknown_runbook,
    grafana_alerting,
    group_interval,
    rule_dependency,
    rule_duplicate,
    promql_performance,
    rule_link,
    rule_version,
    alertmanager_version,
    promtool,
    amtool,
)
