"""An alert says what is wrong (`summary`) and where to read what to do (`runbook_url`), and what else a project demands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from provision.model import Finding
from provision.model.finding import Severity
from provision.prove.check.demands import missing, not_as_wanted, one_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import texts

ID = "alerts-annotation"

_RUNBOOK: Final = "runbook_url|runbook|playbook"
_USUAL: Final = ("summary", _RUNBOOK)
_TELLING: Final = frozenset({"description", "message", "title"})
"""Annotations that say what is wrong, too, if not in one line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is demanded of the annotations of alerts.

    Attributes:
        required: names, each of them a must; `a|b` asks for one of the two.
        forbidden: names that may not be used.
        values: by name, what the whole value must match where it is set.
    """

    required: tuple[str, ...] = _USUAL
    forbidden: tuple[str, ...] = ()
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Annotations that are missing, may not be there, or are of another form."""
    if rule.kind != "alert":
        return
    settings = estate.settings(ID, Settings)
    annotations = texts(rule.body, "annotations")
    for names in missing(annotations, settings.required):
        severity = _severity(names, annotations, settings)
        yield estate.finding(
            ID, severity, group.definition, rule.pointer, group.about(rule),
            f"it has no annotation {'runbook_url' if names == _RUNBOOK else one_of(names)}", _remedy(names),
        )  # fmt: skip
    for name, fault in not_as_wanted(annotations, settings.forbidden, settings.values):
        yield estate.finding(
            ID, "warning", group.definition, f"{rule.pointer}/annotations/{name}", group.about(rule),
            f"the annotation {name} {fault}",
        )  # fmt: skip


def _severity(names: str, annotations: Mapping[str, str], settings: Settings) -> Severity:
    """What a project demands is a warning; what is merely usual is one only where an alert says nothing at all."""
    if settings.required is not _USUAL:
        return "warning"
    return "warning" if names == "summary" and not _TELLING & annotations.keys() else "info"


def _remedy(names: str) -> str:
    if names == "summary":
        return "say in one line what is wrong, such as {{ $labels.instance }} is down"
    if names == _RUNBOOK:
        return "link the page that says what to do"
    return ""
