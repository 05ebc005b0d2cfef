"""What becomes of verdicts: how bad the settings say they are, and which of them are waived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from provision.model import Definition, Finding
from provision.model.finding import Severity, bounded
from provision.project import Project
from provision.prove.check.settings import VERIFIED, VERIFY, Configured, configured
from provision.prove.check.waivers import Waiver, waive, waivers_of
from provision.prove.verify.verdicts import Asked, Remark, Result, Verdict

_OF_NOTHING: Final = frozenset({"empty", "unknown-value"})
"""What an expression may be that has something to show only when something is wrong."""


def settings_of(project: Project) -> Configured:
    """The settings of what is found here alone; `check` knows the others.

    Raises:
        UsageError: they are wrong.
    """
    table = project.setting("checks", dict, {})
    ours = {id_: value for id_, value in table.items() if id_ in VERIFIED or id_.startswith(VERIFY)}
    return configured(replace(project, settings={"checks": ours}), ())


def settled(
    found: Iterable[tuple[Asked, Verdict, Iterable[Remark]]],
    definitions: Sequence[Definition],
    project: Project,
    settings: Configured,
    *,
    allow_empty: bool,
    today: date,
) -> tuple[Result, ...]:
    """Each verdict with how bad it is and why it is waived, if it is; and likewise what else is said.

    Args:
        definitions: all there are; waivers are among them.
        allow_empty: whether what is merely empty, or asks for a label's value that was never seen, is fine.

    Raises:
        UsageError: the settings of waivers are wrong.
    """
    waivers = waivers_of(definitions, project)
    results = []
    for asked, said, remarks in found:
        verdict = replace(said, message=bounded(said.message), remedy=bounded(said.remedy))
        severity: Severity | None = None
        waived = ""
        if not verdict.fine and not (allow_empty and verdict.status in _OF_NOTHING):
            severity, waived = _judged(_finding(asked, verdict), settings, waivers, today)
        others = tuple(_remarked(asked, remarks, settings, waivers, today))
        results.append(Result(asked, verdict, severity, waived, others))
    return tuple(results)


def _remarked(
    asked: Asked, remarks: Iterable[Remark], settings: Configured, waivers: Sequence[Waiver], today: date
) -> Iterator[Remark]:
    """The remarks but for those of checks that are off. What is merely told, as information, stays that."""
    for remark in remarks:
        each = replace(remark, message=bounded(remark.message), remedy=bounded(remark.remedy))
        if each.severity == "info":
            yield each
            continue
        finding = Finding(
            each.id, each.severity, asked.place, asked.subject, each.message, each.remedy, about=(asked.part,)
        )
        severity, waived = _judged(finding, settings, waivers, today)
        if severity is not None:
            yield replace(each, severity=severity, waived=waived)


def _judged(
    finding: Finding, settings: Configured, waivers: Sequence[Waiver], today: date
) -> tuple[Severity | None, str]:
    """How bad a finding is, None where its check is off; and the reason why it is waived, or nothing."""
    told = settings.applied([finding])
    if not told:
        return None, ""
    kept = waive(told, waivers, today).kept
    return told[0].severity, kept[0][1].reason if kept else ""


def _finding(asked: Asked, verdict: Verdict) -> Finding:
    return Finding(
        f"{VERIFY}{verdict.status}",
        "error" if verdict.grave else "warning",
        asked.place,
        asked.subject,
        verdict.message,
        verdict.remedy,
        about=(asked.part,),
    )
