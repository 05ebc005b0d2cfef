"""Is the promise kept? Response time and errors against the SLA, and how much of the budget is left."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import ANY_JOB, firing, page
from dashboards._panels import at_least, at_most, grid, line, section, stat, text, timeseries
from dashboards._requests import rate, share
from dashboards.traefik._selectors import (
    ENTRYPOINT,
    ENTRYPOINTS,
    JOB,
    RELOADED,
    entrypoint_requests,
)
from provision.author import Waive
from rules._links import RUNBOOKS_URL
from rules._sla import (
    BUCKETS_FLAG,
    ERROR_RATIO,
    ERROR_TEXT,
    ERRORS,
    LATENCY_SECONDS,
    LATENCY_TEXT,
    OBJECTIVE_TEXT,
    RATIO_WINDOWS,
    REQUESTS,
    SLOW,
    TIMED,
    bucket,
    error_ratio,
    slow_ratio,
)

HISTOGRAM = "traefik_entrypoint_request_duration_seconds"
COUNT = f"{HISTOGRAM}_count{{{ENTRYPOINTS}}}"
SUM = f"{HISTOGRAM}_sum{{{ENTRYPOINTS}}}"
BUCKETS = f"{HISTOGRAM}_bucket{{{ENTRYPOINTS}}}"
SLA_BUCKET = f"{HISTOGRAM}_bucket{{{ENTRYPOINTS}, {bucket(LATENCY_SECONDS)}}}"
SERVER_ERRORS = entrypoint_requests(', code=~"5.."')

AVERAGE = f"{rate(SUM)} / ({rate(COUNT)} > 0)"
LIFETIME_AVERAGE = f"sum ({SUM}) / (sum ({COUNT}) > 0)"
FAST = f"{rate(SLA_BUCKET)} / ({rate(COUNT)} > 0)"
FAILED = share(SERVER_ERRORS, entrypoint_requests())

LATENCY_LIMIT = {f"SLA: {LATENCY_TEXT}": f"vector({LATENCY_SECONDS:g})"}
ERROR_LIMIT = {f"SLA: {ERROR_TEXT}": f"vector({ERROR_RATIO:g})"}
FAST_LIMIT = {f"SLA: {OBJECTIVE_TEXT}": f"vector({1 - ERROR_RATIO:g})"}

NEEDS_BUCKET = f"Needs a histogram bucket at {LATENCY_TEXT}: start Traefik with `{BUCKETS_FLAG}`."
NEEDS_RULES = "Reads what rules/traefik.py records."


def percentile(share_of_requests: float) -> str:
    """What that share of the requests is faster than. Without traffic it is NaN, which the comparison drops."""
    return f"histogram_quantile({share_of_requests:g}, {rate(BUCKETS, 'le')}) >= 0"


def budget_left(spent: str, whole: str) -> str:
    """1 with an untouched budget, 0 when all of it is spent, below when more than it is."""
    part = f"sum (sum_over_time({spent}{{{ENTRYPOINTS}}}[$__range]))"
    total = f"sum (sum_over_time({whole}{{{ENTRYPOINTS}}}[$__range]))"
    return f"1 - {part} / ({total} > 0) / {ERROR_RATIO:g}"


def burn(recorded: str) -> str:
    """How many times faster than allowed the worst of the entry points spends its budget."""
    return f"max ({recorded}{{{ENTRYPOINTS}}}) / {ERROR_RATIO:g}"


for title in ("Average response time", "Average response time over time"):
    for check in ("lifetime-ratio", "verify-type-misuse"):
        Waive(check, reason="it is drawn as what it is, so that everybody sees what it hides", of=title)

now = line(
    5,
    stat(
        "Average response time",
        f"Over the last minutes, beside the average since Traefik's start, which hides what changed since. "
        f"The SLA is {LATENCY_TEXT}.",
        units.SECONDS,
        {"now": AVERAGE, "lifetime": LIFETIME_AVERAGE, **LATENCY_LIMIT},
        thresholds=at_most(LATENCY_SECONDS),
    ),
    stat(
        "Requests under the SLA latency",
        f"The share of requests answered within {LATENCY_TEXT}; the SLA is {OBJECTIVE_TEXT}. {NEEDS_BUCKET}",
        units.PERCENT_UNIT,
        {"now": FAST, **FAST_LIMIT},
        thresholds=at_least(1 - ERROR_RATIO),
        decimals=2,
    ),
    stat(
        "5xx ratio",
        f"The share of requests answered with a 5xx status; the SLA allows {ERROR_TEXT}.",
        units.PERCENT_UNIT,
        {"now": FAILED, **ERROR_LIMIT},
        thresholds=at_most(ERROR_RATIO),
        decimals=2,
    ),
    stat(
        "Error budget left",
        f"Of the {ERROR_TEXT} that may fail, and of the {ERROR_TEXT} that may be slow, in the chosen time "
        f"range: 100 % is untouched, below 0 % the SLA is broken. {NEEDS_RULES}",
        units.PERCENT_UNIT,
        {"errors": budget_left(ERRORS, REQUESTS), "latency": budget_left(SLOW, TIMED)},
        thresholds=at_least(0),
        instant=True,
        decimals=1,
    ),
)

response_time = line(
    8,
    timeseries(
        "Average response time over time",
        "Over a window of a few scrapes; the average since Traefik's start beside it, which hardly moves when "
        "all requests turn slow.",
        units.SECONDS,
        {"windowed": AVERAGE, "lifetime (since Traefik's start)": LIFETIME_AVERAGE, **LATENCY_LIMIT},
        thresholds=at_most(LATENCY_SECONDS),
    ),
    timeseries(
        "Percentiles of the response time",
        "What 50, 95 and 99 % of the requests are faster than, interpolated within Traefik's histogram "
        "buckets: no more exact than those are fine.",
        units.SECONDS,
        {"p50": percentile(0.5), "p95": percentile(0.95), "p99": percentile(0.99), **LATENCY_LIMIT},
        thresholds=at_most(LATENCY_SECONDS),
    ),
)

latency_objective = line(
    8,
    timeseries(
        "Share of requests under the SLA latency",
        f"Answered within {LATENCY_TEXT}. {NEEDS_BUCKET}",
        units.PERCENT_UNIT,
        {"within the SLA latency": FAST, **FAST_LIMIT},
        thresholds=at_least(1 - ERROR_RATIO),
        maximum=1,
    ),
    timeseries(
        "Average response time by entry point",
        "Windowed. An entry point without requests has no average.",
        units.SECONDS,
        {
            "{{entrypoint}}": f"{rate(SUM, 'entrypoint')} / ({rate(COUNT, 'entrypoint')} > 0)",
            **LATENCY_LIMIT,
        },
        thresholds=at_most(LATENCY_SECONDS),
    ),
)

errors_and_budget = line(
    8,
    timeseries(
        "5xx ratio over time",
        "The share of requests answered with a 5xx status: 0 while there are none.",
        units.PERCENT_UNIT,
        {"5xx": FAILED, **ERROR_LIMIT},
        thresholds=at_most(ERROR_RATIO),
    ),
    timeseries(
        "Burn rate of the error budget",
        "How many times faster than allowed failures spend the budget, over several windows; at 1 it lasts "
        f"exactly. The worst entry point counts. {NEEDS_RULES}",
        units.SHORT,
        {f"over {length}": burn(error_ratio(length)) for length in RATIO_WINDOWS},
        thresholds=at_most(1),
    ),
    timeseries(
        "Burn rate of the latency budget",
        f"The same for requests slower than {LATENCY_TEXT}. {NEEDS_RULES} {NEEDS_BUCKET}",
        units.SHORT,
        {f"over {length}": burn(slow_ratio(length)) for length in RATIO_WINDOWS},
        thresholds=at_most(1),
    ),
)

what_to_do = line(
    6,
    firing("Traefik", ANY_JOB),
    text(
        "What to do",
        "Where to look next.",
        f"Each alert has a page among the [runbooks]({RUNBOOKS_URL}).\n\n"
        "Slow or failing? Look at [Traefik traffic](/d/traefik-traffic?${__url_time_range}) for the service, "
        "then at the [containers](/d/platform-containers?${__url_time_range}) for its memory and processor.",
    ),
)

dashboard = Dashboard(
    title="Traefik SLA",
    description=f"{OBJECTIVE_TEXT} of the requests within {LATENCY_TEXT}, {OBJECTIVE_TEXT} without 5xx.",
    panels=grid(
        section("Now"),
        now,
        section("Response time"),
        response_time,
        latency_objective,
        section("Errors and budget"),
        errors_and_budget,
        what_to_do,
    ),
    **page("traefik", [JOB, ENTRYPOINT], [RELOADED]),
)
