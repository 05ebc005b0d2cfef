"""All checks over all definitions."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from provision.model import SEVERITIES, Definition, Finding
from provision.project import Project
from provision.prove.check.checks.project import amtool, promtool
from provision.prove.check.custom import every_check
from provision.prove.check.reading import estate_of
from provision.prove.check.registry import BUILT_IN
from provision.prove.check.settings import Ran, configured
from provision.prove.check.told_once import told_once
from provision.prove.check.tools import Tools
from provision.prove.check.waivers import Judged, Waiver, waive, waivers_of
from provision.prove.check.walk import walk

CHECKS: Final[tuple[str, ...]] = tuple(each.ID for each in BUILT_IN.every)
"""The ids of the toolkit's own checks. They are stable."""


_YOUNG: Final = 50_000
"""Values made since garbage was last looked for."""


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
        ProvisionError: promtool or amtool failed without saying why, or a custom check failed.
    """
    tools = tools or Tools()
    checks = every_check()
    settings = configured(project, checks.every)
    waivers = waivers_of(definitions, project)
    with _few_collections():
        estate = estate_of(definitions, project, tools, guests, settings.parameters)
        findings = settings.applied(
            told_once(dict.fromkeys(walk(estate, checks.without(settings.off))), estate)
        )
        sifted = waive(findings, waivers, today or date.today())  # an author's day, not the world's
        ran = Ran(checks.ids, settings.off | _unasked(tools))
        remarks = (
            remark
            for judged in sifted.judged
            for each in checks.waivers
            for remark in each.check(judged, ran)
        )
        told = sorted([*sifted.told, *settings.applied(remarks)], key=_in_order)
    return Verdict(tuple(told), sifted.kept, sifted.judged)


def _unasked(tools: Tools) -> frozenset[str]:
    """The checks that lack their tool."""
    asked = {promtool.ID: tools.promtool, amtool.ID: tools.amtool}
    return frozenset(id_ for id_, tool in asked.items() if tool is None)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Millions of decoded values stay until the end: looking for garbage among all of them costs a fifth of the time.
    Among those made last it is looked for, as the nodes of an expression hold each other."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, 20, 1_000_000)
    try:
        yield
    finally:
        # Both together start its counting anew; else all that was made would be gone through at once.
        gc.freeze()
        gc.set_threshold(*before)
        gc.unfreeze()


def _in_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    place = finding.place
    rank = SEVERITIES.index(finding.severity)
    return place.path, place.line or 0, rank, finding.id, finding.subject, finding.message
