"""Plans for people, as text with signs, and for machines, as JSON (docs/json.md). No secret is in either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from provision.compile.kinds import DASHBOARD
from provision.diff import diff_bodies, title_of, title_of_action
from provision.diff.hidden import concealed
from provision.errors import ProvisionError
from provision.model import Action, Live, Plan, Verb, decode
from provision.ship.planfile import FORMAT, action_state, kept_state
from provision.ship.prune import HELD
from provision.show.changes import change_lines
from provision.show.differences import change_value
from provision.show.style import faint, mark, strong
from provision.show.titles import distinct_titles, folder_of

_MARKS: Final = {
    Verb.CREATE: "add",
    Verb.UPDATE: "change",
    Verb.DELETE: "remove",
    Verb.ADOPT: "add",
    Verb.CONFLICT: "stop",
    Verb.FOREIGN: "stop",
}
_COUNTED: Final = {
    Verb.CREATE: "to create",
    Verb.UPDATE: "to update",
    Verb.DELETE: "to delete",
    Verb.ADOPT: "to take over",
    Verb.CONFLICT: "in conflict",
    Verb.FOREIGN: "not ours",
}


def remedy_of(action: Action) -> str | None:
    """What the user can do about an action that stops; None where nothing stops."""
    if not action.verb.stops:
        return None
    if action.desired is None:
        if action.reason.startswith(HELD):
            return "move or delete what lies in it, or define it in the sources"
        return "define it in the sources, or delete it all the same with --overwrite"
    if action.verb is Verb.FOREIGN:
        first = "give yours another uid or name"
    elif action.kind == DASHBOARD:
        first = f"take the edit into the sources with provision pull {action.key}"
    else:
        first = "take the server's version into the sources"
    also = "" if action.live is not None and action.live.fixed else ", or take it over as it is with --adopt"
    return f"{first}{',' if also else ', or'} write over it with --overwrite{also}"


def plan_text(plan: Plan, *, everything: bool = False, stops: bool = False) -> str:
    """A plan as text: what is created, updated and deleted, with the changes of each update; what stops, with
    both sides and the remedy; what is kept is only counted.

    Args:
        everything: show also the fields that are folded otherwise.
        stops: show only what stops; the last line sums up all of it.
    """
    lines = [strong(plan.heading)]
    shown = [action for action in (plan.stops if stops else plan.actions) if action.verb is not Verb.KEEP]
    left = () if stops else plan.left
    titles = distinct_titles(shown, plan, left)
    for action, title in zip(shown, titles, strict=False):
        lines.extend(f"  {line}" for line in _action_lines(action, title, everything=everything))
    for title in titles[len(shown) :]:
        lines.append(
            f"  {faint('·')} {title}: no longer in the sources; it is left as it is, --prune deletes it"
        )
    lines.append(f"Plan: {plan_summary(plan)}")
    if plan.verdict:
        forced = "--force carries it out all the same" if plan.refused else "it is forced"
        lines.append(f"{mark('stop')} Too much at once: {plan.verdict}; {forced}")
    return "\n".join(lines)


def total_text(plans: Sequence[Plan]) -> str:
    """What several plans come to together."""
    return f"Total on {len(plans)} servers: {plan_summary(*plans)}"


def plan_summary(*plans: Plan) -> str:
    """Such as `2 to create, 1 to update, 14 unchanged`."""
    count = Counter(action.verb for plan in plans for action in plan.actions)
    said = [f"{count[verb]} {words}" for verb, words in _COUNTED.items() if count[verb]]
    return ", ".join([*(said or ["nothing to do"]), f"{count[Verb.KEEP]} unchanged"])


def plan_json(plan: Plan) -> str:
    """One plan as a JSON document."""
    return plans_json([plan])


def plans_json(plans: Sequence[Plan], failures: Sequence[tuple[str, ProvisionError]] = ()) -> str:
    """Plans as one JSON document, with what kept other servers from having one."""
    document = {
        "format": FORMAT,
        "plans": [_plan(plan) for plan in plans],
        "failures": [{"instance": name or None, "message": str(error)} for name, error in failures],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def action_value(action: Action, plan: Plan) -> dict[str, Any]:
    """What the JSON formats say of every action."""
    return {
        "verb": action.verb.value,
        "kind": action.kind,
        "key": action.key,
        "title": title_of_action(action),
        "folder": folder_of(action, plan) or None,
        "places": [str(place) for place in action.desired.places] if action.desired else [],
        "reason": action.reason or None,
    }


def _title_of(found: Live) -> str:
    return title_of(found.kind, found.key, found.body)


def _action_lines(action: Action, title: str, *, everything: bool) -> Iterator[str]:
    places = action.desired.places if action.desired else ()
    where = f"  {faint(str(places[0]))}" if places else ""
    reason = f": {action.reason}" if action.reason else ""
    yield f"{mark(_MARKS[action.verb])} {title}{reason}{where}"
    if action.before is None or action.after is None:
        return
    for heading, before, after in _sides(action, action.before, action.after):
        changes = change_lines(diff_bodies(action.kind, before, after), everything=everything)
        if heading and changes:
            yield f"    {faint(heading)}"
        yield from (f"    {line}" for line in changes)
    if action.verb.stops:
        yield f"    What to do: {remedy_of(action)}"


def _sides(action: Action, before: bytes, after: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """What is compared, and what that is called: of an edit what both sides have made of what was applied last, where
    that is known."""
    if action.base is not None:
        yield "on the server, since the last push", action.base, before
        yield "in the sources, since the last push", action.base, after
    else:
        yield "on the server → in the sources" if action.verb.stops else "", before, after


def _plan(plan: Plan) -> dict[str, Any]:
    count = Counter(action.verb for action in plan.actions)
    return {
        "target": plan.target,
        "identity": plan.identity,
        "instance": plan.instance or None,
        "owner": plan.owner,
        "actions": [_action(action, plan) for action in plan.actions if action.verb is not Verb.KEEP],
        "left": [{"kind": found.kind, "key": found.key, "title": _title_of(found)} for found in plan.left],
        "kept": [kept_state(action, plan.owner) for action in plan.actions if action.verb is Verb.KEEP],
        "owned": plan.owned,
        "verdict": plan.verdict or None,
        "asked": list(plan.asked),
        "summary": {verb.value: count[verb] for verb in Verb},
    }


def _action(action: Action, plan: Plan) -> dict[str, Any]:
    both = action.before is not None and action.after is not None
    changes = diff_bodies(action.kind, action.before, action.after) if both else ()
    edits = diff_bodies(action.kind, action.base, action.before) if action.base is not None else ()
    return {
        **action_value(action, plan),
        "remedy": remedy_of(action),
        "changes": list(map(change_value, changes)),
        **action_state(action),
        "applied": None if action.base is None else concealed(decode(action.base)),
        "edits": list(map(change_value, edits)),
    }
