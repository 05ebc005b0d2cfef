"""Carrying out a plan: batch after batch, and an outcome for every action that isn't a keep."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from provision.diff import title_of_action
from provision.errors import ProvisionError
from provision.model import Action, Outcome, Plan, Verb
from provision.ship.target import Target
from provision.ship.unexpected import unexpected

_INTERRUPTED = "interrupted before it was begun"
_IN_FLIGHT = "interrupted while it was written, so it may be there all the same"
_FAILED = "it was not begun, as another one failed"
_BROKEN = "it was not begun, as another one before it broke off the push"


def apply(
    plan: Plan,
    target: Target,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    failed: threading.Event | None = None,
) -> Iterator[Outcome]:
    """Carry out `plan`; yields one outcome for each action that writes or stops, as soon as it is known.

    What needs something that failed is skipped and says so. As soon as `cancelled()` is true nothing further is
    begun; what is in flight is finished, and the rest is reported as skipped.

    Args:
        failed: set as soon as something fails; once it is set, by this plan or another, nothing further is begun.
            Without it one failure doesn't stop the others.
    """

    def stopped() -> str:
        if failed is not None and failed.is_set():
            return _FAILED
        return _INTERRUPTED if cancelled() else ""

    missed: dict[tuple[str, str], str] = {}
    if plan.writes:
        target.begin(plan)
    for action in plan.stops:  # it exists, so what needs it can be written all the same
        yield Outcome(action, "skipped", action.reason)
    for batch in batches(plan.writes):
        able: list[Action] = []
        for action in batch:
            lost = _lost(action, missed)
            if lost:
                missed[action.kind, action.key] = title_of_action(action)
                yield Outcome(action, "skipped", f"it needs {lost}, which was not written")
            else:
                able.append(action)
        begun: list[Action] = []
        for outcome in _written(target, _until(stopped, able, begun), plan.owner, begun) if able else ():
            if outcome.status != "done":
                if failed is not None:
                    failed.set()
                missed[outcome.action.kind, outcome.action.key] = title_of_action(outcome.action)
            yield outcome
        for action in able[len(begun) :]:
            missed[action.kind, action.key] = title_of_action(action)
            yield Outcome(action, "skipped", stopped() or _BROKEN)


def _written(
    target: Target, batch: Iterable[Action], owner: str, begun: Sequence[Action]
) -> Iterator[Outcome]:
    """What the target says; where it breaks off as nobody foresaw, what was begun has failed. The rest of the
    batch isn't begun, and whatever stands in `begun` gets its outcome here."""
    told: set[tuple[str, str]] = set()
    try:
        for outcome in target.write(batch, owner):
            told.add((outcome.action.kind, outcome.action.key))
            yield outcome
    except ProvisionError:
        raise
    except KeyboardInterrupt:
        for action in begun:
            if (action.kind, action.key) not in told:
                yield Outcome(action, "failed", _IN_FLIGHT, left_behind=True, remedy="plan again to see")
        raise
    except Exception as error:  # noqa: BLE001  # told as a failure, so that the others are reported
        for action in begun:
            if (action.kind, action.key) not in told:
                yield Outcome(action, "failed", unexpected(error), left_behind=True)


def _until(stopped: Callable[[], str], actions: Iterable[Action], begun: list[Action]) -> Iterator[Action]:
    for action in actions:
        if stopped():
            return
        begun.append(action)
        yield action


def batches(actions: Iterable[Action]) -> Iterator[tuple[Action, ...]]:
    """Runs of actions that may be carried out together: the same kind, all writes or all deletions, and none
    needs another of the same run."""
    for _, run in groupby(actions, key=lambda action: (action.kind, action.verb is Verb.DELETE)):
        batch: list[Action] = []
        names: set[tuple[str, str]] = set()
        for action in run:
            needs = action.desired.needs if action.desired else ()
            if names.intersection(needs) or _inside_earlier(action, batch):
                yield tuple(batch)
                batch, names = [], set()
            batch.append(action)
            names.add((action.kind, action.key))
        if batch:
            yield tuple(batch)


def _inside_earlier(action: Action, batch: list[Action]) -> bool:
    """Deletions of folders go one by one: a folder is only empty once those inside it are gone."""
    return action.verb is Verb.DELETE and action.kind == "folder" and bool(batch)


def _lost(action: Action, missed: Mapping[tuple[str, str], str]) -> str:
    """What people call the first that it needs and that was missed; empty for none."""
    needs = action.desired.needs if action.desired else ()
    return next((missed[name] for name in needs if name in missed), "")
