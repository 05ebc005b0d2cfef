"""What an expression reads: its selectors, with the metric's name and the matchers of each."""

from __future__ import annotations

from dataclasses import dataclass

from provision.promql.facts import facts
from provision.promql.nodes import Matcher

__all__ = ["Matcher", "Selector", "selectors"]


@dataclass(frozen=True, slots=True)
class Selector:
    """A set of series that an expression reads.

    Attributes:
        name: the metric's name, None when it is given by no name or by a pattern.
        matchers: the others, a pattern for `__name__` included.
    """

    name: str | None
    matchers: tuple[Matcher, ...] = ()


def selectors(expr: str) -> tuple[Selector, ...]:
    """The selectors of `expr` from left to right; none when it isn't PromQL. Grafana variables must be
    replaced before."""
    found = facts(expr)
    return () if found is None else tuple(Selector(each.name, each.matchers) for each in found.selectors)
