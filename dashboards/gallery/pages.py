"""The gallery as its replicas tell of it themselves: pages, times, what they stand on, and the faults they were given."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import firing, page, variable
from dashboards._panels import at_least, at_most, grid, line, section, stat, table, timeline, timeseries
from dashboards._process import memory_and_processor
from dashboards._requests import rate, requests_by, share
from rules import _sla

CHOSEN = 'job=~"$job", instance=~"$instance"'
REQUESTS = f"gallery_http_requests_total{{{CHOSEN}}}"
# Whose client left, counts as no failure of the gallery's; Traefik tells of those that it gave up on.
FAILURES = f'gallery_http_requests_total{{{CHOSEN}, code=~"5.."}}'
BUCKETS = f"gallery_http_request_duration_seconds_bucket{{{CHOSEN}}}"
DEPENDENCIES = f"gallery_dependency_up{{{CHOSEN}}}"
FAULTS = f"gallery_fault{{{CHOSEN}}}"

WORDS = {1: "works", 0: "fails"}


def quantile(of: float, by: str = "le") -> str:
    return f"histogram_quantile({of:g}, {rate(BUCKETS, by)})"


now = line(
    4,
    stat(
        "Requests",
        "Answered by the gallery, those for /health and /metrics among them.",
        units.REQUESTS_PER_SEC,
        {"requests": rate(REQUESTS)},
    ),
    stat(
        "Failed",
        "The share that was answered with a 5xx.",
        units.PERCENT_UNIT,
        {"failed": share(FAILURES, REQUESTS)},
        thresholds=at_most(_sla.ERROR_RATIO),
        decimals=2,
    ),
    stat(
        "95 % within",
        "Of all requests, measured in the gallery: without the way to it and back.",
        units.SECONDS,
        {"p95": quantile(0.95)},
    ),
    stat(
        "Without an answer yet",
        "Requests that are being answered, or hang.",
        units.SHORT,
        {"requests": f"sum (gallery_http_requests_in_progress{{{CHOSEN}}})"},
    ),
    stat(
        "In the storage",
        "Every replica sees the same; absent while the storage fails.",
        units.SHORT,
        {
            "albums": f"max (gallery_albums{{{CHOSEN}}})",
            "pictures": f"max (gallery_pictures{{{CHOSEN}}})",
        },
    ),
    stat(
        "What it stands on",
        "1 while every replica can use it.",
        units.SHORT,
        {"{{dependency}}": f"min by (dependency) ({DEPENDENCIES})"},
        words=WORDS,
        thresholds=at_least(1),
    ),
)

requests = line(
    8,
    requests_by(
        "route",
        "A route is the pattern of a path; “none” are pages that don't exist.",
        REQUESTS,
        "method",
        "route",
    ),
    requests_by("code", "499 is a request whose client left before its answer.", REQUESTS, "code"),
    requests_by("replica", "Evenly spread, while all replicas are well.", REQUESTS, "instance"),
)

times = line(
    8,
    timeseries(
        "Times",
        "What 50, 95 and 99 % of the requests take at most.",
        units.SECONDS,
        {"p50": quantile(0.5), "p95": quantile(0.95), "p99": quantile(0.99)},
    ),
    timeseries(
        "95 % within, by route",
        "Which pages are the slow ones.",
        units.SECONDS,
        {"{{route}}": quantile(0.95, "route, le")},
    ),
    timeseries(
        "Failed, by replica",
        "The share of each replica's requests that was answered with a 5xx.",
        units.PERCENT_UNIT,
        {"{{instance}}": share(FAILURES, REQUESTS, "instance")},
    ),
)

states = line(
    8,
    timeline(
        "Storage and sessions",
        "Whether each replica can use them.",
        {"{{instance}} {{dependency}}": DEPENDENCIES},
        WORDS,
    ),
    table(
        "Faults",
        "What each replica was told to do wrong: 1 for what is on. A healthy replica has only `healthy`.",
        units.SHORT,
        FAULTS,
        {"instance": "Replica", "switch": "Switch", "Value": "Value"},
    ),
    firing("gallery", 'job=~"$job"'),
)

processes = line(
    8,
    timeseries(
        "Without an answer yet, by replica",
        "What hangs, piles up here.",
        units.SHORT,
        {"{{instance}}": f"gallery_http_requests_in_progress{{{CHOSEN}}}"},
    ),
    *memory_and_processor(CHOSEN, "each replica"),
)

dashboard = Dashboard(
    title="Gallery",
    description="Pages, times, storage and faults of the gallery, as its replicas tell of them.",
    panels=grid(
        section("Now"),
        now,
        section("Pages"),
        requests,
        times,
        section("Replicas"),
        states,
        processes,
    ),
    **page(
        "gallery",
        [
            variable("job", "Job", "gallery_http_requests_in_progress"),
            variable(
                "instance", "Replica", 'gallery_http_requests_in_progress{job=~"$job"}', everything=".*"
            ),
        ],
    ),
)
