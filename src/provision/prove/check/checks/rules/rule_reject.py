"""No label and no annotation of a rule is what its project rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import labels_of, texts

ID = "rule-reject"


@dataclass(frozen=True, slots=True)
class Settings:
    """Regular expressions that no name and no value may match as a whole; none by default."""

    label_names: tuple[re.Pattern[str], ...] = ()
    label_values: tuple[re.Pattern[str], ...] = ()
    annotation_names: tuple[re.Pattern[str], ...] = ()
    annotation_values: tuple[re.Pattern[str], ...] = ()


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Names and values that match."""
    settings = estate.settings(ID, Settings)
    if settings == Settings():
        return
    for kind, held, names, values in (
        ("label", labels_of(group, rule), settings.label_names, settings.label_values),
        (
            "annotation",
            texts(rule.body, "annotations"),
            settings.annotation_names,
            settings.annotation_values,
        ),
    ):
        for name, value in held.items():
            for what, text, patterns in (("name", name, names), ("value", value, values)):
                rejected = next((each for each in patterns if each.fullmatch(text)), None)
                if rejected is not None:
                    yield estate.finding(
                        ID, "warning", group.definition, f"{rule.pointer}/{kind}s/{name}", group.about(rule),
                        f"the {what} of the {kind} {name} matches {rejected.pattern!r}, which is rejected",
                    )  # fmt: skip
