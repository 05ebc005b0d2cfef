"""Checks that look at one expression at a time, of a dashboard or a rule."""

from typing import Final

from provision.prove.check.checks.expressions import (
    averaged_average,
    lifetime_ratio,
    missing_le,
    promql_counter,
    promql_impossible,
    promql_nan,
    promql_rate,
    promql_regexp,
    promql_vector_matching,
    unlabelled_zero,
)
from provision.prove.check.forms import ExpressionCheck

CHECKS: Final[tuple[ExpressionCheck, ...]] = (
    promql_rate,
    promql_counter,
    promql_regexp,
    promql_impossible,
    promql_vector_matching,
    promql_nan,
    missing_le,
    averaged_average,
    lifetime_ratio,
    unlabelled_zero,
)  # fmt: skip
