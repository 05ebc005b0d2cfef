"""Several targets as one: each planned, checked before the first write anywhere, and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from provision.model import Outcome, Plan, Resource
from provision.ship.target import Target


@dataclass(frozen=True, slots=True)
class Aim:
    """A target, and the resources it is to hold.

    Attributes:
        spared: (kind, key) of what the sources define, though not for this target; it is no leftover.
    """

    target: Target
    desired: tuple[Resource, ...]
    spared: frozenset[tuple[str, str]] = frozenset()


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


Check = Callable[[Target, Plan], None]
"""Raises a ProvisionError when a plan must not be carried out; sends GETs only."""

CarryOut = Callable[[Plan, Target], Iterator[Outcome]]
"""Carries out a plan on its target; `provision.ship.apply.apply` with what the user chose bound to it."""


def plan_all(aims: Sequence[Aim], plan: Callable[[Aim], Plan]) -> list[Leg]:
    """A plan for each aim.

    Raises:
        ProvisionError: a target can't be read.
    """
    return [Leg(aim, plan(aim)) for aim in aims]


def check_all(legs: Sequence[Leg], checks: Sequence[Check]) -> None:
    """Everything that must hold before the first write, asked for each target.

    Raises:
        ProvisionError: something doesn't hold.
    """
    for leg in legs:
        for check in checks:
            check(leg.target, leg.plan)


def carry_out_all(legs: Sequence[Leg], carry_out: CarryOut, advance: Callable[[int, int], None]) -> None:
    """Carry out the plans; what comes of each is added to its leg as it becomes known.

    Args:
        advance: told how many outcomes there are of how many, of all legs together.

    Raises:
        ProvisionError: a target gave up in the middle.
    """
    total = sum(len(leg.plan.writes) + len(leg.plan.stops) for leg in legs)
    for leg in legs:
        for outcome in carry_out(leg.plan, leg.target):
            leg.outcomes.append(outcome)
            advance(sum(len(each.outcomes) for each in legs), total)
