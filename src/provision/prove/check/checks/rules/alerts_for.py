"""`for` and `keep_firing_for` of an alert change something: they are longer than nothing and than the evaluation interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import evaluation_seconds, seconds_of

ID = "alerts-for"

_SHORT: Final = {
    "for": "so it fires at the second evaluation all the same",
    "keep_firing_for": "so it fires on for one evaluation all the same",
}


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Durations that say nothing, or promise what the evaluation interval can't keep."""
    if rule.kind != "alert":
        return
    for field, effect in _SHORT.items():
        written = rule.body.get(field)
        duration = seconds_of(written)
        if duration is None:
            continue
        interval = evaluation_seconds(estate, group)
        if duration == 0:
            message, remedy = f"`{field}: {written}` is what goes without saying", "leave it out"
        elif interval is not None and duration < interval:
            message = f"`{field}: {written}` is shorter than the {interval:g} s between evaluations, {effect}"
            remedy = "make it a multiple of the interval, or evaluate the group more often"
        else:
            continue
        yield estate.finding(
            ID, "info", group.definition, f"{rule.pointer}/{field}", group.about(rule), message, remedy
        )
