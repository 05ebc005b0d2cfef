"""Names that Prometheus 3.14 knows: its aggregations, and what is experimental with the feature that enables it."""

from __future__ import annotations

FUNCTIONS = "promql-experimental-functions"
SELECTORS = "promql-extended-range-selectors"
FILL = "promql-binop-fill-modifiers"
ALL_FEATURES = frozenset({FUNCTIONS, SELECTORS, FILL})
"""Names of Prometheus' `--enable-feature`."""

AGGREGATIONS = frozenset({
    "avg", "bottomk", "count", "count_values", "group", "limit_ratio", "limitk", "max", "min", "quantile", "stddev", "stdvar",
    "sum", "topk",
})  # fmt: skip
EXPERIMENTAL = frozenset({
    "double_exponential_smoothing", "end", "histogram_quantiles", "info", "limit_ratio", "limitk", "mad_over_time", "max_of",
    "min_of", "range", "sort_by_label", "sort_by_label_desc", "start", "start_timestamp", "step", "ts_of_first_over_time",
    "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
})  # fmt: skip
"""Functions and aggregations that Prometheus 3.14 has behind `FUNCTIONS`."""
