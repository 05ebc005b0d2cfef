"""Every recording rule is read by somebody: a dashboard, an alert, or another record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from provision.compile.kinds import GRAFANA_RULE_GROUP, LIBRARY_PANEL
from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group
from provision.prove.check.patterns import Unanswered, matches

ID = "unread-record"

_WORD: Final = re.compile(r"[A-Za-z_:][\w:]*\$?", re.ASCII)
_PATTERN: Final = re.compile(r"__name__\s*=~\s*([\"'`])(.*?)\1", re.DOTALL)
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}|\$\w+|\[\[\w+\]\]", re.ASCII)


def check(estate: Estate) -> Iterator[Finding]:
    """Records that nothing of the project reads. A project without dashboards records for those of others."""
    own = {
        name: made
        for name, each in estate.records.items()
        if (made := [(group, rule) for group, rule in each if not estate.is_guest(group.definition)])
    }
    if not own or not any(not estate.is_guest(dashboard.definition) for dashboard in estate.dashboards):
        return
    unread = set(own)
    for text in _texts(estate, own.keys()):
        unread -= _read(text, unread)
        if not unread:
            return
    for name in sorted(unread):
        group, rule = own[name][0]
        yield estate.finding(
            ID, "info", group.definition, rule.pointer, group.about(rule),
            "no dashboard, alert or record of the project reads it",
            "leave it out, or show it",
        )  # fmt: skip


def _texts(estate: Estate, names: Iterable[str]) -> Iterator[str]:
    """The expressions that may read a record, and what else holds some."""
    with_colon = all(":" in name for name in names)
    for expression in estate.expressions:
        if not with_colon or ":" in expression.text or "__name__" in expression.text:
            own = (
                _recorded(expression.owner, expression.pointer) if isinstance(expression.owner, Group) else ""
            )
            yield expression.text.replace(own, " ") if own else expression.text
    for kind in (GRAFANA_RULE_GROUP, LIBRARY_PANEL):
        for definition, _ in estate.of(kind):
            yield bytes(definition.body).decode(errors="replace")


def _recorded(group: Group, pointer: str) -> str:
    """The name that the rule with this expression records: reading itself is no reading."""
    number = pointer.split("/")[3]
    rule = next((rule for rule in group.rules if rule.pointer.endswith(f"/{number}")), None)
    return rule.name if rule is not None and rule.kind == "record" else ""


def _read(text: str, names: set[str]) -> set[str]:
    """Those of the names that a text reads, or may read: a variable or pattern may stand for any part of one."""
    words = set(_WORD.findall(text))
    found = names & words
    beginnings = tuple(word[:-1] for word in words if word.endswith("$"))
    if beginnings:
        found |= {name for name in names if name.startswith(beginnings)}
    for _, pattern in _PATTERN.findall(text) if "__name__" in text else ():
        listed = sorted(names)
        try:
            said = matches(_VARIABLE.sub(".*", pattern), listed, whole=True)
        except Unanswered:
            return names.copy()  # Go knows what Python doesn't
        found |= {name for name, each in zip(listed, said, strict=True) if each}
    return found
