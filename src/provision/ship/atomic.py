"""All or nothing (`--atomic`): when something fails, what the push has changed is put back, the last first.

Undoing is a plan of the same kind: for each action that was carried out the one that leads back, with what was live
before as what is desired, and its mark. It touches only what the target still holds as the push wrote it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any, Final, Protocol, runtime_checkable

from provision.compile.kinds import CONTACT_POINT, DASHBOARD, DATASOURCE, FOLDER
from provision.diff import title_of_action
from provision.errors import ProvisionError
from provision.model import Action, Live, Mark, Outcome, Plan, Resource, Verb, decode, digest
from provision.ship.apply import apply
from provision.ship.fleet import Aim, Leg, carry_out_all
from provision.ship.target import Target

_Name = tuple[str, str]

_SETTING: Final = "only whether the server's page may save it was written, and that was not put back"
_CHANGED: Final = "it was written, and not put back, as somebody has changed it since"


@runtime_checkable
class TakesAlong(Protocol):
    """A target where a write may change something beside what is written."""

    def irreversible(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What of that could not be put back, a sentence each. Sends GETs only."""
        ...


def require_reversible(target: Target, plan: Plan) -> None:
    """Refuse a plan that can't be carried out as a whole, or not be put back.

    Raises:
        ProvisionError: all that stands in the way is listed; nothing was written.
    """
    found = [f"{title_of_action(action)}: {action.reason}" for action in plan.stops]
    found += [f"{title_of_action(action)}: {why}" for action in plan.writes if (why := no_inverse(action))]
    if isinstance(target, TakesAlong):
        found += target.irreversible(plan.writes)
    if found:
        raise ProvisionError(
            "--atomic wants all or nothing, so nothing was written:\n  " + "\n  ".join(found),
            where=target.name,
            remedy="mend these, or push without --atomic",
        )


def no_inverse(action: Action) -> str:
    """Why an action can't be undone once it was carried out; empty when it can."""
    if action.before is None:
        return "it could not be taken away again" if action.kind == "alertmanager-config" else ""
    if action.kind == DASHBOARD:
        converted = b'"storedVersion"' in action.before and decode(action.before).get("storedVersion")
        return "it is read converted, so it could not be put back as it was" if converted else ""
    body = decode(action.before)
    if action.kind in (DATASOURCE, CONTACT_POINT) and not (
        _secrets(body) <= _secrets(decode(action.after or b"{}"), only="server")
    ):
        return "it has secrets, which nobody can read and so nobody could put back"
    if "unfinished" in body or "unreadable" in body or body == {}:
        return "the server doesn't run it as it is, so it could not be put back"
    return ""


def _secrets(body: Mapping[str, Any], only: str = "") -> set[tuple[int, str, str]]:
    """The secrets of a body by position, name and source. Those of the source `server` are written by nobody."""
    return {
        (position, name, reference["source"])
        for position, part in enumerate((body, *body.get("integrations", ())))
        for name, reference in (part.get("secure") or {}).items()
        if only in ("", reference["source"])
    }


def carry_out_or_undo(
    legs: Sequence[Leg],
    cancelled: Callable[[], bool],
    advance: Callable[[int, int], None],
    canary: Callable[[Aim], bool] = lambda _: False,
) -> None:
    """Carry out the plans of all legs, those of canaries first; where not all was done, by failure or by interruption,
    put all of it back.

    Raises:
        ProvisionError: a target gave up in the middle; the others were put back.
    """
    failed = threading.Event()
    try:
        carry_out = partial(apply, cancelled=cancelled, failed=failed)
        carry_out_all(legs, carry_out, advance, canary=canary, cancelled=cancelled)
    except Exception:
        undo_all(legs)
        raise
    if any(outcome.status != "done" for leg in legs for outcome in leg.outcomes):
        undo_all(legs)


def undo_all(legs: Sequence[Leg]) -> None:
    """Put back what the legs have written, the last leg first; their outcomes become what is true then."""
    for leg in reversed(legs):
        place = {_name(outcome.action): position for position, outcome in enumerate(leg.outcomes)}
        for outcome in undo(leg.plan, leg.target, tuple(leg.outcomes)):
            leg.outcomes[place[_name(outcome.action)]] = outcome


def undo(plan: Plan, target: Target, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """Put back what a push has written; yields for each of its outcomes that isn't true any more another one.

    What can't be put back has failed then, and something of it is left behind.
    """
    known = {_name(outcome.action): outcome for outcome in outcomes if outcome.status in ("done", "failed")}
    begun = [action for action in reversed(plan.writes) if _name(action) in known]
    if not begun:
        return
    try:
        found = {(live.kind, live.key): live for live in target.read(frozenset(map(_name, begun)))}
    except ProvisionError as error:
        for action in begun:
            if known[_name(action)].status == "done":
                yield _left(known[_name(action)], f"it was written, and not put back, as {error.what}")
        return
    inverses: list[Action] = []
    for action in begun:
        now = found.get(_name(action))
        if _is_as_written(action, now, plan.owner, target.marks):
            inverses.append(_inverse(action, now, found))
        elif known[_name(action)].status == "done":
            yield _left(known[_name(action)], _SETTING if _is_of_setting(action, now) else _CHANGED)
    for outcome in _carried_out(Plan(plan.target, plan.owner, _in_runs(inverses)), target):
        before = known[_name(outcome.action)]
        if outcome.status != "done":
            why = outcome.message or "it was not tried"
            yield _left(before, f"it was written, and could not be put back: {why}")
        elif before.status == "done":
            yield replace(before, status="undone", message="put back, as not all could be done", url="")
        else:
            yield replace(before, message=f"{before.message}; it was put back", left_behind=False)


def _carried_out(plan: Plan, target: Target) -> Iterator[Outcome]:
    """An outcome for every action, also where the target gives up."""
    missing = {_name(action): action for action in plan.actions}
    try:
        for outcome in apply(plan, target):
            del missing[_name(outcome.action)]
            yield outcome
    except ProvisionError as error:
        for action in missing.values():
            yield Outcome(action, "failed", error.what)


def _in_runs(inverses: Sequence[Action]) -> tuple[Action, ...]:
    """The same order, but within a kind what goes before what comes back, so that many can be written at once.
    Folders lie in each other, so their order stays."""
    return tuple(
        action
        for kind, run in groupby(inverses, key=lambda action: action.kind)
        for action in (run if kind == FOLDER else sorted(run, key=lambda one: one.verb is not Verb.DELETE))
    )


def _left(outcome: Outcome, why: str) -> Outcome:
    message = f"{outcome.message}; {why}" if outcome.status == "failed" else why
    return replace(outcome, status="failed", message=message, left_behind=True)


def _is_as_written(action: Action, now: Live | None, owner: str, marks: frozenset[str]) -> bool:
    """Whether the target still holds what the action was to bring about, with our mark; and held something else
    before, so that there is something to put back."""
    if now is None or action.after is None:
        return now is None and action.after is None
    mark = Mark(owner, digest(action.after)) if action.kind in marks else None
    if now.body != action.after or now.mark != mark:
        return False
    return action.live is None or (action.live.body, action.live.mark) != (now.body, now.mark)


def _is_of_setting(action: Action, now: Live | None) -> bool:
    """Whether the target holds what it held before, but for whether its page may save it."""
    was = action.live
    if was is None or now is None or action.verb is not Verb.ADOPT or not was.outdated:
        return False
    return (was.body, was.mark) == (now.body, now.mark)


def _inverse(action: Action, now: Live | None, found: Mapping[_Name, Live]) -> Action:
    """The action that leads back from what is live now to what was live before."""
    former = action.live
    if former is None:
        return Action(Verb.DELETE, action.kind, action.key, None, now)
    verb = Verb.CREATE if now is None else Verb.UPDATE
    inside = _folder_of(action.kind, decode(former.body))
    # A folder that was deleted, too, has to be there first.
    needs = ((FOLDER, inside),) if inside and (FOLDER, inside) not in found else ()
    places = action.desired.places if action.desired else ()
    desired = Resource(action.kind, action.key, former.body, places, needs)
    return Action(verb, action.kind, action.key, desired, now, "it is put back", former)


def _folder_of(kind: str, body: Any) -> str:
    return str(body.get("parentUid" if kind == FOLDER else "folderUid") or "")


def _name(action: Action) -> _Name:
    return action.kind, action.key
