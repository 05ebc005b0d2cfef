"""Every rate of a panel is taken over $__rate_interval, which fits the time range that is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import Call
from provision.promql.variables import placeholder
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Panel
from provision.prove.check.queries import PanelQuery, panel_queries
from provision.prove.check.together import queries, together

ID = "target-rate-interval"

_SKIPPED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*""", re.DOTALL)
_OLD: Final = re.compile(r"\[\[(\w+?)(?::\w+)?\]\]", re.ASCII)
_RANGE: Final = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes:
    required: whether nothing else will do, as for dashboard-linter: no variable of one's own, and not where the query
        is asked for one moment only.
    """

    required: bool = False


def check(estate: Estate, dashboard: Dashboard) -> Iterator[Finding]:
    """One finding for all queries of the dashboard over $__interval, and one for those over a fixed time."""
    required = estate.settings(ID, Settings).required
    short: list[tuple[Panel, PanelQuery]] = []
    fixed: list[tuple[Panel, PanelQuery]] = []
    for panel, query in panel_queries(dashboard, estate.sources, "rate"):
        if query.text.count("[") == query.text.count("[$__rate_interval]"):
            continue
        ranges = set(_ranges(query.text))
        if any("__interval" in each for each in ranges):
            short.append((panel, query))
        elif (required and any("__rate_interval" not in each for each in ranges)) or (
            any("$" not in each for each in ranges) and not _is_instant(panel, query)
        ):
            fixed.append((panel, query))
    yield from together(
        estate, ID, "warning", dashboard, queries(short),
        "a rate over $__interval has gaps where that is shorter than two scrapes", "take it over $__rate_interval",
    )  # fmt: skip
    yield from together(
        estate, ID, "info", dashboard, queries(fixed),
        "a rate over a fixed time leaves out what lies between the points of a long time range",
        "take it over $__rate_interval",
    )  # fmt: skip


def _ranges(text: str) -> Iterator[str]:
    """The ranges of the selectors that rate and irate look at, as they are written."""
    found = facts(placeholder(text))
    if found is None or not any(call.function in ("rate", "irate") for call in found.calls):
        return
    bare = _OLD.sub(r"${\1}", _SKIPPED.sub('""', text))
    written = [match for match in _RANGE.findall(bare) if ":" not in _OLD.sub("", match)]
    ranged = [selector for selector in found.selectors if selector.range_seconds is not None]
    if len(written) != len(ranged):
        return
    for selector, range_ in zip(ranged, written, strict=True):
        if isinstance(selector.parent, Call) and selector.parent.function in ("rate", "irate"):
            yield range_.strip()


def _is_instant(panel: Panel, query: PanelQuery) -> bool:
    """Whether it is asked for one moment only, so that its range is what is meant."""
    target = query.target
    return (target.get("instant") is True and target.get("range") is not True) or (
        text_of(target, "format") == "table" and text_of(panel.body, "type") == "table"
    )
