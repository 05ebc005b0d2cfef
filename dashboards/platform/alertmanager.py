"""Whether alerts reach somebody."""

from __future__ import annotations

from grafanalib import formatunits as units
from grafanalib.core import Dashboard

from dashboards._page import ANY_JOB, firing, page, variable
from dashboards._panels import at_most, grid, line, section, stat, timeseries
from dashboards._process import memory_and_processor

RELOADED = "alertmanager_config_last_reload_success_timestamp_seconds"
ALERTS = "alertmanager_alerts"
LATENCY = "alertmanager_notification_latency_seconds"


def rate(counter: str, by: str) -> str:
    return f"sum by ({by}) (rate({counter}{{{ANY_JOB}}}[$__rate_interval]))"


def by_integration(counter: str) -> str:
    """Growth a second of those integrations that were ever used: Alertmanager lists a score of them. Before the
    first notification it is a single 0.
    """
    used = f"sum by (integration) (alertmanager_notifications_total{{{ANY_JOB}}}) > 0"
    growth = rate(counter, "integration")
    return f"{growth} and on (integration) ({used}) or on () sum ({growth})"


def alerts(state: str) -> str:
    """Of several Alertmanagers each knows all alerts: the largest number counts, not the sum."""
    return f'max ({ALERTS}{{{ANY_JOB}, state="{state}"}})'


now = line(
    4,
    stat(
        "Alerts",
        "What Alertmanager holds: active ones are told of, suppressed ones are silenced or inhibited.",
        units.SHORT,
        {"active": alerts("active"), "suppressed": alerts("suppressed")},
    ),
    stat(
        "Silences",
        "Silences in force now.",
        units.SHORT,
        {"silences": f'max (alertmanager_silences{{{ANY_JOB}, state="active"}})'},
    ),
    stat(
        "Failed notifications",
        "In the chosen time range, over all integrations.",
        units.SHORT,
        {"failed": f"sum (increase(alertmanager_notifications_failed_total{{{ANY_JOB}}}[$__range]))"},
        thresholds=at_most(1),
        instant=True,
    ),
    stat(
        "Configuration",
        "Whether the last reload was accepted. A refused file stays on disk, and the next start fails.",
        units.SHORT,
        {"last reload": f"min (alertmanager_config_last_reload_successful{{{ANY_JOB}}})"},
        words={1: "accepted", 0: "refused"},
    ),
    stat(
        "Last reload",
        "How long ago a configuration was accepted.",
        units.SECONDS,
        {"ago": f"time() - max ({RELOADED}{{{ANY_JOB}}})"},
    ),
    stat(
        "Instances",
        "Alertmanagers that Prometheus can scrape, of all it should.",
        units.SHORT,
        {"up": f"sum (up{{{ANY_JOB}}})", "expected": f"count (up{{{ANY_JOB}}})"},
    ),
)

coming_in = line(
    8,
    timeseries(
        "Alerts held",
        "By state: active ones are told of, suppressed ones are silenced or inhibited.",
        units.SHORT,
        {"{{state}}": f"max by (state) ({ALERTS}{{{ANY_JOB}}})"},
    ),
    timeseries(
        "Alerts received",
        "From Prometheus, firing and resolved; Prometheus repeats what still fires.",
        units.COUNTS_PER_SEC,
        {"{{status}}": rate("alertmanager_alerts_received_total", "status")},
        stacked=True,
    ),
)

going_out = line(
    8,
    timeseries(
        "Notifications",
        "Sent and failed, by each integration that was used.",
        units.COUNTS_PER_SEC,
        {
            "{{integration}} sent": by_integration("alertmanager_notifications_total"),
            "{{integration}} failed": by_integration("alertmanager_notifications_failed_total"),
        },
    ),
    timeseries(
        "Duration of notifications",
        "Average time that an integration takes to accept a notification; 0 while none is sent.",
        units.SECONDS,
        {
            "{{integration}}": f"({by_integration(f'{LATENCY}_sum')}) "
            f"/ ({rate(f'{LATENCY}_count', 'integration')} > 0) or on () 0 * sum ({LATENCY}_count{{{ANY_JOB}}})"
        },
    ),
    firing("Alertmanager", ANY_JOB),
)

process = line(
    8,
    *memory_and_processor(ANY_JOB),
)

dashboard = Dashboard(
    title="Alertmanager",
    description="Alerts coming in, notifications going out.",
    panels=grid(
        section("Now"),
        now,
        section("Coming in"),
        coming_in,
        section("Going out"),
        going_out,
        section("Process"),
        process,
    ),
    **page("platform", [variable("job", "Job", "alertmanager_build_info")], [RELOADED]),
)
