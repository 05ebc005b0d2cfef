"""Several targets as one: planned side by side, checked before the first write anywhere, and written, the canary first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from provision.errors import ProvisionError, Several
from provision.model import Outcome, Plan, Resource
from provision.ship.target import Target

WIDTH: Final = 8
"""How many targets are planned, checked or written at once: each has connections and threads of its own."""

_HEARS_SIGNALS_SECONDS: Final = 0.1
_INTERRUPTED: Final = "interrupted before it was begun"
_GIVEN_UP: Final = "it was not done, as the push was given up before"

Failures = Sequence[tuple[str, ProvisionError]]
"""What a person calls the target (empty: the error says it), and what went wrong there."""

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Aim:
    """A target, and the resources it is to hold.

    Attributes:
        owner: the project's name, which marks what it owns there.
        instance: what the settings or the command line call the target; empty when it has no name there.
        url: its address; empty for a folder.
        spared: (kind, key) of what the sources define, though not for this target; it is no leftover.
        asked: what the user asked for that decides what is read there, as `Plan.asked` has it.
        apart: whether it is written while others are. Files on this machine aren't: an interruption in the middle
            has to put them back, and only the main thread hears of it.
    """

    target: Target
    desired: tuple[Resource, ...]
    owner: str = ""
    instance: str = ""
    url: str = ""
    spared: frozenset[tuple[str, str]] = frozenset()
    asked: tuple[str, ...] = ()
    apart: bool = True

    def is_called(self, name: str) -> bool:
        """Whether `name` means it."""
        return is_called(name, self.instance, self.url)


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a push that goes to one target.

    Attributes:
        outcomes: what came of the plan so far; `carry_out_all` adds to them as they become known.
    """

    aim: Aim
    plan: Plan
    outcomes: list[Outcome] = field(default_factory=list, compare=False)

    @property
    def target(self) -> Target:
        """Where it goes to."""
        return self.aim.target

    @property
    def complete(self) -> bool:
        """Whether everything that its plan holds was done, and nothing stopped."""
        return len(self.outcomes) == len(self.plan.writes) and all(
            outcome.status == "done" for outcome in self.outcomes
        )


def is_called(name: str, instance: str, url: str) -> bool:
    """Whether `name` means an instance: by its whole name, by the first part (its environment), or by its URL."""
    return name in (instance, instance.partition("/")[0]) or name.rstrip("/") == url


Check = Callable[[Target, Plan], None]
"""Raises a ProvisionError when a plan must not be carried out; sends GETs only."""

CarryOut = Callable[[Plan, Target], Iterator[Outcome]]
"""Carries out a plan on its target; `provision.ship.apply.apply` with what the user chose bound to it."""


def side_by_side(
    items: Sequence[_Given], do: Callable[[_Given], _Made], *, finish: bool = False
) -> list[_Made | ProvisionError]:
    """What `do` makes of each item, in their order, `WIDTH` at a time. A failure stands in the place of what it
    kept from being made, so that it doesn't hide the others. A single item is done in this thread.

    Args:
        finish: wait also after an interruption for what was begun.
    """
    made: list[_Made | ProvisionError] = [ProvisionError("it was not begun")] * len(items)
    bugs: list[Exception] = []
    waiting = iter(range(len(items)))
    turn = threading.Lock()

    def work() -> None:
        while True:
            with turn:
                position = next(waiting, None)
            if position is None:
                return
            try:
                made[position] = do(items[position])
            except ProvisionError as error:
                made[position] = error
            except Exception as error:  # noqa: BLE001  # raised below, when the others are done
                bugs.append(error)

    if len(items) == 1:
        work()
    else:
        # Daemons: whoever interrupts a plan needn't wait until an answer comes or its time is over.
        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(WIDTH, len(items)))]
        try:
            for thread in threads:
                thread.start()
            _join(threads)
        except BaseException:
            if finish:
                _join(threads)
            raise
    if bugs:
        raise bugs[0]
    return made


def _join(threads: Sequence[threading.Thread]) -> None:
    # With a limit: a signal that comes just before the wait begins doesn't end it, and would be heard too late.
    for thread in threads:
        while thread.is_alive():
            thread.join(_HEARS_SIGNALS_SECONDS)


def together(failures: Failures) -> ProvisionError:
    """Failures as one error; a single one of a target without a name stays what it is."""
    return failures[0][1] if len(failures) == 1 and not failures[0][0] else Several(failures)


def check_all(legs: Sequence[Leg], checks: Sequence[Check]) -> None:
    """Everything that must hold before the first write, asked of each target.

    Raises:
        ProvisionError: something doesn't hold; all of it is told, the first of each target.
    """

    def one(leg: Leg) -> None:
        for check in checks:
            check(leg.target, leg.plan)

    failures = _failures(legs, side_by_side(legs, one))
    if failures:
        raise together(failures)


def carry_out_all(
    legs: Sequence[Leg],
    carry_out: CarryOut,
    advance: Callable[[int, int], None],
    *,
    canary: Callable[[Aim], bool] = lambda _: False,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Carry out the plans; what comes of each is added to its leg as it becomes known.

    Args:
        advance: told how many outcomes there are of how many, of all legs together; by several threads.
        canary: which go first; the others are begun only when those were done completely, and are skipped
            otherwise.
        cancelled: whether the user wants no more to be begun.

    Raises:
        ProvisionError: targets gave up in the middle; after everything else was carried out.
    """
    total = sum(len(leg.plan.writes) + len(leg.plan.stops) for leg in legs)

    def told() -> None:
        advance(sum(len(leg.outcomes) for leg in legs), total)

    first = [leg for leg in legs if canary(leg.aim)]
    others = [leg for leg in legs if not canary(leg.aim)]
    failures = _carry_out(first, carry_out, told, cancelled)
    if failures or not all(leg.complete for leg in first):
        names = ", ".join(dict.fromkeys(leg.plan.instance or leg.plan.target for leg in first))
        reason = _INTERRUPTED if cancelled() else f"the canary failed ({names})"
        for leg in others:
            _skip(leg, reason)
    else:
        failures = _carry_out(others, carry_out, told, cancelled)
    if failures:
        raise together(failures)


def _carry_out(
    legs: Sequence[Leg], carry_out: CarryOut, told: Callable[[], None], cancelled: Callable[[], bool]
) -> list[tuple[str, ProvisionError]]:
    def one(leg: Leg) -> None:
        if cancelled():
            _skip(leg, _INTERRUPTED)
            return
        try:
            for outcome in carry_out(leg.plan, leg.target):
                leg.outcomes.append(outcome)
                told()
        except ProvisionError:
            _skip(leg, _GIVEN_UP)  # the error itself is told beside the report
            raise
        except KeyboardInterrupt:
            _skip(leg, _INTERRUPTED)
            raise

    apart = [leg for leg in legs if leg.aim.apart]
    failures = _failures(apart, side_by_side(apart, one, finish=True))
    for leg in legs:
        if not leg.aim.apart:
            failures += _failures([leg], side_by_side([leg], one))
    return failures


def _skip(leg: Leg, reason: str) -> None:
    """Add an outcome for everything that has none yet."""
    known = {(outcome.action.kind, outcome.action.key) for outcome in leg.outcomes}
    missing = [action for action in leg.plan.actions if (action.kind, action.key) not in known]
    leg.outcomes.extend(Outcome(action, "skipped", action.reason) for action in missing if action.verb.stops)
    leg.outcomes.extend(Outcome(action, "skipped", reason) for action in missing if action.verb.writes)


def _failures(legs: Sequence[Leg], made: Sequence[ProvisionError | None]) -> list[tuple[str, ProvisionError]]:
    return [
        (leg.aim.instance, error)
        for leg, error in zip(legs, made, strict=True)
        if isinstance(error, ProvisionError)
    ]
