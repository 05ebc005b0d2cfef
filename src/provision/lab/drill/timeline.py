"""A drill as text: what was supposed, what was seen and when, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from provision.lab.drill.judging import is_about
from provision.lab.drill.values import Event, Outcome
from provision.show.style import faint, mark, strong


def lines(outcome: Outcome) -> Iterator[str]:
    """The lines of a drill's timeline, seconds counted from the break."""
    drill, broken = outcome.drill, outcome.marks["broken"]
    yield strong(f"{drill.name}: {drill.summary}")
    yield f"  supposed: {outcome.hypothesis.text}"
    if outcome.hypothesis.signal is not None:
        yield f"            {outcome.hypothesis.signal.why}"
    yield f"  broken at {datetime.fromtimestamp(broken).astimezone():%Y-%m-%d %H:%M:%S %z} ({broken:.3f})"
    for event in telling(outcome):
        yield f"  {offset(outcome, event.at):>9}  {event.source:<12}  {event.what}"
    for clause in outcome.clauses:
        sign = mark("done" if clause.holds else "fail")
        yield f"  {sign} {clause.what}: {clause.measured} {faint(f'({clause.expected})')}"
    yield strong(f"  {sentence(outcome)}") + f" {drill.lesson}"


def sentence(outcome: Outcome) -> str:
    """The verdict in words."""
    if outcome.unseen:
        return f"Nobody can say whether the hypothesis held: not all was seen of {', '.join(outcome.unseen)}."
    return f"The hypothesis {'held' if outcome.passed else 'did not hold'}."


def telling(outcome: Outcome) -> list[Event]:
    """The events since the break, but those of other alerts on the way to their delivery: there are many, and JSON has
    them all."""
    return [
        event
        for event in outcome.events
        if event.at >= outcome.marks["broken"]
        and (not event.alert or event.source == "webhook" or is_about(event, outcome.hypothesis.signal))
    ]


def offset(outcome: Outcome, at: float) -> str:
    """A moment in seconds from the break: `+4.3 s`."""
    return f"{at - outcome.marks['broken']:+.1f} s"
