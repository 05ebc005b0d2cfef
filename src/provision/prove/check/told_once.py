"""What promtool and amtool say once more in their own words is left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provision.compile.kinds import (
    ALERTMANAGER,
    INHIBIT,
    PROMETHEUS,
    RECEIVER,
    ROUTE,
    SCRAPE_CONFIG,
    TIME_INTERVAL,
)
from provision.model import Finding
from provision.prove.check.checks.project import amtool, promtool
from provision.prove.check.estate import Estate

_TOOLS: Final = frozenset({promtool.ID, amtool.ID})
_CONFIGS: Final = {
    "prometheus.yml": (PROMETHEUS, SCRAPE_CONFIG),
    "alertmanager.yml": (ALERTMANAGER, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL),
}
"""The kinds of definition that each configuration is made of."""


def told_once(findings: Iterable[Finding], estate: Estate) -> list[Finding]:
    """Without what promtool and amtool say once more in their own words."""
    found = list(findings)
    errors = [finding for finding in found if finding.id not in _TOOLS and finding.severity == "error"]
    told = {finding.subject for finding in errors}
    places = {finding.place for finding in errors}
    for config, kinds in _CONFIGS.items():
        if any(definition.place in places for kind in kinds for definition, _ in estate.of(kind)):
            told.add(config)
    # A file that can't be read at all is refused as a whole.
    broken = {finding.place.path for finding in errors}
    told.update(
        promtool.file_subject(estate, group)
        for group in estate.groups
        if group.definition.place.path in broken
    )
    return [
        finding
        for finding in found
        if finding.id not in _TOOLS or not {finding.subject, finding.subject.partition(",")[0]} & told
    ]
