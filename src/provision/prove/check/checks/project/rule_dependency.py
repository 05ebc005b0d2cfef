"""A rule reads what was recorded in the same evaluation: records stand in its group, and before it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from provision.model import Finding
from provision.promql.facts import facts
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import evaluation_seconds

ID = "rule-dependency"


@dataclass(frozen=True, slots=True)
class Settings:
    """What isn't told of.

    Attributes:
        ignore: regular expressions; records whose whole name matches one may be read from anywhere.
    """

    ignore: tuple[re.Pattern[str], ...] = ()


def check(estate: Estate) -> Iterator[Finding]:
    """Rules that read records of a later rule, or of another group: what they read is up to an interval old. One
    finding for each group that is read."""
    if not estate.records:
        return
    settings = estate.settings(ID, Settings)
    for group in estate.groups:
        elsewhere: dict[str, list[tuple[Rule, str, Group]]] = {}
        for rule in group.rules:
            for name in _read(rule, estate.records, settings):
                within = [other for where, other in estate.records[name] if where is group]
                others = [where for where, _ in estate.records[name] if _beside(estate, group, where)]
                if within and not any(_number(other) <= _number(rule) for other in within):
                    yield estate.finding(
                        ID, "info", group.definition, f"{rule.pointer}/expr", group.about(rule),
                        f"it reads {name}, which is recorded after it: it sees what the evaluation before recorded",
                        f"put it behind {name}",
                    )  # fmt: skip
                elif others and not within:
                    elsewhere.setdefault(others[0].definition.key, []).append((rule, name, others[0]))
        for reads in elsewhere.values():
            yield _of_another_group(estate, group, reads)


def _of_another_group(estate: Estate, group: Group, reads: list[tuple[Rule, str, Group]]) -> Finding:
    rule, name, other = reads[0]
    more = len({each.pointer for each, _, _ in reads}) - 1
    subject = group.about(rule) + (f", and {more} more" if more else "")
    late = evaluation_seconds(estate, other)
    upto = f"up to {late:g} s" if late else "up to an interval"
    return estate.finding(
        ID, "info", group.definition, f"{rule.pointer}/expr", subject,
        f"{name} is recorded in {other.subject}, which is evaluated at another time: what is read is {upto} old",
        "put what records and what reads into one group, the record first",
        also=[f"{each.pointer}/expr" for each, _, _ in reads[1:]],
    )  # fmt: skip


def _read(rule: Rule, records: Container[str], settings: Settings) -> list[str]:
    """The records whose last value a rule reads. Of many values over a time, the last one matters little."""
    found = facts(text_of(rule.body, "expr"))
    names = [] if found is None else [each.name for each in found.selectors if each.range_seconds is None]
    return [
        name
        for name in dict.fromkeys(names)
        if name and name in records and not any(pattern.fullmatch(name) for pattern in settings.ignore)
    ]


def _beside(estate: Estate, group: Group, other: Group) -> bool:
    """Whether another group certainly runs on the same server: files of others needn't."""
    if other is group:
        return False
    path, also = group.definition.place.path, other.definition.place.path
    return path == also or not (estate.is_guest(group.definition) or estate.is_guest(other.definition))


def _number(rule: Rule) -> int:
    return int(rule.pointer.rpartition("/")[2])
