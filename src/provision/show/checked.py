"""What `provision check` found, as every form of printing it takes it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from provision.model import SEVERITIES, Finding
from provision.model.finding import Severity
from provision.prove.check.waivers import Waiver
from provision.show.forms import FORMATS


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and what came of it.

    Attributes:
        root: what the paths of places are relative to.
        findings: what is told.
        waived: what isn't, each with the waiver that keeps it.
        known: how many more are in the baseline; None when there is no baseline.
        gone: how many of the baseline no longer occur.
        counted: how many were checked of each, by what one is called, such as `rule group`.
        decided: who decided what, such as `PromQL` → `promtool 3.14`.
        fails: the least severity that makes the command fail.
        quiet: whether people want nothing but findings.
    """

    root: Path
    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    known: int | None = None
    gone: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)
    fails: Severity = "error"
    quiet: bool = False

    def fails_by(self, finding: Finding) -> bool:
        """Whether that finding makes the command fail."""
        return SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.fails)

    @property
    def failed(self) -> bool:
        """Whether the command fails."""
        return any(map(self.fails_by, self.findings))


def checked_text(checked: Checked, form: str) -> str:
    """What is to be printed in that form; it may be empty. What UTF-8 doesn't have, as the names of files may, stands in
    it as an escape."""
    checked = replace(
        checked,
        findings=tuple(map(_in_utf_8, checked.findings)),
        waived=tuple((_in_utf_8(finding), waiver) for finding, waiver in checked.waived),
    )
    printed: str = importlib.import_module(f"provision.show.{FORMATS[form]}").printed(checked)
    return printed


def _in_utf_8(finding: Finding) -> Finding:
    texts = (finding.place.path, finding.subject, finding.message, finding.remedy)
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        path, subject, message, remedy = (text.encode("utf-8", "backslashreplace").decode() for text in texts)
        place = replace(finding.place, path=path)
        return replace(finding, place=place, subject=subject, message=message, remedy=remedy)
    return finding


def message_of(finding: Finding) -> str:
    """What a finding says in one line, without where and what to do."""
    return f"{finding.subject}: {finding.message}" if finding.subject else finding.message


def path_in_repository(path: str, root: Path) -> str:
    """A path as services name files: relative to the repository that the project lies in, or to the project where
    there is none; absolute for what lies elsewhere.

    Args:
        path: relative to `root`, or absolute.
    """
    repository = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    file = root / path
    return (file.relative_to(repository) if file.is_relative_to(repository) else file).as_posix()
