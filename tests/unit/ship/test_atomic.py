"""What is put back, in which order, and what isn't."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.diff import title_of_action
from provision.errors import ProvisionError, Unreachable
from provision.model import Action, Live, Mark, Outcome, Plan, Resource, Verb, digest, encode
from provision.ship.apply import apply
from provision.ship.atomic import carry_out_or_undo, no_inverse, require_reversible, undo
from provision.ship.fleet import Aim, Leg
from provision.ship.plan import make_plan

OURS = "shop"
KINDS = ("folder", "dashboard")


@dataclass
class Memory:
    """A target in memory that locks every update, and fails where it is told to."""

    held: dict[tuple[str, str], Live] = field(default_factory=dict)
    fails: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)
    unreadable: bool = False
    name: str = "memory"
    identity: str = "this process"
    order: tuple[str, ...] = KINDS
    marks: frozenset[str] = frozenset(KINDS)
    counter: int = 0

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        del desired
        return live

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        if self.unreadable:
            raise Unreachable("nothing listens there")
        yield from list(self.held.values())

    def begin(self, plan: Plan) -> None:
        pass

    def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
        for action in batch:
            now = self.held.get((action.kind, action.key))
            fault = ""
            if action.key in self.fails:
                fault = "told to fail"
            elif (None if now is None else now.lock) != (None if action.live is None else action.live.lock):
                fault = "changed meanwhile"
            if fault:
                yield Outcome(action, "failed", fault)
                continue
            self.written.append(f"{action.verb.value} {action.key}")
            if action.desired is None:
                del self.held[action.kind, action.key]
            else:
                mark = (
                    Mark(owner, digest(action.desired.body)) if action.former is None else action.former.mark
                )
                beside = b"ours" if action.former is None else action.former.beside
                self.put(action.kind, action.key, action.desired.body, mark, beside)
            yield Outcome(action, "done")

    def put(self, kind: str, key: str, body: bytes, mark: Mark | None, beside: bytes = b"theirs") -> None:
        self.counter += 1
        self.held[kind, key] = Live(kind, key, body, mark, lock=str(self.counter), beside=beside)

    @property
    def state(self) -> dict[tuple[str, str], tuple[bytes, Mark | None, bytes]]:
        return {name: (live.body, live.mark, live.beside) for name, live in self.held.items()}


def dashboard(key: str, body: object, *needs: tuple[str, str]) -> Resource:
    return Resource("dashboard", key, encode({"spec": body}), needs=needs)


def folder(key: str, parent: str = "") -> Resource:
    needs = (("folder", parent),) if parent else ()
    return Resource("folder", key, encode({"title": key, "parentUid": parent}), needs=needs)


def push(target: Memory, *desired: Resource, cancelled: bool = False) -> Leg:
    leg = Leg(Aim(target, desired), make_plan(desired, target, OURS, overwrite=True, prune=True))
    carry_out_or_undo([leg], lambda: cancelled, lambda *_: None)
    return leg


def statuses(leg: Leg) -> dict[str, str]:
    return {outcome.action.key: outcome.status for outcome in leg.outcomes}


def usual() -> Memory:
    target = Memory()
    for one in (folder("old"), folder("inner", "old"), dashboard("gone", 1), dashboard("same", 1)):
        target.put(one.kind, one.key, one.body, Mark(OURS, digest(one.body)))
    target.put("dashboard", "theirs", encode({"spec": 0}), Mark("terraform", ""))
    target.put("dashboard", "edited", encode({"spec": 0}), Mark(OURS, "v1:0"))
    return target


WANTED = (
    folder("new"), dashboard("same", 1), dashboard("theirs", 2), dashboard("edited", 2),
    dashboard("added", 1, ("folder", "new")), dashboard("last", 1),
)  # fmt: skip


def test_what_all_goes_well_stays() -> None:
    target = usual()
    leg = push(target, *WANTED)
    assert set(statuses(leg).values()) == {"done"}
    assert ("dashboard", "added") in target.held
    assert ("folder", "old") not in target.held


def test_a_failure_puts_everything_back_with_its_marks() -> None:
    target = usual()
    before = target.state
    target.fails = {"old"}  # the last deletion of all
    leg = push(target, *WANTED)
    assert target.state == before
    assert statuses(leg) == {
        "new": "undone", "theirs": "undone", "edited": "undone", "added": "undone", "last": "undone",
        "gone": "undone", "inner": "undone", "old": "failed",
    }  # fmt: skip
    assert {one.message for one in leg.outcomes if one.status == "undone"} == {
        "put back, as not all could be done"
    }
    assert not any(one.left_behind for one in leg.outcomes)


def test_nothing_further_is_begun_after_a_failure() -> None:
    target = usual()
    before = target.state
    target.fails = {"edited"}
    leg = push(target, *WANTED)
    assert target.state == before
    assert statuses(leg)["last"] == "skipped"
    (last,) = (one for one in leg.outcomes if one.action.key == "last")
    assert last.message == "it was not begun, as another one failed"


def test_the_last_is_put_back_first() -> None:
    target = usual()
    push(target, *WANTED)
    target.written.clear()
    target.fails = {"x"}
    leg = push(target, folder("a"), folder("b", "a"), dashboard("c", 1), dashboard("x", 1))
    assert statuses(leg)["x"] == "failed"
    made = target.written
    assert made[:3] == ["create a", "create b", "create c"]
    assert made[-3:] == ["delete c", "delete b", "delete a"]


def test_folders_that_were_deleted_come_back_before_what_lies_in_them() -> None:
    target = usual()
    before = target.state
    target.fails = {"old"}
    push(target, dashboard("same", 1))
    assert target.state == before
    target = usual()
    leg = Leg(Aim(target, ()), make_plan((), target, OURS, prune=True))
    for outcome in apply(leg.plan, target):
        leg.outcomes.append(outcome)
    target.written.clear()
    assert [one.status for one in undo(leg.plan, target, leg.outcomes)] == ["undone"] * 4
    assert target.written.index("create old") < target.written.index("create inner")


def test_what_somebody_changed_meanwhile_stays_and_is_told() -> None:
    target = usual()
    plan = make_plan(WANTED, target, OURS, overwrite=True)
    outcomes = list(apply(plan, target))
    target.put("dashboard", "added", encode({"spec": "by hand"}), Mark(OURS, "v1:0"))
    told = {one.action.key: one for one in undo(plan, target, outcomes)}
    assert told["added"].status == "failed"
    assert told["added"].left_behind
    assert told["added"].message == "it was written, and not put back, as somebody has changed it since"
    assert target.held["dashboard", "added"].body == encode({"spec": "by hand"})
    assert told["theirs"].status == "undone"


def test_a_setting_that_stays_is_not_called_somebody_elses_change() -> None:
    target = usual()
    name = ("dashboard", "same")
    target.held[name] = replace(target.held[name], outdated="its page may now save changes of it")
    target.fails = {"worse"}
    leg = push(target, dashboard("same", 1), dashboard("worse", 1))
    told = {one.action.key: one for one in leg.outcomes}["same"]
    assert told.action.verb is Verb.ADOPT
    assert (told.status, told.left_behind) == ("failed", True)
    assert told.message == "only whether the server's page may save it was written, and that was not put back"


def test_what_can_not_be_put_back_is_told_with_its_reason() -> None:
    target = usual()
    plan = make_plan(WANTED, target, OURS, overwrite=True)
    outcomes = list(apply(plan, target))
    target.fails = {"theirs"}
    told = {one.action.key: one for one in undo(plan, target, outcomes)}
    assert told["theirs"].message == "it was written, and could not be put back: told to fail"
    assert told["theirs"].left_behind
    assert told["added"].status == "undone"


def test_a_target_that_can_not_be_read_any_more() -> None:
    target = usual()
    plan = make_plan(WANTED, target, OURS, overwrite=True)
    outcomes = list(apply(plan, target))
    target.unreadable = True
    told = list(undo(plan, target, outcomes))
    assert {one.message for one in told} == {"it was written, and not put back, as nothing listens there"}
    assert all(one.left_behind for one in told)
    assert len(told) == len(outcomes)


def test_a_target_that_gives_up_on_the_way_back() -> None:
    target = usual()
    plan = make_plan(WANTED, target, OURS, overwrite=True)
    outcomes = list(apply(plan, target))

    def give_up(plan: Plan) -> None:
        raise ProvisionError("the ledger can't be written")

    target.begin = give_up  # type: ignore[method-assign]
    told = list(undo(plan, target, outcomes))
    assert len(told) == len(outcomes)
    assert {one.message for one in told} == {
        "it was written, and could not be put back: the ledger can't be written"
    }
    assert all(one.left_behind for one in told)


def test_a_failure_that_was_written_all_the_same_is_put_back() -> None:
    target = usual()
    before = target.state
    plan = make_plan((dashboard("added", 1),), target, OURS)
    outcomes = [
        replace(one, status="failed", message="lost", left_behind=True) for one in apply(plan, target)
    ]
    (told,) = undo(plan, target, outcomes)
    assert (told.status, told.message, told.left_behind) == ("failed", "lost; it was put back", False)
    assert target.state == before


def test_an_interruption_puts_everything_back() -> None:
    target = usual()
    before = target.state
    leg = Leg(Aim(target, WANTED), make_plan(WANTED, target, OURS, overwrite=True))
    carry_out_or_undo([leg], lambda: len(target.written) >= 2, lambda *_: None)
    assert target.state == before
    assert sorted(set(statuses(leg).values())) == ["skipped", "undone"]


def test_a_failure_on_one_target_undoes_the_others() -> None:
    first, second, third = usual(), usual(), usual()
    before = first.state, second.state, third.state
    second.fails = {"added"}
    legs = [
        Leg(Aim(one, WANTED), make_plan(WANTED, one, OURS, overwrite=True)) for one in (first, second, third)
    ]
    carry_out_or_undo(legs, lambda: False, lambda *_: None)
    assert (first.state, second.state, third.state) == before
    assert set(statuses(legs[0]).values()) == {"undone"}
    assert statuses(legs[1])["added"] == "failed"
    assert set(statuses(legs[2]).values()) == {"skipped"}
    assert third.written == []


def test_a_target_that_gives_up_undoes_the_others() -> None:
    class GivesUp(Memory):
        def write(self, batch: Iterable[Action], owner: str) -> Iterator[Outcome]:
            raise ProvisionError("no room")

    first, second = usual(), GivesUp()
    before = first.state
    legs = [Leg(Aim(one, WANTED), make_plan(WANTED, one, OURS, overwrite=True)) for one in (first, second)]
    with pytest.raises(ProvisionError, match="no room"):
        carry_out_or_undo(legs, lambda: False, lambda *_: None)
    assert first.state == before


def action(kind: str, before: object, after: object) -> Action:
    live = None if before is None else Live(kind, "a", encode(before), Mark(OURS, ""))
    desired = None if after is None else Resource(kind, "a", encode(after))
    verb = Verb.CREATE if live is None else Verb.DELETE if desired is None else Verb.UPDATE
    return Action(verb, kind, "a", desired, live)


ELSEWHERE = {"secure": {"password": {"source": "server", "name": ""}}}
SECURE = {"secure": {"password": {"source": "env", "name": "X"}}}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (action("datasource", {**SECURE, "url": "a"}, {"secure": {}}), "secrets"),
        (action("datasource", {**SECURE, "url": "a"}, None), "secrets"),
        (
            action("contact-point", {"integrations": [{"secure": {}}, SECURE]}, {"integrations": []}),
            "secrets",
        ),
        (action("datasource", {**ELSEWHERE, "url": "a"}, {"secure": {}}), "secrets"),
        (action("dashboard", {"spec": {}, "storedVersion": "v2beta1"}, {"spec": {}}), "converted"),
        (action("rule-file", {"groups": [], "unfinished": "x"}, {"groups": []}), "doesn't run it"),
        (action("alertmanager-config", {}, {"route": {}}), "doesn't run it"),
        (action("alertmanager-config", None, {"route": {}}), "taken away"),
    ],
)
def test_what_has_no_inverse_is_refused_before_the_first_write(asked: Action, why: str) -> None:
    with pytest.raises(
        ProvisionError, match=f"--atomic wants all or nothing.*\n  {title_of_action(asked)}: .*{why}"
    ):
        require_reversible(Memory(), Plan("memory", OURS, (asked,)))


@pytest.mark.parametrize(
    "asked",
    [
        action("datasource", None, SECURE),
        action("datasource", {"secure": {}, "url": "a"}, SECURE),
        action("dashboard", {"spec": {"title": "storedVersion"}}, {"spec": {}}),
        action("folder", {"title": "a"}, None),
        action("datasource", ELSEWHERE, {**ELSEWHERE, "url": "b"}),  # a secret of the server's isn't written
        action("alertmanager-config", {"route": {}}, {"route": {"receiver": "a"}}),
    ],
)
def test_what_has_one_is_not(asked: Action) -> None:
    assert no_inverse(asked) == ""
    require_reversible(Memory(), Plan("memory", OURS, (asked,)))


def test_a_conflict_is_refused_as_not_all_could_be_done() -> None:
    conflict = Action(Verb.CONFLICT, "dashboard", "a", None, None, "it was changed")
    with pytest.raises(ProvisionError, match='dashboard "a": it was changed'):
        require_reversible(Memory(), Plan("memory", OURS, (conflict,)))


NAMES = st.sampled_from("abcdef")
BODIES = st.dictionaries(NAMES, st.integers(0, 2), max_size=6)


@given(BODIES, BODIES, st.sets(NAMES, max_size=3), st.sets(NAMES))
def test_all_or_nothing(
    before: dict[str, int], wanted: dict[str, int], fails: set[str], owned: set[str]
) -> None:
    target = Memory()
    for key, body in before.items():
        one = dashboard(key, body)
        target.put(one.kind, key, one.body, Mark(OURS, digest(one.body)) if key in owned else None)
    state = target.state
    desired = tuple(dashboard(key, body) for key, body in wanted.items())
    leg = Leg(Aim(target, desired), make_plan(desired, target, OURS, overwrite=True, prune=True))
    target.fails = fails
    failing = {one.key for one in leg.plan.writes} & fails
    # What has failed once isn't touched by the way back.
    carry_out_or_undo([leg], lambda: False, lambda *_: None)
    if failing:
        assert target.state == state
        assert {one.status for one in leg.outcomes} <= {"failed", "undone", "skipped"}
    else:
        assert {name[1]: one.body for name, one in target.held.items() if name[1] in wanted} == {
            key: dashboard(key, body).body for key, body in wanted.items()
        }
        assert {one.status for one in leg.outcomes} <= {"done"}


def test_several_plans_share_what_has_failed() -> None:
    failed = threading.Event()
    target = Memory(fails={"a"})
    plan = make_plan((dashboard("a", 1),), target, OURS)
    assert [one.status for one in apply(plan, target, failed=failed)] == ["failed"]
    assert failed.is_set()
    plan = make_plan((dashboard("b", 1),), target, OURS)
    assert [one.status for one in apply(plan, target, failed=failed)] == ["skipped"]


@dataclass
class Switch(Memory):
    """A target where what becomes the default takes that from another."""

    def irreversible(self, actions: Sequence[Action]) -> tuple[str, ...]:
        return tuple(f"{one.kind} {one.key}: it becomes the default" for one in actions)


def test_what_a_write_takes_along_is_refused_before_the_first_write() -> None:
    asked = action("datasource", None, {"isDefault": True})
    require_reversible(Memory(), Plan("memory", OURS, (asked,)))
    with pytest.raises(ProvisionError, match="--atomic wants all or nothing.*\n  datasource a: it becomes"):
        require_reversible(Switch(), Plan("memory", OURS, (asked,)))
