"""Every panel that shows data has a title, and a description that says what to make of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.prove.check.bodies import inside, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.together import panels, together

ID = "panel-title-description"

_WITHOUT_DATA: Final = frozenset({
    "", "alertlist", "annolist", "canvas", "dashlist", "gettingstarted", "news", "row", "text", "welcome",
})  # fmt: skip


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all panels of the dashboard without a title, and one for those without a description."""
    untitled: list[Panel] = []
    undescribed: list[Panel] = []
    for panel in dashboard.panels:
        if text_of(panel.body, "type") in _WITHOUT_DATA:
            continue
        if not text_of(panel.body, "title").strip() and not _shows_names(panel):
            untitled.append(panel)
        if not text_of(panel.body, "description").strip():
            undescribed.append(panel)
    yield from together(
        estate,
        ID,
        "info",
        dashboard,
        panels(untitled, "title"),
        "it has no title",
        "say in some words what it shows",
    )
    yield from together(
        estate, ID, "info", dashboard, panels(undescribed, "description"), "it has no description",
        "say what is good, what is bad, and what to do then: it stands behind the ⓘ beside the title",
    )  # fmt: skip


def _shows_names(panel: Panel) -> bool:
    """Whether each of its numbers stands beside the name of its series."""
    return text_of(inside(panel.body, "options"), "textMode") in ("name", "value_and_name")
