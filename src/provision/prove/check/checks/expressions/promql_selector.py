"""Selectors say the labels that the project wants said, such as the job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provision.model import Finding
from provision.promql.nodes import Call, VectorSelector, above
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, rule_of, said
from provision.prove.check.parts import Expression

ID = "promql-selector"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is demanded of some selectors.

    Attributes:
        labels: those it must have a matcher for.
        metric: what the whole name of the metric must match.
        call: what the name of a function around it must match; none: wherever it stands.
        kind: of which expressions: those of records, alerts or dashboards.
        comment: why; it is told with the finding.
    """

    labels: tuple[str, ...]
    metric: re.Pattern[str] = re.compile(".*")
    call: re.Pattern[str] | None = None
    kind: Literal["record", "alert", "dashboard", "any"] = "any"
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is demanded of selectors.

    Attributes:
        selectors: each of some of them.
    """

    selectors: tuple[Wanted, ...] = ()


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Selectors that lack a matcher for a label that they must have."""
    demands = estate.settings(ID, Settings).selectors
    found = facts_of(expression) if demands else None
    if found is None:
        return
    rule = rule_of(expression)
    kind = rule.kind if rule else "dashboard"
    told = set()
    for selector in found.selectors:
        for each in demands:
            name = selector.name or ""
            if each.kind not in (kind, "any") or stands_in(name) or not each.metric.fullmatch(name):
                continue
            if each.call is not None and not _is_called(selector, each.call):
                continue
            for label in _missing(selector, each.labels):
                if (name, label) not in told:
                    told.add((name, label))
                    what = name or "what has no name"
                    remedy = each.comment or f'write {name}{{{label}="…"}}'
                    yield said(
                        estate,
                        ID,
                        "warning",
                        expression,
                        f"{what} is selected without a {label}",
                        remedy,
                        node=selector,
                    )


def _missing(selector: VectorSelector, labels: tuple[str, ...]) -> list[str]:
    given = {matcher.label for matcher in selector.matchers}
    return [] if any(map(stands_in, given)) else [label for label in labels if label not in given]


def _is_called(selector: VectorSelector, function: re.Pattern[str]) -> bool:
    return any(isinstance(node, Call) and function.fullmatch(node.function) for node in above(selector))
