"""An alert waits, and fires on, as long as its project demands (`for`, `keep_firing_for`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from provision.author.durations import check as check_durations
from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import seconds_of

ID = "rule-for"


@dataclass(frozen=True, slots=True)
class Settings:
    """The least and the most of the durations of alerts, each a Prometheus duration; none by default."""

    min_for: str | None = None
    max_for: str | None = None
    min_keep_firing_for: str | None = None
    max_keep_firing_for: str | None = None

    def __post_init__(self) -> None:
        check_durations("its values", **asdict(self))


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Durations that are shorter or longer than what is set; one that isn't there is 0."""
    if rule.kind != "alert":
        return
    settings = estate.settings(ID, Settings)
    for field, least, most in (
        ("for", settings.min_for, settings.max_for),
        ("keep_firing_for", settings.min_keep_firing_for, settings.max_keep_firing_for),
    ):
        shortest, longest = seconds_of(least), seconds_of(most)
        if shortest is None and longest is None:
            continue
        written = rule.body.get(field)
        duration = 0.0 if written is None else seconds_of(written)
        said = f"`{field}: {written}`" if written is not None else f"it has no `{field}`, which"
        if duration is None:
            continue
        if shortest is not None and duration < shortest:
            message = f"{said} is shorter than {least}"
        elif longest is not None and duration > longest:
            message = f"{said} is longer than {most}"
        else:
            continue
        pointer = rule.pointer if written is None else f"{rule.pointer}/{field}"
        yield estate.finding(ID, "warning", group.definition, pointer, group.about(rule), message)
