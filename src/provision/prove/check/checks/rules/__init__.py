"""Checks that look at one rule at a time."""

from typing import Final

from provision.prove.check.checks.rules import (
    alerts_absent,
    alerts_annotation,
    alerts_comparison,
    alerts_external_labels,
    alerts_for,
    alerts_template,
    impossible_burn_rate,
    labels_conflict,
    rule_for,
    rule_label,
    rule_name,
    rule_owner,
    rule_reject,
    rule_report,
    vanishing_count,
)
from provision.prove.check.forms import RuleCheck

OF_ANY_ENGINE: Final[tuple[RuleCheck, ...]] = (
    alerts_annotation,
    rule_for,
    rule_label,
    rule_owner,
    rule_reject,
    rule_report,
)
"""Those that look at rules of Grafana's own, too: at no expression, and nothing else that Prometheus has alone."""

CHECKS: Final[tuple[RuleCheck, ...]] = (
    alerts_absent,
    alerts_annotation,
    alerts_comparison,
    alerts_external_labels,
    alerts_for,
    alerts_template,
    impossible_burn_rate,
    labels_conflict,
    rule_for,
    rule_label,
    rule_name,
    rule_owner,
    rule_reject,
    rule_report,
    vanishing_count,
)
