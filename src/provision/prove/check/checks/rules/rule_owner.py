"""Every rule says who owns it, where a project demands that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import labels_of, texts

ID = "rule-owner"


@dataclass(frozen=True, slots=True)
class Settings:
    """How rules say who owns them; nothing is demanded unless one of the first two is set.

    Attributes:
        label: the label that names the owner, of records too.
        annotation: the annotation that names the owner, of alerts.
        owners: who may own rules; by default anybody.
    """

    label: str | None = None
    annotation: str | None = None
    owners: tuple[str, ...] = ()


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Rules without an owner, or with one that nobody knows."""
    settings = estate.settings(ID, Settings)
    annotation = settings.annotation if rule.kind == "alert" else None
    places = [
        (name, kind, held)
        for name, kind, held in (
            (settings.label, "label", labels_of(group, rule) if settings.label else {}),
            (annotation, "annotation", texts(rule.body, "annotations")),
        )
        if name is not None
    ]
    if not places:
        return
    owners = [(held[name], f"{rule.pointer}/{kind}s/{name}") for name, kind, held in places if name in held]
    if not owners:
        named = " or ".join(f"the {kind} {name}" for name, kind, _ in places)
        yield estate.finding(
            ID, "warning", group.definition, rule.pointer, group.about(rule), f"nobody owns it: {named} is missing"
        )  # fmt: skip
    for owner, pointer in owners:
        if settings.owners and owner not in settings.owners:
            known = ", ".join(settings.owners[:10])
            yield estate.finding(
                ID, "warning", group.definition, pointer, group.about(rule),
                f"its owner {owner!r} is none of those who may own rules", f"there are {known}",
            )  # fmt: skip
