"""A rule has the labels that its project demands: by default an alert its `severity`, by which it is routed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provision.model import Finding
from provision.prove.check.demands import missing, not_as_wanted, one_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import labels_of

ID = "rule-label"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is demanded of the labels that rules add.

    Attributes:
        required: names that every alert must set; `a|b` asks for one of the two.
        required_of_records: names that every recording rule must set.
        forbidden: names that no rule may set.
        values: by name, what the whole value must match where it is set.
    """

    required: tuple[str, ...] = ("severity",)
    required_of_records: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Labels that are missing, may not be there, or are of another form; the group's labels count."""
    settings = estate.settings(ID, Settings)
    labels = labels_of(group, rule)
    required = settings.required if rule.kind == "alert" else settings.required_of_records
    for names in missing(labels, required):
        remedy = "severity says who is told, such as page or ticket" if names == "severity" else ""
        yield estate.finding(
            ID, "warning", group.definition, rule.pointer, group.about(rule),
            f"it has no label {one_of(names)}", remedy,
        )  # fmt: skip
    for name, fault in not_as_wanted(labels, settings.forbidden, settings.values):
        yield estate.finding(
            ID, "warning", group.definition, f"{rule.pointer}/labels/{name}", group.about(rule),
            f"the label {name} {fault}",
        )  # fmt: skip
