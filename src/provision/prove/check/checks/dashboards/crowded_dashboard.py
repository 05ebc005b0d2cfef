"""No dashboard shows more panels at once than somebody can look through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.layout import open_panels
from provision.prove.check.parts import Dashboard

ID = "crowded-dashboard"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    most: panels that a dashboard may show when it is opened.
    """

    most: int = 30


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """A dashboard that shows more."""
    most = estate.settings(ID, Settings).most
    if len(dashboard.panels) <= most:
        return
    count = open_panels(dashboard)
    if count > most:
        yield estate.finding(
            ID,
            "info",
            dashboard.definition,
            "/spec",
            dashboard.subject,
            f"it shows {count} panels when it is opened: more than {most} are hard to look through, and ask much at once",
            "keep what is looked at first, and put the rest into collapsed rows, tabs or dashboards of their own",
        )
