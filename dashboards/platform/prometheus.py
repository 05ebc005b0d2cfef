"""Whether Prometheus itself collects, evaluates and reports what it should."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import ANY_JOB, firing, page, variable
from dashboards._panels import at_most, grid, line, section, stat, timeseries
from dashboards._process import memory_and_processor

RELOADED = "prometheus_config_last_reload_success_timestamp_seconds"

# The label rule_group is the file's path and the group's name, with a semicolon between them.
LONGEST = f"max by (rule_group) (prometheus_rule_group_last_duration_seconds{{{ANY_JOB}}})"


def total(metric: str) -> str:
    return f"sum ({metric}{{{ANY_JOB}}})"


def rate(counter: str, by: str = "instance") -> str:
    return f"sum by ({by}) (rate({counter}{{{ANY_JOB}}}[$__rate_interval]))"


now = line(
    4,
    stat(
        "Active series",
        "Series in the head block: what is being written to now.",
        units.SHORT,
        {"series": total("prometheus_tsdb_head_series")},
    ),
    stat(
        "Samples stored",
        "How many samples a second are taken in; at 0 everything else on these dashboards is old.",
        units.COUNTS_PER_SEC,
        {
            "samples": f"sum (rate(prometheus_tsdb_head_samples_appended_total{{{ANY_JOB}}}[$__rate_interval]))"
        },
    ),
    stat(
        "Blocks on disk",
        "Without the write-ahead log.",
        units.BYTES_IEC,
        {"blocks": total("prometheus_tsdb_storage_blocks_bytes")},
    ),
    stat(
        "Configuration",
        "Whether the last reload was accepted. A refused file stays on disk, and the next start fails.",
        units.SHORT,
        {"last reload": f"min (prometheus_config_last_reload_successful{{{ANY_JOB}}})"},
        words={1: "accepted", 0: "refused"},
    ),
    stat(
        "Last reload",
        "How long ago a configuration was accepted.",
        units.SECONDS,
        {"ago": f"time() - max ({RELOADED}{{{ANY_JOB}}})"},
    ),
    stat(
        "Alertmanagers known",
        "With none, no alert is delivered.",
        units.SHORT,
        {"known": f"min (prometheus_notifications_alertmanagers_discovered{{{ANY_JOB}}})"},
    ),
)

collecting = line(
    8,
    timeseries(
        "Samples taken in",
        "By scrapes and by rules.",
        units.COUNTS_PER_SEC,
        {"{{instance}}": rate("prometheus_tsdb_head_samples_appended_total")},
    ),
    timeseries(
        "Series",
        "In the head block. A steep rise is a label with too many values.",
        units.SHORT,
        {"{{instance}}": f"sum by (instance) (prometheus_tsdb_head_series{{{ANY_JOB}}})"},
    ),
)

evaluating = line(
    8,
    timeseries(
        "Duration of rule groups",
        "How long the last evaluation of each group took; it must stay below the group's interval.",
        units.SECONDS,
        {"{{group}}": f'label_replace({LONGEST}, "group", "$1", "rule_group", ".*;(.*)")'},
    ),
    timeseries(
        "Failed and missed evaluations",
        "A failed rule records nothing and alerts of nothing; a missed one came too late.",
        units.COUNTS_PER_SEC,
        {
            "failed": f"sum (rate(prometheus_rule_evaluation_failures_total{{{ANY_JOB}}}[$__rate_interval]))",
            "missed": f"sum (rate(prometheus_rule_group_iterations_missed_total{{{ANY_JOB}}}[$__rate_interval]))",
        },
        thresholds=at_most(0.001),
    ),
)

reporting = line(
    8,
    timeseries(
        "Alerts sent",
        "To each Alertmanager; Prometheus repeats what still fires.",
        units.COUNTS_PER_SEC,
        {
            "{{alertmanager}} sent": rate("prometheus_notifications_sent_total", "alertmanager"),
            "{{alertmanager}} failed": rate("prometheus_notifications_errors_total", "alertmanager"),
        },
    ),
    firing("Prometheus", ANY_JOB),
)

serving = line(
    8,
    timeseries(
        "Queries",
        "Requests to its HTTP API and pages, by status code.",
        units.REQUESTS_PER_SEC,
        {"{{code}}": rate("prometheus_http_requests_total", "code")},
        stacked=True,
    ),
    *memory_and_processor(ANY_JOB),
)

dashboard = Dashboard(
    title="Prometheus",
    description="Collecting, evaluating and reporting by Prometheus itself.",
    panels=grid(
        section("Now"),
        now,
        section("Collecting"),
        collecting,
        section("Rules and alerts"),
        evaluating,
        reporting,
        section("Serving"),
        serving,
    ),
    **page("platform", [variable("job", "Job", "prometheus_build_info")], [RELOADED]),
)
