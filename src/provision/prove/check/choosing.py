"""Whether what panels ask follows the job or instance that the reader has chosen."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.standins import stands_in
from provision.promql.variables import is_builtin, names, placeholder
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.queries import PanelQuery, panel_queries
from provision.prove.check.templates import chooses_prometheus
from provision.prove.check.together import queries, together


def unfollowed(
    estate: Estate, dashboard: Dashboard, id_: str, label: str, *, unless: str = ""
) -> Iterator[Finding]:
    """One finding for all queries of a dashboard that has a variable of that name and that use no variable at all.

    Args:
        id_: the check's.
        unless: the variable that another check asks for, which says the same.
    """
    if not _is_asked(dashboard, label) or (unless and _is_asked(dashboard, unless)):
        return
    deaf = [
        (panel, query)
        for panel, query in panel_queries(dashboard, estate.sources, "", unless=f"${label}")
        if all(is_builtin(name) for name in names(query.text)) and _reads_series(query.text)
    ]
    yield from _told(estate, dashboard, id_, deaf, f"whatever is chosen as ${label}, it asks the same")


def unmatched(estate: Estate, dashboard: Dashboard, id_: str, label: str) -> Iterator[Finding]:
    """One finding for all queries of a dashboard about Prometheus that read series without `label=~"$label"`."""
    if not chooses_prometheus(dashboard):
        return
    without = [
        (panel, query)
        for panel, query in panel_queries(dashboard, estate.sources, "")
        if not _matches_everywhere(query.text, label)
    ]
    yield from _told(estate, dashboard, id_, without, f'a selector of its query lacks {label}=~"${label}"')


def _told(
    estate: Estate, dashboard: Dashboard, id_: str, found: list[tuple[Panel, PanelQuery]], message: str
) -> Iterator[Finding]:
    label = id_.rpartition("-")[2]
    remedy = f'add {label}=~"${label}" to its selectors'
    yield from together(estate, id_, "warning", dashboard, queries(found), message, remedy)


def _is_asked(dashboard: Dashboard, name: str) -> bool:
    return text_of(dashboard.variables.get(name, (0, {}))[1], "type") == "query"


def _reads_series(text: str) -> bool:
    found = facts(placeholder(text))
    return found is not None and any(selector.name != "ALERTS" for selector in found.selectors)


def _matches_everywhere(text: str, label: str) -> bool:
    """Whether each selector has the matcher; what isn't PromQL is told by another check. In a quoted text `$label`
    leaves a word of its length."""
    found = facts(placeholder(text))
    return found is None or all(
        any(
            matcher.label == label
            and matcher.op == "=~"
            and stands_in(matcher.value)
            and len(matcher.value) == len(label) + 1
            for matcher in selector.matchers
        )
        for selector in found.selectors
    )
