"""Results keep the labels that the project wants kept, and have none that it wants dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provision.model import Finding
from provision.promql.branches import branches
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, rule_of, said
from provision.prove.check.parts import Expression, Group
from provision.prove.check.rulefields import labels_of

ID = "promql-aggregate"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is demanded of the labels of some rules' results.

    Attributes:
        name: what the whole name of the rule must match.
        kind: which rules are meant.
        keep: labels that must still be there.
        strip: labels that may not be there any more.
        comment: why; it is told with the finding.
    """

    name: re.Pattern[str] = re.compile(".+")
    kind: Literal["record", "alert", "any"] = "record"
    keep: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is demanded of labels.

    Attributes:
        rules: each of some rules.
    """

    rules: tuple[Kept, ...] = ()


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Rules whose result lacks a label that is to be kept, or may have one that is to go. What a rule sets itself counts."""
    demands = estate.settings(ID, Settings).rules
    rule = rule_of(expression) if demands else None
    if rule is None or not isinstance(expression.owner, Group):
        return
    wanted = [each for each in demands if each.kind in (rule.kind, "any") and each.name.fullmatch(rule.name)]
    found = facts_of(expression) if wanted else None
    if found is None:
        return
    own = labels_of(expression.owner, rule)
    results = [branch.labels for branch in branches(found.root)]
    reads = bool(found.selectors)  # a number had no labels that it could keep
    for each in wanted:
        for label in each.keep:
            if reads and label not in own and not all(labels.may_have(label) for labels in results):
                remedy = each.comment or f"write {label} after by, or leave it out after without"
                yield said(
                    estate,
                    ID,
                    "warning",
                    expression,
                    f"the label {label} is dropped, and is to be kept",
                    remedy,
                )
        for label in each.strip:
            if label not in own and any(labels.may_have(label) for labels in results):
                remedy = each.comment or f"aggregate without ({label})"
                yield said(
                    estate,
                    ID,
                    "warning",
                    expression,
                    f"the label {label} is kept, and is to be dropped",
                    remedy,
                )
