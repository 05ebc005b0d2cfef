"""What becomes of verdicts: how bad the settings say they are, and which of them are waived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from provision.model import Definition, Finding
from provision.project import Project
from provision.prove.check.settings import VERIFY, Configured, configured
from provision.prove.check.waivers import waive, waivers_of
from provision.prove.verify.verdicts import Asked, Result, Verdict

_OF_NOTHING: Final = frozenset({"empty", "unknown-value"})
"""What an expression may be that has something to show only when something is wrong."""


def settled(
    found: Iterable[tuple[Asked, Verdict]],
    definitions: Sequence[Definition],
    project: Project,
    *,
    allow_empty: bool,
    today: date,
) -> tuple[Result, ...]:
    """Each verdict with how bad it is and why it is waived, if it is.

    Args:
        definitions: all there are; waivers are among them.
        allow_empty: whether what is merely empty, or asks for a label's value that was never seen, is fine.

    Raises:
        UsageError: the settings of checks or waivers are wrong.
    """
    settings = _settings(project)
    waivers = waivers_of(definitions, project)
    results = []
    for asked, verdict in found:
        finding = _finding(asked, verdict)
        told = [] if finding is None else settings.applied([finding])
        if not told or (allow_empty and verdict.status in _OF_NOTHING):
            results.append(Result(asked, verdict))
            continue
        kept = waive(told, waivers, today).kept
        results.append(Result(asked, verdict, told[0].severity, kept[0][1].reason if kept else ""))
    return tuple(results)


def _finding(asked: Asked, verdict: Verdict) -> Finding | None:
    if verdict.fine:
        return None
    return Finding(
        f"{VERIFY}{verdict.status}",
        "error" if verdict.grave else "warning",
        asked.place,
        asked.subject,
        verdict.message,
        verdict.remedy,
        about=(asked.part,),
    )


def _settings(project: Project) -> Configured:
    """The settings of what is found here alone; `check` knows the others."""
    table = project.setting("checks", dict, {})
    ours = {id_: value for id_, value in table.items() if id_.startswith(VERIFY)}
    return configured(replace(project, settings={"checks": ours}), ())
