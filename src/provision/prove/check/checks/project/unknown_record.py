"""Every recorded name (`level:metric:operations`) that an expression reads is recorded by some rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from provision.compile.kinds import GRAFANA_RULE_GROUP
from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.names import selectors
from provision.prove.check.bodies import and_more, objects, suggestion, text_of
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Expression, Group

ID = "unknown-record"

_MAYBE = re.compile(r"\w:[A-Za-z_]", re.ASCII)
_MAYBE_IN = re.compile(rb"[\w\x80-\xff]:[A-Za-z_]")
_RECORDED = re.compile(r"[A-Za-z_]\w*(?::\w+)+", re.ASCII)


def check(estate: Estate) -> Iterator[Finding]:
    """Names that look recorded and that no rule defines; one finding for each in a dashboard or group, at the
    first place. A project that records nothing reads what others record, as one pulled from a Grafana does."""
    recorded = set(_recorded(estate))
    read: dict[tuple[str, str, str], list[Expression]] = {}
    for expression in _maybe(estate):
        definition = expression.owner.definition
        found = facts(expression.plain)
        read_here = selectors(expression.plain) if found is None else found.selectors
        for name in dict.fromkeys(selector.name for selector in read_here):
            # A name that a variable is part of isn't in the text.
            if name and name not in recorded and _RECORDED.fullmatch(name) and name in expression.text:
                read.setdefault((definition.kind, definition.key, name), []).append(expression)
    for (_, _, name), expressions in read.items():
        first = expressions[0]
        yield estate.finding(
            ID,
            "warning" if not recorded or estate.is_guest(first.owner.definition) else "error",
            first.owner.definition,
            first.pointer,
            and_more(first.subject, len(expressions)),
            f"no rule records {name}",
            suggestion(name, recorded) or "write the rule with Record(…), or read what it would be made of",
            span=first.span_of(name),
            also=[each.pointer for each in expressions[1:]],
        )


def _maybe(estate: Estate) -> Iterator[Expression]:
    """The expressions that may read a record; of most dashboards the text alone says that none does."""
    for owner in chain[Dashboard | Group](estate.dashboards, estate.groups):
        if isinstance(owner, Group) or _MAYBE_IN.search(owner.definition.body):
            yield from (each for each in estate.expressions_of(owner) if _MAYBE.search(each.text))


def _recorded(estate: Estate) -> Iterator[str]:
    for group in estate.groups:
        yield from (rule.name for rule in group.rules if rule.kind == "record")
    for _, group_of_grafana in estate.of(GRAFANA_RULE_GROUP):
        for _, rule in objects(group_of_grafana["rules"]):
            yield text_of(rule.get("record"), "metric")
