"""Findings as GitHub's workflow commands, which become annotations of the lines
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions)."""

from __future__ import annotations

from typing import Final

from provision.model import Finding
from provision.show.checked import Checked, message_of, path_in_repository

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}


def printed(checked: Checked) -> str:
    """One command a line; empty when there is no finding."""
    return "\n".join(_command(finding, checked) for finding in checked.findings)


def _command(finding: Finding, checked: Checked) -> str:
    properties = {
        "file": path_in_repository(finding.place.path, checked.root),
        "line": finding.place.line,
        "col": finding.column,
        "endColumn": finding.end_column,
        "title": finding.id,
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    said = "\n".join(filter(None, (message_of(finding), finding.remedy)))
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
