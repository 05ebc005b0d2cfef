"""Checks that look at one rule at a time."""

from typing import Final

from provision.prove.check.checks.rules import (
    alerts_for,
)
from provision.prove.check.forms import RuleCheck

CHECKS: Final[tuple[RuleCheck, ...]] = (
    alerts_for,
)  # fmt: skip
