"""Checks that look at one expression at a time, of a dashboard or a rule."""

from typing import Final

from provision.prove.check.checks.expressions import (
    averaged_average,
    first_increase,
    impossible_quantile,
    integer_bound,
    lifetime_ratio,
    missing_le,
    promql_aggregate,
    promql_counter,
    promql_fragile,
    promql_impossible,
    promql_nan,
    promql_offset,
    promql_range_query,
    promql_rate,
    promql_regexp,
    promql_selector,
    promql_vector_matching,
    promql_version,
    renamed_metric,
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
    promql_fragile,
    promql_range_query,
    promql_offset,
    promql_aggregate,
    promql_selector,
    promql_version,
    missing_le,
    impossible_quantile,
    integer_bound,
    averaged_average,
    lifetime_ratio,
    unlabelled_zero,
    first_increase,
    renamed_metric,
)  # fmt: skip
