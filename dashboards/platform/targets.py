"""What Prometheus scrapes, and whether it gets an answer."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import ANY_JOB, firing, page, variable
from dashboards._panels import at_least, at_most, grid, line, section, stat, table, timeline, timeseries

UP = f"up{{{ANY_JOB}}}"
WORDS = {1: "up", 0: "down"}

now = line(
    4,
    stat(
        "Targets up",
        "Targets that answered the last scrape, of all that are known.",
        units.SHORT,
        {"up": f"sum ({UP})", "known": f"count ({UP})"},
    ),
    stat(
        "Jobs without a target",
        "Jobs none of whose targets answers. A job whose targets are all gone from discovery isn't counted "
        "here: the alert JobDown tells of it.",
        units.SHORT,
        {"jobs": f"count (max by (job) ({UP}) == 0) or vector(0)"},
        thresholds=at_most(1),
    ),
    stat(
        "Longest scrape",
        "A scrape that takes longer than its time limit counts as failed.",
        units.SECONDS,
        {"longest": f"max (scrape_duration_seconds{{{ANY_JOB}}})"},
    ),
    stat(
        "Series scraped",
        "Samples of one scrape over all targets.",
        units.SHORT,
        {"samples": f"sum (scrape_samples_post_metric_relabeling{{{ANY_JOB}}})"},
    ),
)

states = line(
    9,
    timeline(
        "Targets",
        "Whether each target answered.",
        {"{{job}} {{instance}}": UP},
        WORDS,
    ),
    table(
        "Targets, the down ones first",
        "The state of the last scrape.",
        units.SHORT,
        UP,
        {"job": "Job", "instance": "Target", "Value": "State"},
        words=WORDS,
        thresholds=at_least(1),
    ),
)

scrapes = line(
    8,
    timeseries(
        "Duration of scrapes",
        "How long each target takes to answer.",
        units.SECONDS,
        {"{{job}} {{instance}}": f"scrape_duration_seconds{{{ANY_JOB}}}"},
    ),
    timeseries(
        "Samples of a scrape",
        "After relabelling. A steep rise is a label with too many values.",
        units.SHORT,
        {"{{job}} {{instance}}": f"scrape_samples_post_metric_relabeling{{{ANY_JOB}}}"},
    ),
    timeseries(
        "New series",
        "Series that a scrape brought for the first time.",
        units.SHORT,
        {"{{job}} {{instance}}": f"scrape_series_added{{{ANY_JOB}}}"},
    ),
)

availability = line(
    8,
    timeseries(
        "Share of targets up",
        "By job: 100 % while all of them answer.",
        units.PERCENT_UNIT,
        {"{{job}}": f"sum by (job) ({UP}) / count by (job) ({UP})"},
        maximum=1,
    ),
    timeseries(
        "Running since the last start",
        "Of every process that tells; a drop to 0 is a restart.",
        units.SECONDS,
        {"{{job}} {{instance}}": f"time() - process_start_time_seconds{{{ANY_JOB}}}"},
    ),
    firing("all jobs", ANY_JOB),
)

dashboard = Dashboard(
    title="Targets",
    description="What is scraped, and whether it answers.",
    panels=grid(
        section("Now"),
        now,
        section("Up or down"),
        states,
        availability,
        section("Scrapes"),
        scrapes,
    ),
    **page("platform", [variable("job", "Job", "up")]),
)
