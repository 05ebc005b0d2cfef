"""Every range of a LogQL query is $__auto, which fits the time range that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.logql.parse import ranges
from provision.prove.check.logql.reader import NotLogQL
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.queries import PanelQuery, loki_queries
from provision.prove.check.together import queries, together

ID = "target-logql-auto"


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: whether nothing else will do, as for dashboard-linter: no other variable, and not where the query is asked
        for one moment only.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all queries of the dashboard over a fixed time."""
    required = estate.settings(ID, Settings).required
    fixed: list[tuple[Panel, PanelQuery]] = []
    for panel, query in loki_queries(dashboard, estate.sources):
        if "[" not in query.text or (text_of(query.target, "queryType") == "instant" and not required):
            continue
        try:
            written = ranges(query.text)
        except NotLogQL:  # another check tells of it
            continue
        if any(
            "$__auto" not in each if required else "$" not in each and "[[" not in each for each in written
        ):
            fixed.append((panel, query))
    yield from together(
        estate, ID, "info", dashboard, queries(fixed),
        "a fixed range leaves out what lies between the points of a long time range", "write [$__auto]",
    )  # fmt: skip
