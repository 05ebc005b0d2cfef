"""The objectives and the windows they are measured over. Rules and dashboards read both from here, so that
one change in `pyproject.toml` moves alerts, thresholds and panels together.

| variable | meaning | unit |
| --- | --- | --- |
| `sla_latency_seconds` | a slower answer misses the objective | seconds |
| `sla_error_ratio` | the share of requests that may fail, and the share that may be slow | 0 to 1 |
| `sla_minimum_requests` | fewer requests in a window prove nothing | requests |
| `alert_window` | over how long alerts look back; the longer windows are multiples of it | duration |
| `alert_for` | how long a condition holds before its alert fires | duration |
"""

from __future__ import annotations

from dataclasses import dataclass

from provision.author import env
from provision.author.durations import seconds

LATENCY_SECONDS = env.number("sla_latency_seconds")
ERROR_RATIO = env.number("sla_error_ratio")
MINIMUM_REQUESTS: float = env.get("sla_minimum_requests", 10)

FOR: str = env.get("alert_for", "1m")
_WINDOW_SECONDS = seconds(env.get("alert_window", "5m"))

LATENCY_TEXT = f"{LATENCY_SECONDS * 1000:g} ms"
ERROR_TEXT = f"{ERROR_RATIO * 100:g} %"
OBJECTIVE_TEXT = f"{(1 - ERROR_RATIO) * 100:g} %"

BUCKETS_FLAG = "--metrics.prometheus.buckets=" + ",".join(
    f"{bound:g}" for bound in sorted({0.1, LATENCY_SECONDS, 0.3, 1.2, 5.0})
)
"""What Traefik must be started with: its own buckets are 0.1, 0.3, 1.2 and 5 s."""


def window(factor: int) -> str:
    """`factor` times the alert window as a Prometheus duration: 12 × 5m is `1h`."""
    total = round(_WINDOW_SECONDS * factor)
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if total % length == 0:
            return f"{total // length}{unit}"
    return f"{total}s"


WINDOW = window(1)


def bucket(bound_seconds: float) -> str:
    """The label matcher of the histogram bucket with that upper bound. Prometheus 2 stores a whole number as
    Traefik writes it (`le="5"`), Prometheus 3 as `le="5.0"`: both match.
    """
    text = repr(float(bound_seconds))
    whole = text.removesuffix(".0")
    return f'le="{text}"' if text == whole else f'le=~"{whole}|{whole}[.]0"'


@dataclass(frozen=True)
class Burn:
    """One row of the multi-window burn-rate alerts.

    Attributes:
        factor: how many times faster than allowed the budget is spent.
        long, short: both windows must burn that fast: the long one makes it matter, the short one ends the
            alert soon after the fault.
        severity: `page` or `ticket`.
    """

    factor: float
    long: str
    short: str
    severity: str


# The table of Google's SRE workbook, "Alerting on SLOs": with an alert window of 5m its windows are
# 1h/5m, 6h/30m, 1d/2h and 3d/6h.
_WORKBOOK = (
    Burn(14.4, window(12), window(1), "page"),
    Burn(6, window(72), window(6), "page"),
    Burn(3, window(288), window(24), "ticket"),
    Burn(1, window(864), window(72), "ticket"),
)

# A ratio never exceeds 1, so a row that asks for more than that could never fire.
BURNS = tuple(burn for burn in _WORKBOOK if burn.factor * ERROR_RATIO < 1)
if not BURNS:
    raise ValueError(f"sla_error_ratio {ERROR_RATIO:g} leaves no burn-rate alert that could ever fire")

RATIO_WINDOWS = sorted({WINDOW}.union(*({burn.long, burn.short} for burn in BURNS)), key=seconds)

# The recorded names: level:metric:operations.
CODES = f"job_entrypoint_code:traefik_entrypoint_requests:increase{WINDOW}"
REQUESTS = f"job_entrypoint:traefik_entrypoint_requests:increase{WINDOW}"
ERRORS = f"job_entrypoint:traefik_entrypoint_errors:increase{WINDOW}"
TIMED = f"job_entrypoint:traefik_entrypoint_request_duration_seconds_count:increase{WINDOW}"
TIME = f"job_entrypoint:traefik_entrypoint_request_duration_seconds_sum:increase{WINDOW}"
SLOW = f"job_entrypoint:traefik_entrypoint_slow_requests:increase{WINDOW}"
MEAN = f"job_entrypoint:traefik_entrypoint_request_duration_seconds:mean{WINDOW}"


def error_ratio(length: str) -> str:
    """The recorded share of requests answered with 5xx over that window."""
    return f"job_entrypoint:traefik_entrypoint_errors_per_requests:ratio{length}"


def slow_ratio(length: str) -> str:
    """The recorded share of requests slower than the SLA latency over that window."""
    return f"job_entrypoint:traefik_entrypoint_slow_per_requests:ratio{length}"
