"""All checks over all definitions."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
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
from provision.model import SEVERITIES, Definition, Finding
from provision.project import Project
from provision.prove.check.checks import dashboards, expressions, rules
from provision.prove.check.checks import project as whole
from provision.prove.check.checks import waivers as waiver_checks
from provision.prove.check.checks.project import amtool, promtool
from provision.prove.check.estate import Estate
from provision.prove.check.forms import DashboardCheck, ExpressionCheck, ProjectCheck, RuleCheck, WaiverCheck
from provision.prove.check.reading import estate_of
from provision.prove.check.settings import Ran, configured
from provision.prove.check.tools import Tools
from provision.prove.check.waivers import Judged, Waiver, waive, waivers_of

_MODULES: Final[tuple[ProjectCheck | DashboardCheck | ExpressionCheck | RuleCheck | WaiverCheck, ...]] = (
    *whole.CHECKS,
    *dashboards.CHECKS,
    *expressions.CHECKS,
    *rules.CHECKS,
    *waiver_checks.CHECKS,
)
CHECKS: Final[tuple[str, ...]] = tuple(module.ID for module in _MODULES)
"""The ids of all checks. They are stable."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of all checks.

    Attributes:
        findings: what is told, in the order of places.
        waived: what isn't, each with the waiver that keeps it.
        waivers: every waiver, and how many findings it covers.
    """

    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    waivers: tuple[Judged, ...] = ()


def check(
    definitions: Sequence[Definition],
    project: Project,
    *,
    tools: Tools | None = None,
    guests: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """What all checks have to say and no waiver keeps from being told, in the order of places; as `verdict` has it."""
    return verdict(definitions, project, tools=tools, guests=guests).findings


def verdict(
    definitions: Sequence[Definition],
    project: Project,
    *,
    tools: Tools | None = None,
    guests: frozenset[str] = frozenset(),
    today: date | None = None,
) -> Verdict:
    """What all checks have to say, and what waivers make of that.

    Args:
        definitions: all of the project's, so that what refers to each other is found.
        tools: promtool and amtool (`provision.prove.check.tools.available`); none: ours decide alone.
        guests: paths of files among them that aren't the project's.
        today: the day by which waivers expire; none: this machine's.

    Raises:
        UsageError: a setting of a check, or one that it reads, is wrong.
        ProvisionError: promtool or amtool failed without saying why.
    """
    tools = tools or Tools()
    settings = configured(project, _MODULES)
    waivers = waivers_of(definitions, project)
    with _without_collections():
        estate = estate_of(definitions, project, tools, guests, settings.parameters)
        findings = settings.applied(_told_once(dict.fromkeys(_said(estate, settings.off)), estate))
        sifted = waive(findings, waivers, today or date.today())  # an author's day, not the world's
        ran = Ran(frozenset(CHECKS), settings.off | _unasked(tools))
        remarks = (
            remark
            for judged in sifted.judged
            for module in waiver_checks.CHECKS
            for remark in module.check(judged, ran)
        )
        told = sorted([*sifted.told, *settings.applied(remarks)], key=_in_order)
    return Verdict(tuple(told), sifted.kept, sifted.judged)


def _unasked(tools: Tools) -> frozenset[str]:
    """The checks that lack their tool."""
    asked = {promtool.ID: tools.promtool, amtool.ID: tools.amtool}
    return frozenset(id_ for id_, tool in asked.items() if tool is None)


def _said(estate: Estate, off: frozenset[str]) -> Iterator[Finding]:
    """What all checks say that aren't off. Each dashboard, expression and rule is looked at once, by all that look at
    one."""
    for module in whole.CHECKS:
        if module.ID not in off:
            yield from module.check(estate)
    of_a_dashboard = [module for module in dashboards.CHECKS if module.ID not in off]
    for dashboard in estate.dashboards if of_a_dashboard else ():
        for for_it in of_a_dashboard:
            yield from for_it.check(estate, dashboard)
    of_an_expression = [module for module in expressions.CHECKS if module.ID not in off]
    for expression in estate.expressions if of_an_expression else ():
        for for_this in of_an_expression:
            yield from for_this.check(estate, expression)
    of_a_rule = [module for module in rules.CHECKS if module.ID not in off]
    for group in estate.groups:
        for rule in group.rules:
            for for_that in of_a_rule:
                yield from for_that.check(estate, group, rule)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Millions of decoded values stay until the end: looking for garbage among them costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_TOOLS: Final = frozenset({promtool.ID, amtool.ID})
_CONFIGS: Final = {
    "prometheus.yml": (PROMETHEUS, SCRAPE_CONFIG),
    "alertmanager.yml": (ALERTMANAGER, INHIBIT, RECEIVER, ROUTE, TIME_INTERVAL),
}
"""The kinds of definition that each configuration is made of."""


def _told_once(findings: Iterable[Finding], estate: Estate) -> list[Finding]:
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


def _in_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    place = finding.place
    rank = SEVERITIES.index(finding.severity)
    return place.path, place.line or 0, rank, finding.id, finding.subject, finding.message
