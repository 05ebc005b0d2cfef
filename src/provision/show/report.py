"""What came of a push, for people as text, and for machines as JSON (docs/json.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import orjson

from provision.model import Outcome, Plan, Verb
from provision.show.plan import action_value, remedy_of
from provision.show.style import faint, mark, strong
from provision.show.titles import distinct_titles

FORMAT: Final = "provision.report/1"
"""Names the JSON format; a change that would break its readers raises the number."""

_MARKS: Final = {"done": "done", "failed": "fail", "skipped": "skip", "undone": "skip"}
_DID: Final = {
    Verb.CREATE: "created",
    Verb.UPDATE: "updated",
    Verb.DELETE: "deleted",
    Verb.ADOPT: "taken over",
}
_WHAT_TO_DO: Final = {
    "failed": "mend what the message names, then push again",
    "skipped": "push again when what kept it is mended",
    "undone": "push again when what failed is mended",
}
_FOLDED_FROM: Final = 10
"""So many of those that were skipped for one reason are each told of."""

_FOLDED_TO: Final = 3
_STATES: Final = ("failed", "skipped", "undone")

Report = tuple[Plan, Sequence[Outcome]]
"""A plan, and what came of it."""


def report_text(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """What happened to each resource, how long it took and where to look; last what to do when it wasn't all."""
    lines = [strong(plan.heading)]
    titled = zip(outcomes, distinct_titles([outcome.action for outcome in outcomes], plan), strict=True)
    for (status, message, folded), alike in groupby(titled, lambda one: _folding(one[0])):
        each = tuple(alike)
        shown = each[:_FOLDED_TO] if folded and len(each) > _FOLDED_FROM else each
        for outcome, title in shown:
            lines.extend(f"  {line}" for line in _outcome_lines(outcome, title))
        if rest := len(each) - len(shown):
            lines.append(f"  {mark(_MARKS[status])} {status} {rest} more: {message}")
    whole = is_whole(plan, outcomes)
    lines.append(f"{'Done' if whole else 'Not all was done'}: {report_summary([(plan, outcomes)])}")
    if advice := _advice(outcomes):
        lines.append(f"What to do: {advice}.")
    return "\n".join(lines)


def _folding(outcome: Outcome) -> tuple[str, str, bool]:
    """What outcomes that follow each other have in common when one line is enough for them."""
    return outcome.status, outcome.message, outcome.status == "skipped" and not outcome.action.verb.stops


def _advice(outcomes: Sequence[Outcome]) -> str:
    """What to do about what was not done, but for what stops, which says it itself; empty for nothing."""
    missed = {outcome.status for outcome in outcomes if not outcome.action.verb.stops} - {"done"}
    if not missed:
        return ""
    first = (
        "mend what failed and push again"
        if "failed" in missed
        else "push again when nothing stands in the way"
    )
    some = any(outcome.status == "done" for outcome in outcomes)
    return f"{first}; what is done is not written a second time" if some else first


def is_whole(plan: Plan, outcomes: Sequence[Outcome]) -> bool:
    """Whether everything in the plan was done."""
    return len(outcomes) == len(plan.writes) and all(outcome.status == "done" for outcome in outcomes)


def total_text(reports: Sequence[Report]) -> str:
    """What came of several plans together, and where not all was done."""
    missed = [plan.instance or plan.target for plan, outcomes in reports if not is_whole(plan, outcomes)]
    where = f"; not all was done on {', '.join(missed)}" if missed else ""
    return f"Total on {len(reports)} servers: {report_summary(reports)}{where}"


def report_summary(reports: Sequence[Report]) -> str:
    """Such as `2 created, 1 updated, 1 failed, 14 unchanged`."""
    outcomes = [outcome for _, each in reports for outcome in each]
    done = Counter(outcome.action.verb for outcome in outcomes if outcome.status == "done")
    states = Counter(outcome.status for outcome in outcomes)
    kept = sum(action.verb is Verb.KEEP for plan, _ in reports for action in plan.actions)
    said = [f"{done[verb]} {word}" for verb, word in _DID.items() if done[verb]]
    said += [f"{states[state]} {state}" for state in _STATES if states[state]]
    return ", ".join([*(said or ["nothing to do"]), f"{kept} unchanged"])


def took_text(seconds: float) -> str:
    """How long all of it took; empty where nobody had to wait."""
    return f"It took {seconds:.1f} s." if seconds >= 1 else ""


def reports_json(reports: Sequence[Report], seconds: float = 0.0) -> str:
    """What came of plans, as one JSON document.

    Args:
        seconds: how long carrying them out took.
    """
    document = {
        "format": FORMAT,
        "reports": [_report(plan, outcomes) for plan, outcomes in reports],
        "seconds": round(seconds, 3),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def report_json(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """What came of one plan, as a JSON document."""
    return reports_json([(plan, outcomes)])


def _outcome_lines(outcome: Outcome, title: str) -> Iterator[str]:
    action = outcome.action
    what = _DID.get(action.verb, "") if outcome.status == "done" else outcome.status
    time = f" {faint(f'{outcome.seconds:.2f} s')}" if outcome.seconds >= 0.005 else ""
    message = f": {outcome.message}" if outcome.message else ""
    yield f"{mark(_MARKS[outcome.status])} {what} {title}{message}{time}"
    if outcome.url:
        yield f"    {outcome.url}"
    remedy = what_to_do(outcome)
    named = outcome.status == "failed" or action.verb.stops  # of all others the last line says it
    if named and remedy and remedy not in outcome.message:
        yield f"    What to do: {remedy}"


def what_to_do(outcome: Outcome) -> str:
    """What can be done about an outcome, as half a sentence; empty where it is done."""
    if outcome.status == "done":
        return ""
    if outcome.action.verb.stops:
        return remedy_of(outcome.action) or ""
    if outcome.left_behind and outcome.status == "failed":
        return outcome.remedy or "look at it on the server, then plan again"
    return outcome.remedy or _WHAT_TO_DO[outcome.status]


def _report(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    states = Counter(outcome.status for outcome in outcomes)
    return {
        "target": plan.target,
        "instance": plan.instance or None,
        "owner": plan.owner,
        "outcomes": [
            {
                **action_value(outcome.action, plan),
                "status": outcome.status,
                "message": outcome.message or None,
                "remedy": what_to_do(outcome) or None,
                "url": outcome.url or None,
                "seconds": round(outcome.seconds, 3),
            }
            for outcome in outcomes
        ],
        "summary": {
            **{state: states[state] for state in ("done", *_STATES)},
            "kept": sum(action.verb is Verb.KEEP for action in plan.actions),
        },
    }
