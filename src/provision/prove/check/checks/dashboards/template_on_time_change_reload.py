"""Every variable that is asked of a data source is asked again when the time range changes."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard
from provision.prove.check.together import Thing, together

ID = "template-on-time-change-reload"

_ON_TIME_RANGE_CHANGE = 2


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Variables whose choices are those of another time: one finding for those that are never asked again, one for
    those that are asked once for each opening."""
    never: list[Thing] = []
    once: list[Thing] = []
    for name, (position, variable) in dashboard.variables.items():
        refresh = variable.get("refresh")
        if position >= 0 and text_of(variable, "type") == "query" and refresh != _ON_TIME_RANGE_CHANGE:
            # Grafana once wrote true for "on load".
            (once if refresh in (1, True) else never).append(
                (dashboard.at(position, "refresh"), f"variable ${name}")
            )
    remedy = "let it be asked again when the time range changes: refresh 2"
    yield from together(
        estate, ID, "warning", dashboard, never, "its choices are those of the day it was saved", remedy
    )
    yield from together(
        estate,
        ID,
        "info",
        dashboard,
        once,
        "its choices are those of the time range it was opened with",
        remedy,
    )
