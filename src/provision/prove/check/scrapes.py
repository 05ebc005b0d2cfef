"""How often the project's Prometheus scrapes what an expression reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provision.model import JSON, Definition
from provision.promql.nodes import VectorSelector
from provision.prove.check.rulefields import USUAL_SECONDS, seconds_of

if TYPE_CHECKING:
    from provision.prove.check.estate import Estate
    from provision.prove.check.parts import Expression

Bodies = Iterable[tuple[Definition, JSON]]


@dataclass(frozen=True, slots=True)
class Scrapes:
    """Seconds between two scrapes.

    Attributes:
        jobs: of each job by its name.
        shortest: the shortest of all; None when the project scrapes nothing.
    """

    jobs: Mapping[str, float] = field(default_factory=dict)
    shortest: float | None = None


def scrapes_of(servers: Bodies, jobs: Bodies) -> Scrapes:
    """The scrape intervals that `prometheus.yml` and its jobs give."""
    usual = [_interval(_part(body, "global")) or USUAL_SECONDS for _, body in servers]
    otherwise = usual[0] if usual else USUAL_SECONDS
    intervals = {_name(body): _interval(body) or otherwise for _, body in jobs}
    return Scrapes(intervals, min([*intervals.values(), *usual], default=None))


def interval_of(estate: Estate, expression: Expression, selector: VectorSelector) -> float | None:
    """Seconds between two scrapes of the series that a selector reads; None when the project doesn't say.

    That of its job where the selector names one, or else the shortest of all, so that what is too short for it is too
    short for every job.
    """
    if estate.is_guest(expression.owner.definition) or ":" in (selector.name or ""):
        return None  # another server scrapes it, or it is recorded
    for matcher in selector.matchers:
        if matcher.label == "job" and matcher.op == "=" and matcher.value in estate.scrapes.jobs:
            return estate.scrapes.jobs[matcher.value]
    return estate.scrapes.shortest


def _interval(body: JSON) -> float | None:
    return seconds_of(body.get("scrape_interval")) if isinstance(body, dict) else None


def _part(body: JSON, name: str) -> JSON:
    return body.get(name) if isinstance(body, dict) else None


def _name(body: JSON) -> str:
    name = _part(body, "job_name")
    return name if isinstance(name, str) else ""
