"""A project has no rules of the kind, and with the names, that it doesn't want."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule

ID = "rule-report"


@dataclass(frozen=True, slots=True)
class Settings:
    """Which rules are told of, each with what is said; none by default.

    Attributes:
        records: what is said of every recording rule.
        alerts: what is said of every alert.
        names: by regular expression, what is said of every rule whose whole name matches.
    """

    records: str | None = None
    alerts: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pattern in self.names:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"names: {pattern!r} isn't a regular expression: {error}") from None


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Every rule that is told of."""
    settings = estate.settings(ID, Settings)
    said = [settings.alerts if rule.kind == "alert" else settings.records]
    said += [comment for pattern, comment in settings.names.items() if re.fullmatch(pattern, rule.name)]
    for comment in said:
        if comment is not None:
            yield estate.finding(ID, "warning", group.definition, rule.pointer, group.about(rule), comment)
