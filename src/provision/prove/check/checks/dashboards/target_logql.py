"""Every query of a panel that asks Loki has the form of LogQL."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.logql.parse import ranges
from provision.prove.check.logql.reader import NotLogQL
from provision.prove.check.parts import Dashboard
from provision.prove.check.queries import loki_queries

ID = "target-logql"


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """Queries that haven't."""
    for panel, query in loki_queries(dashboard, estate.sources):
        try:
            ranges(query.text)
        except NotLogQL as error:
            yield estate.finding(
                ID,
                "warning",
                dashboard.definition,
                panel.at(query.path),
                f"{dashboard.about(panel)}, {query.what}",
                f"it isn't LogQL: {error}",
            )
