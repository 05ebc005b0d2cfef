"""Findings as GitLab's report of code quality (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

from typing import Final

import orjson

from provision.prove.check.fingerprints import fingerprints
from provision.show.checked import Checked, message_of, path_in_repository

_SEVERITIES: Final = {"error": "major", "warning": "minor", "info": "info"}


def printed(checked: Checked) -> str:
    """One JSON document. What is about a whole file stands at its first line, since a line is wanted."""
    issues = [
        {
            "description": " — ".join(filter(None, (message_of(finding), finding.remedy))),
            "check_name": finding.id,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": path_in_repository(finding.place.path, checked.root),
                "lines": {"begin": finding.place.line or 1},
            },
        }
        for finding, fingerprint in zip(checked.findings, fingerprints(checked.findings), strict=True)
    ]
    return orjson.dumps(issues, option=orjson.OPT_INDENT_2).decode()
