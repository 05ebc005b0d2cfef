"""How often the project's Prometheus scrapes what an expression reads."""

from __future__ import annotations

from provision.compile.kinds import PROMETHEUS, SCRAPE_CONFIG
from provision.promql.nodes import VectorSelector
from provision.prove.check.estate import Estate, Expression, text_of
from provision.prove.check.rulefields import USUAL_SECONDS, seconds_of


def interval_of(estate: Estate, expression: Expression, selector: VectorSelector) -> float | None:
    """Seconds between two scrapes of the series that a selector reads; None when the project doesn't say.

    That of its job where the selector names one, or else the shortest of all, so that what is too short for it is too
    short for every job.
    """
    if estate.is_guest(expression.owner.definition) or ":" in (selector.name or ""):
        return None  # another server scrapes it, or it is recorded
    usual = _usual(estate)
    jobs = {text_of(body, "job_name"): body for _, body in estate.of(SCRAPE_CONFIG)}
    if usual is None and not jobs:
        return None
    intervals = {name: _own(body) or usual or USUAL_SECONDS for name, body in jobs.items()}
    for matcher in selector.matchers:
        if matcher.label == "job" and matcher.op == "=" and matcher.value in intervals:
            return intervals[matcher.value]
    return min([*intervals.values(), *([usual] if usual else [])])


def _usual(estate: Estate) -> float | None:
    for _, body in estate.of(PROMETHEUS):
        return seconds_of(text_of(body.get("global"), "scrape_interval")) or USUAL_SECONDS
    return None


def _own(job: dict[str, object]) -> float | None:
    return seconds_of(text_of(job, "scrape_interval"))
