"""Findings for people, as lines that editors follow, and for machines, as JSON (docs/check.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import orjson

from provision.compile.load.snippet import Source, read
from provision.model import SEVERITIES, Finding, Place
from provision.show.style import faint, strong, tinted

FORMAT: Final = "provision.check/1"
"""Names the JSON format; a change that would break its readers raises the number."""

_COLOURS: Final = {"error": "fail", "warning": "change", "info": "done"}
_COUNTED: Final = {"error": "errors", "warning": "warnings", "info": "notes"}
_ONE: Final = {"error": "error", "warning": "warning", "info": "note"}
_WIDEST = 160
_LONGEST_BYTES = 16 * 2**20


def findings_text(findings: Sequence[Finding], root: Path) -> str:
    """Each finding as `PATH:LINE: SEVERITY: SUBJECT: MESSAGE [ID]`, under it the line of the source and what to
    do about it; empty when there is none.

    Args:
        root: what the paths of the places are relative to; their files are read for the lines.
    """
    sources: dict[str, Source] = {}
    lines = []
    for finding in findings:
        about = f"{finding.subject}: " if finding.subject else ""
        severity = tinted(finding.severity, _COLOURS[finding.severity])
        said = _printable(f"{about}{finding.message}")
        place = _printable(str(finding.place))
        lines.append(f"{strong(place)}: {severity}: {said} {faint(f'[{finding.id}]')}")
        code = code_line(finding.place, root, sources)
        if any(character.isalnum() for character in code):
            lines.append(faint(f"    | {code}"))
        if finding.remedy:
            lines.append(f"    {_printable(finding.remedy)}")
    return "\n".join(lines)


def summary_text(findings: Sequence[Finding], checked: Mapping[str, int], decided: Mapping[str, str]) -> str:
    """What was checked, what came of it, and which tool decided, such as
    `12 dashboards, 5 rule groups: 2 errors, 1 warning`.

    Args:
        checked: how many of each, by what one is called, such as `rule group`.
        decided: who decided what, such as `PromQL` → `promtool 3.14`.
    """
    count = Counter(finding.severity for finding in findings)
    told = [
        f"{count[each]} {(_ONE if count[each] == 1 else _COUNTED)[each]}"
        for each in SEVERITIES
        if count[each]
    ]
    what = ", ".join(
        f"{number} {name}{'' if number == 1 else 's'}" for name, number in checked.items() if number
    )
    lines = [f"{what or 'nothing to check'}: {', '.join(told) or 'no findings'}"]
    lines.extend(faint(f"{subject} decided by {who}") for subject, who in decided.items())
    return "\n".join(lines)


def findings_json(findings: Sequence[Finding], checked: Mapping[str, int], decided: Mapping[str, str]) -> str:
    """The same as one JSON document."""
    count = Counter(finding.severity for finding in findings)
    document = {
        "format": FORMAT,
        "findings": [
            {
                "id": finding.id,
                "severity": finding.severity,
                "path": finding.place.path,
                "line": finding.place.line,
                "subject": finding.subject,
                "message": finding.message,
                "remedy": finding.remedy,
            }
            for finding in findings
        ],
        "summary": {severity: count[severity] for severity in SEVERITIES},
        "checked": dict(checked),
        "decided": dict(decided),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def code_line(place: Place, root: Path, sources: dict[str, Source]) -> str:
    """The line of the source at that place, without what may be a secret, stripped and cut; empty when it can't be
    read."""
    if place.line is None:
        return ""
    if place.path not in sources:
        sources[place.path] = read(_text(root / place.path))
    line = sources[place.path].line(place.line)
    return _printable(line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…")


def _printable(text: str) -> str:
    """Without line breaks, and without what would take control of a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "�" for character in text
    )


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LONGEST_BYTES:
            return ""
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""
