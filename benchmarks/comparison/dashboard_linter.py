"""dashboard-linter's rules, which of our checks serves each, and what it complains about."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

RULES: Final = {
    "template-datasource-rule": ("template-datasource", "has a templated datasource"),
    "template-job-rule": ("template-job", "has a templated job"),
    "template-instance-rule": ("template-instance", "has a templated instance"),
    "template-label-promql-rule": ("template-label-promql", "templated labels have proper PromQL"),
    "template-on-time-change-reload-rule": ("template-on-time-change-reload", "reload on time change"),
    "panel-datasource-rule": ("panel-datasource", "uses the templated datasource"),
    "panel-title-description-rule": ("panel-title-description", "has a title and description"),
    "panel-units-rule": ("panel-units", "valid units"),
    "panel-no-targets-rule": ("panel-no-targets", "at least one target"),
    "target-logql-rule": ("target-logql", "valid LogQL"),
    "target-logql-auto-rule": ("target-logql-auto", "uses $__auto"),
    "target-promql-rule": ("promql", "valid PromQL"),
    "target-rate-interval-rule": ("target-rate-interval", "uses $__rate_interval"),
    "target-job-rule": ("target-job", "has a job matcher"),
    "target-instance-rule": ("target-instance", "has a instance matcher"),
    "target-counter-agg-rule": ("target-counter-agg", "aggregated with rate"),
    "uneditable-dashboard": ("uneditable", "is not editable"),
}
"""Rule → our check, and words by which its heading in the report is told from the others'."""

ABOUT_DASHBOARDS: Final = frozenset(name for name in RULES if name.startswith(("template", "uneditable")))
"""The rules that look at no panel."""

REQUIRED: Final = {
    id_: {"required": True}
    for id_ in ("template-datasource", "template-job", "template-instance", "panel-datasource", "target-rate-interval",
                "target-job", "target-instance", "target-logql-auto", "uneditable")
}  # fmt: skip
"""The settings by which our checks demand what dashboard-linter's demand of every dashboard."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


def complaints(program: Path, files: Iterable[Path], root: Path) -> dict[str, set[str]]:
    """The files that each rule complains about; what it can't read is `unread`.

    Args:
        root: the folder that names are relative to.

    Raises:
        ValueError: the report has a heading that is no rule's; the program is of another version.
    """
    found: dict[str, set[str]] = {name: set() for name in (*RULES, "unread")}
    for file in files:
        name = file.relative_to(root).as_posix()
        ran = subprocess.run([program, "lint", file], capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            found["unread"].add(name)
        rule = ""
        for line in _COLOUR.sub("", ran.stdout).splitlines():
            if line.startswith("Checks that "):
                rule = _rule(line)
            elif line.startswith(("[❌]", "[⚠️]")):
                found[rule].add(name)
    return found


def _rule(heading: str) -> str:
    for name, (_, words) in RULES.items():
        if words in heading:
            return name
    raise ValueError(f"dashboard-linter has a rule that the comparison doesn't know: {heading}")
