"""No dashboard whose truth lies in files can be edited in Grafana."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard

ID = "uneditable"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: ask it of every dashboard, as dashboard-linter does, even where Grafana lets nobody save it.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """A dashboard that somebody may edit in Grafana."""
    if dashboard.spec.get("editable") is not True:
        return
    locked = estate.project.setting("ui_edits", str, "locked") == "locked"
    if locked and not estate.is_guest(dashboard.definition) and not estate.settings(ID, Settings).required:
        return
    yield estate.finding(
        ID,
        "info",
        dashboard.definition,
        "/spec/editable",
        dashboard.subject,
        "it can be edited in Grafana, and what is changed there isn't in its file",
        'set editable to false; or ui_edits to "locked", so that Grafana\'s page saves nothing that is pushed',
    )
