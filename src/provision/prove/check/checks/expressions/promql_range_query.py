"""No range is longer than what the server keeps, or than the project allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.author.durations import seconds, shown
from provision.model import Finding
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, is_written, said
from provision.prove.check.parts import Expression
from provision.prove.check.retention import retention_seconds

ID = "promql-range-query"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is allowed.

    Attributes:
        longest: the longest range, such as `6h`; empty for any.
    """

    longest: str = ""

    def __post_init__(self) -> None:
        if self.longest:
            seconds(self.longest)


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Ranges and subqueries that reach further back than there is anything."""
    if "[" not in expression.plain:
        return
    retention = retention_seconds(estate.project)
    longest = estate.settings(ID, Settings).longest
    found = facts_of(expression) if retention or longest else None
    if found is None:
        return
    ranges = {each.range_seconds: each for each in reversed(found.timed)}
    for length in sorted(each for each in ranges if each is not None and is_written(expression, each)):
        if retention and length > retention:
            message = (
                f"the range of {shown(length)} is longer than the {shown(retention)} that Prometheus keeps"
            )
            yield said(
                estate,
                ID,
                "warning",
                expression,
                message,
                "ask for less, or record it and ask for the record",
                node=ranges[length],
            )
        elif longest and length > seconds(longest):
            message = f"the range of {shown(length)} is longer than the {longest} that this project allows"
            yield said(
                estate,
                ID,
                "warning",
                expression,
                message,
                "record it over a shorter range",
                node=ranges[length],
            )
