"""One finding for all parts of a dashboard with which the same is wrong, at the first of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provision.model import Finding
from provision.model.finding import Severity
from provision.prove.check.bodies import and_more
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.queries import PanelQuery

Thing = tuple[str, str]
"""JSON pointer in the dashboard's definition, and what people call it, within the dashboard."""


def together(
    estate: Estate,
    id_: str,
    severity: Severity,
    dashboard: Dashboard,
    things: Sequence[Thing],
    message: str,
    remedy: str,
) -> Iterator[Finding]:
    """The finding about these things; none when there are none."""
    if things:
        pointer, what = things[0]
        yield estate.finding(
            id_,
            severity,
            dashboard.definition,
            pointer,
            and_more(f"{dashboard.subject}, {what}", len(things)),
            message,
            remedy,
            also=[at for at, _ in things[1:]],
        )


def panels(found: Sequence[Panel], path: str) -> list[Thing]:
    """Panels as such things, each at that path in it."""
    return [(panel.at(path), panel.subject) for panel in found]


def queries(found: Sequence[tuple[Panel, PanelQuery]]) -> list[Thing]:
    """Queries of panels as such things; the first alone is called by its name."""
    things = [(panel.at(query.path), "") for panel, query in found]
    for panel, query in found[:1]:
        things[0] = (things[0][0], f"{panel.subject}, {query.what}")
    return things
