"""What a metric's name says of its type and unit. Source: the naming practices of Prometheus and OpenMetrics."""

from __future__ import annotations

import re
from typing import Final, Literal

Kind = Literal["counter", "gauge", "buckets", ""]
"""What can be done with a series: rate() of a counter, the value of a gauge, a quantile of buckets. Empty: unknown."""

UNITS: Final = {
    "seconds": "s",
    "milliseconds": "ms",
    "microseconds": "µs",
    "nanoseconds": "ns",
    "minutes": "m",
    "hours": "h",
    "days": "d",
    "bytes": "bytes",
    "bits": "bits",
    "ratio": "percentunit",
    "percent": "percent",
    "percentage": "percent",
    "celsius": "celsius",
    "fahrenheit": "fahrenheit",
    "kelvin": "kelvin",
    "hertz": "hertz",
    "volts": "volt",
    "amperes": "amp",
    "watts": "watt",
    "joules": "joule",
    "meters": "lengthm",
    "grams": "massg",
}
"""The last word of a name, without what `_ENDINGS` says, to Grafana's id of that unit."""

_ENDINGS: Final = ("_total", "_bucket", "_sum", "_count", "_created", "_info", "_max", "_min", "_avg")
_GAUGES: Final = (
    "_info",
    "_created",
    "_ratio",
    "_percent",
    "_celsius",
    "_timestamp_seconds",
    "_time_seconds_max",
)


def kind_of(name: str) -> Kind:
    """What a metric's name says that it is; empty when it says nothing."""
    if name.endswith("_total"):
        return "counter"
    if name.endswith("_bucket"):
        return "buckets"
    if name.endswith(("_sum", "_count")):
        return "counter"
    return "gauge" if name.endswith(_GAUGES) else ""


def unit_of(name: str) -> str:
    """Grafana's id of the unit that a metric's name ends in: `s` for `…_seconds_total`; empty when it says none, for
    what is counted (`…_seconds_count`, `…_seconds_bucket`), and for what is measured by it (`…_kb_per_seconds`)."""
    if name.endswith(("_count", "_bucket", "_info")):
        return ""
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    before, _, last = name.rpartition("_")
    return "" if before.endswith("_per") else UNITS.get(last, "")


_LONG: Final = 300
"""Characters; a name of so many says nothing that is worth the time."""

_COUNTER: Final = re.compile(
    r".*(?:_total|_bucket|_(?:seconds|milliseconds|microseconds|bytes|duration|latency)_(?:count|sum))",
    re.ASCII,
)
_GAUGE: Final = re.compile(
    r"up|.*_(?:timestamp_seconds|start_time_seconds|ratio|percent|celsius|info)", re.ASCII
)
_RATE: Final = re.compile(r".*:(?:\w*_)?(?:i?rate|increase|ratio|delta|deriv)\d*\w*", re.ASCII)


def is_counter(name: str) -> bool:
    """Whether a metric of that name counts from the start of a process on, and falls back to 0 with it. Surer than
    `kind_of`, for there are gauges whose name ends in `_count` or `_sum`."""
    return ":" not in name and _COUNTER.fullmatch(name) is not None


def is_gauge(name: str) -> bool:
    """Whether a metric of that name goes up and down, or stands still, as surely."""
    return ":" not in name and _GAUGE.fullmatch(name) is not None


def is_rate(name: str) -> bool:
    """Whether a recorded name says that it is a rate or ratio already, as in `job:requests:rate5m`."""
    return ":" in name and len(name) < _LONG and _RATE.fullmatch(name) is not None
