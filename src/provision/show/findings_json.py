"""Findings for machines, as one JSON document (docs/check.md)."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import orjson

from provision.model import SEVERITIES, Finding
from provision.prove.check.fingerprints import fingerprints
from provision.show.checked import Checked

FORMAT: Final = "provision.check/1"
"""Names the JSON format; a change that would break its readers raises the number."""


def printed(checked: Checked) -> str:
    """The document."""
    count = Counter(finding.severity for finding in checked.findings)
    marks = fingerprints(checked.findings)
    document = {
        "format": FORMAT,
        "findings": [_finding(finding, mark) for finding, mark in zip(checked.findings, marks, strict=True)],
        "waived": [
            {
                "id": finding.id,
                "path": finding.place.path,
                "line": finding.place.line,
                "subject": finding.subject,
                "message": finding.message,
                "reason": waiver.reason,
                "until": waiver.until.isoformat() if waiver.until else None,
            }
            for finding, waiver in checked.waived
        ],
        "baseline": None if checked.known is None else {"known": checked.known, "gone": checked.gone},
        "summary": {severity: count[severity] for severity in SEVERITIES},
        "checked": dict(checked.counted),
        "decided": dict(checked.decided),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "id": finding.id,
        "severity": finding.severity,
        "path": finding.place.path,
        "line": finding.place.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "subject": finding.subject,
        "message": finding.message,
        "remedy": finding.remedy,
        "fingerprint": fingerprint,
    }
