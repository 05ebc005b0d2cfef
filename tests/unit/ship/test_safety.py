from __future__ import annotations

from dataclasses import dataclass

import pytest

from provision.errors import ProvisionError
from provision.model import Action, Live, Mark, Plan, Verb
from provision.ship.safety import require_safe, verdict


def actions(verb: Verb, count: int, owner: str = "shop") -> list[Action]:
    return [
        Action(verb, "dashboard", str(n), None, Live("dashboard", str(n), b"1", Mark(owner, "")))
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("changed", "deleted", "owned", "refused"),
    [
        (9, 0, 9, False),  # of a few, one is soon a third
        (3, 0, 10, False),
        (4, 0, 10, True),
        (2, 2, 10, True),
        (0, 4, 10, True),
        (30, 0, 100, False),
        (30, 1, 100, True),
    ],
)
def test_a_third_of_what_is_owned(changed: int, deleted: int, owned: int, *, refused: bool) -> None:
    given = actions(Verb.UPDATE, changed) + actions(Verb.DELETE, deleted)
    said = verdict(given, "shop", owned, desired=5)
    assert bool(said) is refused
    if refused:
        does = [f"delete {deleted}"] * bool(deleted) + [f"change {changed}"] * bool(changed)
        assert said == (
            f"it would {' and '.join(does)} of the {owned} resources that 'shop' owns there, more than 30 %"
        )


@pytest.mark.parametrize("verb", [Verb.CREATE, Verb.ADOPT, Verb.KEEP, Verb.CONFLICT])
def test_what_changes_nothing_that_is_ours_does_not_count(verb: Verb) -> None:
    assert verdict(actions(verb, 10), "shop", 10, desired=10) == ""


def test_what_others_own_does_not_count() -> None:
    assert verdict(actions(Verb.UPDATE, 10, "theirs"), "shop", 10, desired=10) == ""


def test_nothing_is_asked_for_although_something_is_owned() -> None:
    assert verdict([], "shop", 1, desired=0) == (
        "the sources define nothing for it, and 'shop' owns 1 resource there"
    )
    assert verdict([], "shop", 0, desired=0) == ""


@dataclass
class Shelf:
    name: str = "shelf"


def test_a_verdict_refuses_unless_it_is_forced() -> None:
    plan = Plan("shelf", "shop", (), owned=12, verdict="it would delete all")
    with pytest.raises(ProvisionError) as refused:
        require_safe(Shelf(), plan)
    assert str(refused.value) == (
        "shelf: it would delete all, so nothing was written; "
        "look at it with provision plan, and add --force if it is meant"
    )
    forced = Plan("shelf", "shop", (), owned=12, verdict="it would delete all", asked=("prune", "force"))
    assert (plan.refused, forced.refused) == (True, False)
    require_safe(Shelf(), forced)
