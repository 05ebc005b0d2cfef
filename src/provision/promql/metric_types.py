"""What the name of a metric says of its type, where no server is asked.

Source: Prometheus' page on naming of metrics, and OpenMetrics, which demand `_total` of counters and give histograms
`_bucket`, `_count` and `_sum`.
"""

from __future__ import annotations

import re

_COUNTER = re.compile(
    r".*(?:_total|_bucket|_(?:seconds|milliseconds|microseconds|bytes|duration|latency)_(?:count|sum))",
    re.ASCII,
)
_GAUGE = re.compile(r"up|.*_(?:timestamp_seconds|start_time_seconds|ratio|percent|celsius|info)", re.ASCII)
_RATE = re.compile(r".*:(?:\w*_)?(?:i?rate|increase|ratio|delta|deriv)\d*\w*", re.ASCII)


def is_counter(name: str) -> bool:
    """Whether a metric of that name counts from the start of a process on, and falls back to 0 with it."""
    return ":" not in name and _COUNTER.fullmatch(name) is not None


def is_gauge(name: str) -> bool:
    """Whether a metric of that name goes up and down, or stands still."""
    return ":" not in name and _GAUGE.fullmatch(name) is not None


def is_rate(name: str) -> bool:
    """Whether a recorded name says that it is a rate or ratio already, as in `job:requests:rate5m`."""
    return ":" in name and _RATE.fullmatch(name) is not None
