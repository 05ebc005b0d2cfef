"""Findings for people, as lines that editors follow (docs/check.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from provision.compile.load.snippet import Source
from provision.model import SEVERITIES, Finding
from provision.show.checked import Checked
from provision.show.printable import printable
from provision.show.quoted import marked_line
from provision.show.style import faint, strong, tinted

_COLOURS: Final = {"error": "fail", "warning": "change", "info": "done"}
_COUNTED: Final = {"error": "errors", "warning": "warnings", "info": "notes"}
_ONE: Final = {"error": "error", "warning": "warning", "info": "note"}


def findings_text(findings: Sequence[Finding], root: Path) -> str:
    """Each finding as `PATH:LINE:COLUMN: SEVERITY: SUBJECT: MESSAGE [ID]`, as far as line and column are known; under it
    the line of the source with the columns marked, and what to do about it. Empty when there is none.

    Args:
        root: what the paths of the places are relative to; their files are read for the lines.
    """
    sources: dict[str, Source] = {}
    lines = []
    for finding in findings:
        about = f"{finding.subject}: " if finding.subject else ""
        severity = tinted(finding.severity, _COLOURS[finding.severity])
        said = printable(f"{about}{finding.message}")
        column = "" if finding.column is None else f":{finding.column}"
        place = printable(f"{finding.place}{column}")
        lines.append(f"{strong(place)}: {severity}: {said} {faint(f'[{finding.id}]')}")
        code, marks = marked_line(finding, root, sources)
        if any(character.isalnum() for character in code):
            lines.append(faint(f"    | {code}"))
            if marks:
                lines.append(f"    | {tinted(marks, _COLOURS[finding.severity])}")
        if finding.remedy:
            lines.append(f"    {printable(finding.remedy)}")
    return "\n".join(lines)


def printed(checked: Checked) -> str:
    """The findings and, unless only they are wanted, what was checked; see `findings_text` and `summary_text`."""
    parts = (
        findings_text(checked.findings, checked.root),
        "" if checked.quiet else summary_text(checked),
    )
    return "\n".join(filter(None, parts))


def summary_text(checked: Checked) -> str:
    """What was checked, what came of it, and which tool decided, such as
    `12 dashboards, 5 rule groups: 2 errors, 1 warning (3 waived)`."""
    count = Counter(finding.severity for finding in checked.findings)
    told = [
        f"{count[each]} {(_ONE if count[each] == 1 else _COUNTED)[each]}"
        for each in SEVERITIES
        if count[each]
    ]
    what = ", ".join(
        f"{number} {name}{'' if number == 1 else 's'}" for name, number in checked.counted.items() if number
    )
    hidden = [
        f"{number} {how}"
        for number, how in ((len(checked.waived), "waived"), (checked.known, "in the baseline"))
        if number
    ]
    aside = f" ({', '.join(hidden)})" if hidden else ""
    lines = [f"{what or 'nothing to check'}: {', '.join(told) or 'no findings'}{aside}"]
    if checked.gone:
        one = checked.gone == 1
        lines.append(f"{checked.gone} of the baseline no longer occur{'s' if one else ''}: write it anew")
    lines.extend(faint(f"{subject} decided by {who}") for subject, who in checked.decided.items())
    return "\n".join(lines)
