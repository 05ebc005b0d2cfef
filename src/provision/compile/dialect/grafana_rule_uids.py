"""Uids of rules: made of what a rule is, so that an edit of its expression is an edit and no new rule, and neither
inserting nor moving one changes another's."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.compile.keys import slug
from provision.model import encode

_READABLE = 27


@dataclass(frozen=True, slots=True)
class Identity:
    """What a rule is.

    Attributes:
        kind: `alert` or `record`.
        labels: canonical bytes of its own and its group's.
    """

    kind: str
    name: str
    labels: bytes
    expr: str

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Identity:
        """The identity of a rule in Prometheus' terms."""
        kind = "record" if "record" in rule else "alert"
        return cls(kind, str(rule.get(kind)), encode(rule.get("labels") or {}), str(rule.get("expr")))


def uids(folder: str, group: str, rules: Sequence[Identity]) -> Iterator[str]:
    """A uid for each rule of a group, at most 40 characters: from where it lies, its name and its labels. Rules
    alike in all that are told apart by what they ask, then counted."""
    counts = Counter((rule.kind, rule.name, rule.labels) for rule in rules)
    seen: Counter[Identity] = Counter()
    for rule in rules:
        seen[rule] += 1
        alone = counts[rule.kind, rule.name, rule.labels] == 1
        parts = [folder, group, rule.kind, rule.name, rule.labels.decode()]
        parts += [] if alone else [rule.expr, str(seen[rule])]
        mark = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
        readable = slug(rule.name.replace(":", "_"))[:_READABLE].rstrip("-_")
        yield f"{readable}-{mark}" if readable else mark
