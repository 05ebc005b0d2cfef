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
