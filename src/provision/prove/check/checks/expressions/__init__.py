"""Checks that look at one expression at a time, of a dashboard or a rule."""

from typing import Final

from provision.prove.check.checks.expressions import (
    missing_le,
    promql_rate,
    promql_regexp,
)
from provision.prove.check.forms import ExpressionCheck

CHECKS: Final[tuple[ExpressionCheck, ...]] = (
    promql_rate,
    promql_regexp,
    missing_le,
)  # fmt: skip
