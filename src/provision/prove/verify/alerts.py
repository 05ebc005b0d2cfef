"""How often alerts would have fired of late: their expressions over time, asked of the server."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from provision.author.durations import shown
from provision.client.prometheus import Refusal, Series
from provision.errors import Late, NotAllowed, ServerRefused, TooLarge
from provision.model import Part
from provision.promql.names import selectors
from provision.prove.check.estate import Estate
from provision.prove.check.rulefields import USUAL_SECONDS, evaluation_seconds, seconds_of
from provision.prove.verify.alerts_count import ID
from provision.prove.verify.firing import Fired, Timing, Watch
from provision.prove.verify.knowledge import Knowledge
from provision.prove.verify.servers import Known
from provision.prove.verify.verdicts import Asked, Remark, Verdict

_POINTS: Final = 1500
"""How many evaluations are asked for at once."""

_FEWEST: Final = 200
"""With so few at once no fewer are tried, where the server finds more too many."""

_QUESTIONS: Final = 12
"""How many questions are asked of one alert; of a longer time, fewer evaluations are looked at."""

_TOLD: Final = frozenset({"unknown-metric", "unknown-label", "error", "too-slow"})
"""What an expression may be that can't have had a series, or can't be asked: that is told already."""


def alerts_of(estate: Estate, known: Known) -> dict[Part, Timing]:
    """The expressions of alerts, and when those are looked at.

    Args:
        known: the first server among them evaluates the groups; it is asked how often, where nothing else says so.
    """
    told = known.pairs[0][1].configuration
    usual = told.evaluation_seconds if told else USUAL_SECONDS
    return {
        Part(definition.kind, definition.key, f"{rule.pointer}/expr", definition.place.path): Timing(
            evaluation_seconds(estate, group) or usual,
            seconds_of(rule.body.get("for")) or 0.0,
            seconds_of(rule.body.get("keep_firing_for")) or 0.0,
        )
        for group in estate.groups
        for definition in (group.definition,)
        for rule in group.rules
        if rule.kind == "alert"
    }


def counted(
    asked: Asked, verdict: Verdict, timing: Timing, known: Knowledge, over: float, most: int | None
) -> Iterator[Remark]:
    """How often an alert would have fired; nothing, when what is wrong with its expression is told already.

    Args:
        over: how far back it is looked, in seconds.
        most: how often it may have fired; None: any number of times.

    Raises:
        Unreachable, NotAllowed: the server can't be asked any more.
    """
    names = dict.fromkeys(each.name for each in selectors(asked.expr) if each.name in known.expected)
    missing = [name for name in names if name and not known.has(name)]
    if missing:
        place = known.expected[missing[0]]
        yield _untold(f"the server doesn't have {missing[0]} yet, which {place} records")
        return
    if verdict.grave and (
        verdict.status in _TOLD or (verdict.status == "too-many-series" and verdict.series is None)
    ):
        return
    step = _step(timing, over)
    found = _watched(asked.expr, timing, step, known, over)
    if isinstance(found, Refusal):
        yield _untold(found.message)
        return
    said = _said(found, over) + (f", looked at each {shown(step)}" if step > timing.interval_seconds else "")
    if most is not None and found.times > most:
        yield Remark(
            ID,
            "warning",
            f"{said}; {most} are allowed",
            "lengthen `for`, or ask for what matters more",
            fired=found,
        )
    else:
        yield Remark(ID, "info", said, fired=found)


def _untold(why: str) -> Remark:
    return Remark(ID, "info", f"how often it would have fired can't be told: {why}")


def _said(found: Fired, over: float) -> str:
    if not found.times:
        return f"it would not have fired in the last {shown(over)}"
    times = "once" if found.times == 1 else f"{found.times} times"
    return f"it would have fired {times} in the last {shown(over)}, for {found.series} series, {shown(found.seconds)} altogether"


def _step(timing: Timing, over: float) -> float:
    """Between two evaluations that are looked at: so many of the alert's own that few questions will do."""
    whole = over + timing.for_seconds + timing.keep_seconds
    return timing.interval_seconds * max(
        1, math.ceil(whole / timing.interval_seconds / (_POINTS * _QUESTIONS))
    )


def _watched(expr: str, timing: Timing, step: float, known: Knowledge, over: float) -> Fired | Refusal:
    """How often it would have fired. It is looked at for as long before as decides whether it fired at the beginning."""
    end = known.now // step * step
    left = math.ceil((over + timing.for_seconds + timing.keep_seconds) / step) + 1
    points = _POINTS
    watched: dict[frozenset[tuple[str, str]], Watch] = {}
    while left:  # counted back from the end
        some = min(points, left)
        found = _asked(expr, end - (left - 1) * step, end - (left - some) * step, step, known)
        if isinstance(found, Refusal):
            if found.kind != "large" or points <= _FEWEST:
                return found
            points //= 2
            continue
        left -= some
        for each in found:
            watch = watched.setdefault(_identity(each), Watch(timing, step, end + step - over))
            watch.see(at for at, _ in each.points)
    for watch in watched.values():
        watch.end(end)
    fired = [watch for watch in watched.values() if watch.times]
    return Fired(sum(each.times for each in fired), len(fired), round(sum(each.seconds for each in fired), 3))


def _asked(
    expr: str, begin: float, until: float, step: float, known: Knowledge
) -> tuple[Series, ...] | Refusal:
    try:
        return known.over(expr, begin, until, step)
    except NotAllowed:
        raise
    except (Late, ServerRefused, TooLarge) as error:
        return Refusal("wrong", error.what)


def _identity(series: Series) -> frozenset[tuple[str, str]]:
    """What an alert knows a series by."""
    return frozenset((name, value) for name, value in series.labels.items() if name != "__name__")
