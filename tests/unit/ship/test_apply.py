from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pytest

from provision.errors import ProvisionError
from provision.model import Action, Outcome, Plan, Resource, Verb
from provision.ship.apply import apply, batches
from provision.ship.fleet import Aim, Leg, carry_out_all


def action(verb: Verb, kind: str, key: str, *needs: tuple[str, str]) -> Action:
    return Action(verb, kind, key, Resource(kind, key, b"1", needs=needs), None, "because")


@dataclass
class Recorder:
    fails: frozenset[str] = frozenset()
    batches: list[list[str]] = field(default_factory=list)
    name: str = "recorder"

    def begin(self, plan):
        pass

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        taken: list[str] = []
        self.batches.append(taken)
        for item in batch:
            taken.append(item.key)
            yield Outcome(
                item, "failed" if item.key in self.fails else "done", "no" if item.key in self.fails else ""
            )


def statuses(plan: Plan, target: Recorder, **options: object) -> dict[str, str]:
    return {outcome.action.key: outcome.status for outcome in apply(plan, target, **options)}  # type: ignore[arg-type]


def test_every_write_and_every_stop_has_one_outcome_and_keeps_have_none() -> None:
    plan = Plan("t", "o", (action(Verb.KEEP, "folder", "k"), action(Verb.FOREIGN, "folder", "f"), action(Verb.CREATE, "folder", "c")))  # fmt: skip
    assert statuses(plan, Recorder()) == {"f": "skipped", "c": "done"}


def test_what_needs_something_that_failed_is_skipped_and_the_rest_goes_on() -> None:
    plan = Plan(
        "t",
        "o",
        (
            action(Verb.CREATE, "folder", "bad"),
            action(Verb.CREATE, "folder", "good"),
            action(Verb.CREATE, "dashboard", "x", ("folder", "bad")),
            action(Verb.CREATE, "dashboard", "y", ("folder", "good")),
            action(Verb.CREATE, "rule", "z", ("dashboard", "x")),
        ),
    )
    outcomes = {o.action.key: o for o in apply(plan, Recorder(frozenset(("bad",))))}
    assert {key: o.status for key, o in outcomes.items()} == {
        "bad": "failed",
        "good": "done",
        "x": "skipped",
        "y": "done",
        "z": "skipped",
    }
    assert outcomes["x"].message == 'it needs folder "bad", which was not written'


def test_a_conflicting_folder_does_not_stop_its_dashboards() -> None:
    plan = Plan(
        "t",
        "o",
        (action(Verb.CONFLICT, "folder", "f"), action(Verb.CREATE, "dashboard", "d", ("folder", "f"))),
    )
    assert statuses(plan, Recorder()) == {"f": "skipped", "d": "done"}


def test_an_interrupt_begins_nothing_further_and_reports_the_rest() -> None:
    plan = Plan("t", "o", tuple(action(Verb.CREATE, "dashboard", str(n)) for n in range(5)))
    target = Recorder()
    outcomes: list[Outcome] = []
    for outcome in apply(plan, target, cancelled=lambda: len(outcomes) >= 2):
        outcomes.append(outcome)
    assert [o.status for o in outcomes] == ["done", "done", "skipped", "skipped", "skipped"]
    assert outcomes[-1].message == "interrupted before it was begun"


def test_batches_hold_one_kind_and_nothing_that_needs_another_of_the_same_batch() -> None:
    actions = [
        action(Verb.CREATE, "folder", "a"),
        action(Verb.CREATE, "folder", "b"),
        action(Verb.CREATE, "folder", "c", ("folder", "b")),
        action(Verb.UPDATE, "dashboard", "d"),
        action(Verb.DELETE, "dashboard", "e"),
        action(Verb.DELETE, "folder", "f"),
        action(Verb.DELETE, "folder", "g"),
    ]
    assert [[item.key for item in batch] for batch in batches(actions)] == [
        ["a", "b"],
        ["c"],
        ["d"],
        ["e"],
        ["f"],
        ["g"],
    ]


class Breaking(Recorder):
    """It writes one, has begun the second, and breaks."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def begin(self, plan):
        pass

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        items = iter(batch)
        yield Outcome(next(items), "done")
        next(items)
        raise self.error


def test_what_nobody_foresaw_ends_no_report() -> None:
    """And what the exception says, which may be a secret, isn't quoted."""
    plan = Plan("t", "o", tuple(action(Verb.CREATE, "dashboard", key) for key in ("a", "b", "c")))
    outcomes = {o.action.key: o for o in apply(plan, Breaking(KeyError("hunter2")))}
    assert {key: o.status for key, o in outcomes.items()} == {"a": "done", "b": "failed", "c": "skipped"}
    assert "bug in provision (KeyError at test_apply.py:" in outcomes["b"].message
    assert "hunter2" not in outcomes["b"].message
    assert outcomes["b"].left_behind
    assert "broke off" in outcomes["c"].message


def test_an_expected_failure_of_the_target_is_passed_on() -> None:
    plan = Plan("t", "o", tuple(action(Verb.CREATE, "dashboard", key) for key in ("a", "b")))
    with pytest.raises(ProvisionError, match="gone"):
        list(apply(plan, Breaking(ProvisionError("gone"))))


class EndedAtOnce(Recorder):
    """A target where the user ends it at once, with one write done and one in flight."""

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        first, _ = islice(batch, 2)
        yield Outcome(first, "done")
        raise KeyboardInterrupt


def test_who_ends_it_at_once_is_told_of_what_is_in_flight_and_of_what_was_not_begun() -> None:
    actions = tuple(action(Verb.CREATE, "dashboard", str(n)) for n in range(3))
    plan = Plan("t", "o", actions)
    leg = Leg(Aim(EndedAtOnce(), ()), plan)  # type: ignore[arg-type]  # all that is asked of it
    with pytest.raises(KeyboardInterrupt):
        carry_out_all([leg], apply, lambda *_: None)
    assert [(one.action.key, one.status, one.left_behind) for one in leg.outcomes] == [
        ("0", "done", False),
        ("1", "failed", True),
        ("2", "skipped", False),
    ]
    assert leg.outcomes[1].message == "interrupted while it was written, so it may be there all the same"
