"""Waivers: which findings they keep from being told, and which of them are still good for something.

Doors: `waivers_of` (those of definitions and settings), `waive` (findings and waivers to what is told and what isn't).
Both know nothing of any check, so that whoever has findings may ask them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Final

from provision.compile.kinds import DASHBOARD, WAIVER
from provision.compile.titled import titled
from provision.model import JSON, Definition, Finding, Part, Place, decode
from provision.project import Project
from provision.prove.check.waiver_settings import written


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver.

    Attributes:
        check: the id of the check whose findings it keeps from being told.
        until: the last day on which it counts; None: for good.
        place: where it stands.
        subject: what people call what it is about.
        parts: what it is about: everything in these parts of definitions; of one without a kind, everything in files
            whose path fits its own. None at all: what it names isn't there.
    """

    check: str
    reason: str
    until: date | None
    place: Place
    subject: str
    parts: tuple[Part, ...]

    def covers(self, part: Part, place: Place) -> bool:
        """Whether it speaks of that part, or of that place; be it expired or not."""
        return any(_holds(own, part, place) for own in self.parts)

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and today > self.until


@dataclass(frozen=True, slots=True)
class Judged:
    """A waiver, and what came of it.

    Attributes:
        count: how many findings it covers, whether it keeps them from being told or is expired.
    """

    waiver: Waiver
    count: int
    expired: bool


@dataclass(frozen=True, slots=True)
class Waived:
    """What waivers make of findings.

    Attributes:
        told: the findings that none of them covers.
        kept: those that one does, each with the first that does.
        judged: every waiver, in their order.
    """

    told: tuple[Finding, ...]
    kept: tuple[tuple[Finding, Waiver], ...]
    judged: tuple[Judged, ...]


def waivers_of(definitions: Sequence[Definition], project: Project) -> tuple[Waiver, ...]:
    """The waivers among these definitions and in the settings of the project, in the order of their places.

    Args:
        definitions: all there are: the panels that a waiver names are looked for in them.

    Raises:
        UsageError: the setting `waivers` is wrong.
    """
    found = [
        (body["check"], body["reason"], body["until"], each.place, body["subject"], body["of"])
        for each in definitions
        if each.kind == WAIVER
        for body in (decode(each.body),)
    ]
    found += [
        (each.check, each.reason, each.until, place, each.subject, each.target)
        for each, place in written(project)
    ]
    waivers = dict.fromkeys(
        Waiver(
            check,
            reason,
            date.fromisoformat(until) if isinstance(until, str) else until,
            place,
            subject,
            _parts(of, place, definitions),
        )
        for check, reason, until, place, subject, of in found
    )
    return tuple(sorted(waivers, key=lambda each: (each.place.path, each.place.line or 0)))


def waive(findings: Iterable[Finding], waivers: Sequence[Waiver], today: date) -> Waived:
    """What is told of the findings, and what became of the waivers.

    Args:
        today: a waiver counts up to and with its last day.
    """
    by_check: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        by_check[waiver.check].append(waiver)
    count = dict.fromkeys(waivers, 0)
    told: list[Finding] = []
    kept: list[tuple[Finding, Waiver]] = []
    for finding in findings:
        asked = by_check.get(finding.id, ())
        covering = [
            [each for each in asked if each.covers(part, finding.place)] for part in finding.about or (_FILE,)
        ]
        for each in {each for found in covering for each in found}:
            count[each] += 1
        good = [[each for each in found if not each.is_expired(today)] for found in covering]
        if all(good):
            kept.append((finding, good[0][0]))
        else:
            told.append(finding)
    judged = tuple(Judged(each, count[each], each.is_expired(today)) for each in waivers)
    return Waived(tuple(told), tuple(kept), judged)


_FILE: Final = Part("", "", "", "")
"""What a finding is about that is about a file as a whole."""


def _holds(own: Part, part: Part, place: Place) -> bool:
    if not own.kind:
        return any(fnmatchcase(path, own.path) for path in (place.path, part.path) if path)
    return (
        (part.kind, part.key) == (own.kind, own.key)
        and (not own.path or part.path == own.path)
        and f"{part.pointer}/".startswith(f"{own.pointer}/")
    )


def _parts(of: JSON, place: Place, definitions: Sequence[Definition]) -> tuple[Part, ...]:
    panel = of.get("panel")
    whole = (
        Part(of["kind"], of["key"], of["pointer"], "")
        if "kind" in of
        else Part("", "", "", of.get("path") or place.path)
    )
    if panel is None:
        return (whole,)
    return tuple(
        Part(DASHBOARD, each.key, pointer, each.place.path)
        for each in definitions
        if each.kind == DASHBOARD
        and (each.key == whole.key if whole.kind else fnmatchcase(each.place.path, whole.path))
        for pointer in titled(decode(each.body), panel)
    )
