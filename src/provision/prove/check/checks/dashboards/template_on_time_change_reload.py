"""Every variable that is asked of a data source is asked again when the time range changes."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.model.finding import Severity
from provision.prove.check.estate import Dashboard, Estate, and_more, text_of

ID = "template-on-time-change-reload"

_ON_TIME_RANGE_CHANGE = 2


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Variables whose choices are those of another time: one finding for those that are never asked again, one for
    those that are asked once for each opening."""
    never: list[tuple[str, int]] = []
    once: list[tuple[str, int]] = []
    for name, (position, variable) in dashboard.variables.items():
        refresh = variable.get("refresh")
        if position >= 0 and text_of(variable, "type") == "query" and refresh != _ON_TIME_RANGE_CHANGE:
            # Grafana once wrote true for "on load".
            (once if refresh in (1, True) else never).append((name, position))
    yield from _told(estate, dashboard, "warning", never, "its choices are those of the day it was saved")
    yield from _told(
        estate, dashboard, "info", once, "its choices are those of the time range it was opened with"
    )


def _told(
    estate: Estate, dashboard: Dashboard, severity: Severity, variables: list[tuple[str, int]], message: str
) -> Iterator[Finding]:
    if variables:
        name, position = variables[0]
        yield estate.finding(
            ID,
            severity,
            dashboard.definition,
            dashboard.at(position, "refresh"),
            and_more(f"{dashboard.subject}, variable ${name}", len(variables)),
            message,
            "let it be asked again when the time range changes: refresh 2",
            also=[dashboard.at(position, "refresh") for _, position in variables[1:]],
        )
