"""No rule is there twice: of two that record one series, or raise one alert, Prometheus keeps one sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from provision.model import Finding, decode
from provision.promql.names import selectors
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import labels_of

ID = "rule-duplicate"

Key = tuple[str, str, frozenset[tuple[str, str]], str]
"""Kind, name, labels, and the file where that matters."""


@dataclass
class _Alert:
    """An alert and its group."""

    group: Group
    rule: Rule

    @cached_property
    def asked(self) -> list[frozenset[tuple[str, str, str]]]:
        """The matchers of each selector of its expression; most alerts are like no other, and nobody asks for them."""
        found = selectors(text_of(self.rule.body, "expr"))
        return [frozenset((one.label, one.op, one.value) for one in each.matchers) for each in found]


_VARIED: Final = re.compile(
    r"""\{(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[^}"'`])*\}|(?<![\w:.])[0-9.]\w*(?:\.\w+)?|\s+"""
)
"""What may differ between two expressions of the same form: matchers, numbers, spaces."""
_COMPARED: Final = 20
"""Alerts of one name, labels and form that a further one is compared with."""


def check(estate: Estate) -> Iterator[Finding]:
    """Rules of the same name and labels: with the same expression anywhere; alerts of which one asks for a part of
    what the other asks for; and records of one group. Said at the later one."""
    same: dict[tuple[Key, str], tuple[Group, Rule]] = {}
    forms: dict[tuple[Key, str], list[_Alert]] = {}
    for group in estate.groups:
        within: dict[Key, Rule] = {}
        for rule in group.rules:
            if not rule.name:
                continue
            labels = frozenset(labels_of(group, rule).items())
            key = (rule.kind, rule.name, labels, _scope(estate, group))
            other, earlier = same.setdefault((key, _plain(rule)), (group, rule))
            if earlier is not rule and _asked(other) == _asked(group):
                what = "the same series" if rule.kind == "record" else "the same alerts"
                message = f"{_where(earlier, None if other is group else other)} gives {what}"
                remedy = "leave one of them out"
            elif rule.kind == "record" and key in within and not _apart(within[key], rule):
                message = f"{_where(within[key], None)} has the same name and labels"
                remedy = "where both give one series, only one sample is kept: tell them apart by a label"
            elif overlapping := _overlapping(forms, key, group, rule):
                where = _where(overlapping.rule, None if overlapping.group is group else overlapping.group)
                message = f"{where} gives the same alert for some of the series"
                remedy = "tell the two apart by a label, or leave the ones of the other out"
            else:  # one alert for several conditions is common
                within.setdefault(key, rule)
                continue
            yield estate.finding(
                ID, "warning", group.definition, rule.pointer, group.about(rule), message, remedy
            )


def _overlapping(
    forms: dict[tuple[Key, str], list[_Alert]], key: Key, group: Group, rule: Rule
) -> _Alert | None:
    """An earlier alert that is the same for some series: the expressions differ in nothing but their numbers and in
    what one asks for beyond the other, such as `up == 0` and `up{job="shop"} == 0`."""
    if rule.kind != "alert":
        return None
    alert = _Alert(group, rule)
    earlier = forms.setdefault((key, _VARIED.sub("", text_of(rule.body, "expr"))), [])
    for other in earlier:
        pairs = list(zip(alert.asked, other.asked, strict=False))
        narrower = all(mine >= theirs for mine, theirs in pairs)
        wider = all(mine <= theirs for mine, theirs in pairs)
        as_many = len(alert.asked) == len(other.asked)
        if pairs and as_many and (narrower or wider) and _asked(other.group) == _asked(group):
            return other
    if len(earlier) < _COMPARED:
        earlier.append(alert)
    return None


def _scope(estate: Estate, group: Group) -> str:
    """Files of others needn't run on one server."""
    return group.definition.place.path if estate.is_guest(group.definition) else ""


def _asked(group: Group) -> str:
    """The data source that Grafana asks for the rules of this group; empty when the project's own is asked."""
    return text_of(decode(group.definition.body), "datasource")


def _apart(rule: Rule, other: Rule) -> bool:
    """Whether they read series that differ in what they ask of a label, such as `verb="GET"` and `verb="LIST"`."""
    asked, also = (_matchers(text_of(each.body, "expr")) for each in (rule, other))
    return any(asked[label] != also[label] for label in asked.keys() & also.keys())


def _matchers(expr: str) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for selector in selectors(expr):
        for matcher in selector.matchers:
            found.setdefault(matcher.label, set()).add((matcher.op, matcher.value))
    return found


def _plain(rule: Rule) -> str:
    return " ".join(text_of(rule.body, "expr").split())


def _where(rule: Rule, group: Group | None) -> str:
    ordinal = f"rule {int(rule.pointer.rpartition('/')[2]) + 1}"
    if group is None:
        return f"{ordinal} of this group"
    return f"{ordinal} of {group.subject} ({group.definition.place_of(rule.pointer)})"
