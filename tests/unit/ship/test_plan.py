from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import ProvisionError
from provision.model import Live, Mark, Resource, Verb, digest, encode
from provision.ship.plan import decide, make_plan, ordered

OURS = "shop"
MARKS = frozenset(("dashboard",))


def resource(
    body: object, kind: str = "dashboard", key: str = "a", needs: tuple[tuple[str, str], ...] = ()
) -> Resource:
    return Resource(kind, key, encode(body), needs=needs)


def live(body: object, mark: Mark | None, kind: str = "dashboard", key: str = "a") -> Live:
    return Live(kind, key, encode(body), mark)


def sent(body: object, owner: str = OURS) -> Mark:
    return Mark(owner, digest(encode(body)))


@pytest.mark.parametrize(
    ("desired", "found", "verb"),
    [
        (1, None, Verb.CREATE),
        (1, live(1, sent(1)), Verb.KEEP),
        (2, live(1, sent(1)), Verb.UPDATE),
        (2, live(3, sent(1)), Verb.CONFLICT),
        (2, live(2, sent(1)), Verb.ADOPT),  # edited, but into just what we want
        (2, live(1, None), Verb.FOREIGN),
        (1, live(1, None), Verb.KEEP),
        (2, live(1, sent(1, "other")), Verb.FOREIGN),
    ],
)
def test_decides_from_desired_live_and_base(desired: object, found: Live | None, verb: Verb) -> None:
    action = decide(resource(desired), found, OURS, MARKS)
    assert action.verb is verb
    not_ours = verb is Verb.KEEP and found is not None and found.mark is None
    assert bool(action.reason) == (verb.stops or verb is Verb.ADOPT or not_ours)


@pytest.mark.parametrize("found", [live(3, sent(1)), live(1, None), live(1, sent(1, "other"))])
def test_overwrite_turns_what_stops_into_updates(found: Live) -> None:
    assert decide(resource(2), found, OURS, MARKS, overwrite=True).verb is Verb.UPDATE


def test_a_mark_that_is_out_of_date_is_written_alone() -> None:
    found = replace(live(1, sent(1)), outdated="its setting has changed")
    action = decide(resource(1), found, OURS, MARKS)
    assert (action.verb, action.reason) == (Verb.ADOPT, "its setting has changed")
    assert decide(resource(2), found, OURS, MARKS).verb is Verb.UPDATE
    theirs = replace(live(1, sent(1, "other")), outdated="its setting has changed")
    assert decide(resource(1), theirs, OURS, MARKS).verb is Verb.KEEP


def test_what_is_the_same_but_not_ours_is_taken_over_only_when_asked() -> None:
    free = decide(resource(1), live(1, None), OURS, MARKS, overwrite=True)
    assert (free.verb, free.reason) == (Verb.ADOPT, "it is the same, but was not ours")
    theirs = decide(resource(1), live(1, sent(1, "other")), OURS, MARKS, overwrite=True)
    assert (theirs.verb, theirs.reason) == (Verb.ADOPT, "it is the same, but belonged to 'other'")


@pytest.mark.parametrize("found", [live(3, sent(1)), live(1, None), live(1, sent(1, "other"))])
def test_adopting_takes_what_stops_over_as_it_is(found: Live) -> None:
    action = decide(resource(2), found, OURS, MARKS, adopt=True)
    assert (action.verb, action.after) == (Verb.ADOPT, found.body)
    taken = replace(found, mark=Mark(OURS, digest(found.body)))
    assert decide(resource(2), taken, OURS, MARKS).verb is Verb.UPDATE


def test_what_cannot_be_taken_over_says_why() -> None:
    found = replace(live(1, None), fixed="it is carved in stone")
    action = decide(resource(2), found, OURS, MARKS, adopt=True)
    assert (action.verb, action.after) == (Verb.FOREIGN, resource(2).body)
    assert action.reason.endswith(
        "no mark of this project, and it can't be taken over as it is: it is carved in stone"
    )
    assert decide(resource(1), found, OURS, MARKS, adopt=True).verb is Verb.KEEP


def test_what_another_target_stands_in_for_is_no_leftover() -> None:
    held = [live(1, sent(1), "dashboard", "old"), live(1, sent(1), "dashboard", "bound")]
    plan = make_plan(
        [resource(1, key="x")], Shelf(held), OURS, prune=True, spared=frozenset({("dashboard", "bound")})
    )
    assert [action.key for action in plan.actions if action.verb is Verb.DELETE] == ["old"]
    assert (plan.owned, plan.asked) == (2, ("prune",))


def test_a_kind_without_marks_is_updated_without_asking_whose_it_is() -> None:
    action = decide(resource(2, kind="folder"), live(1, None, kind="folder"), OURS, MARKS)
    assert action.verb is Verb.UPDATE


@dataclass
class Shelf:
    held: list[Live] = field(default_factory=list)
    name: str = "shelf"
    identity: str = "the one on the left"
    order: tuple[str, ...] = ("folder", "dashboard")
    marks: frozenset[str] = frozenset(("folder", "dashboard"))

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        del desired
        return live

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        yield from self.held


def test_folders_come_before_dashboards_and_parents_before_children() -> None:
    desired = [
        resource(1, "dashboard", "d", (("folder", "b"),)),
        resource(1, "folder", "a", (("folder", "b"),)),
        resource(1, "folder", "b"),
    ]
    plan = make_plan(desired, Shelf(), OURS)
    assert [(action.kind, action.key) for action in plan.actions] == [
        ("folder", "b"),
        ("folder", "a"),
        ("dashboard", "d"),
    ]


def test_prune_deletes_only_what_is_ours_and_deletes_in_reverse_order() -> None:
    held = [
        live(1, sent(1), "folder", "old"),
        live(1, sent(1), "dashboard", "old"),
        live(1, sent(1, "other"), "dashboard", "theirs"),
        live(1, None, "dashboard", "nobodys"),
    ]
    plan = make_plan([], Shelf(held), OURS, prune=True)
    assert [(a.verb, a.kind, a.key) for a in plan.actions] == [
        (Verb.DELETE, "dashboard", "old"),
        (Verb.DELETE, "folder", "old"),
    ]
    assert plan.left == ()
    kept = make_plan([], Shelf(held), OURS)
    assert kept.actions == ()
    assert [(found.kind, found.key) for found in kept.left] == [("dashboard", "old"), ("folder", "old")]


def test_what_was_edited_on_the_server_is_not_deleted_without_asking() -> None:
    held = [live(2, sent(1), "dashboard", "old")]
    assert [a.verb for a in make_plan([], Shelf(held), OURS, prune=True).actions] == [Verb.CONFLICT]
    assert [a.verb for a in make_plan([], Shelf(held), OURS, prune=True, overwrite=True).actions] == [
        Verb.DELETE
    ]


def test_a_circle_of_needs_is_refused() -> None:
    circle = [resource(1, "folder", "a", (("folder", "b"),)), resource(1, "folder", "b", (("folder", "a"),))]
    with pytest.raises(ProvisionError, match="need each other in a circle: folder"):
        ordered(circle, ("folder",))


@given(st.permutations(range(8)), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_order_does_not_depend_on_the_input_order_and_respects_needs(
    permutation: list[int], pairs: list[tuple[int, int]]
) -> None:
    needs: dict[int, set[int]] = {n: set() for n in range(8)}
    for a, b in pairs:
        if a < b:
            needs[b].add(a)
    all_resources = [
        resource(n, "folder", str(n), tuple(("folder", str(m)) for m in sorted(needs[n]))) for n in range(8)
    ]
    result = ordered([all_resources[n] for n in permutation], ("folder",))
    assert result == ordered(all_resources, ("folder",))
    position = {item.key: index for index, item in enumerate(result)}
    for n, before in needs.items():
        assert all(position[str(m)] < position[str(n)] for m in before)


def test_what_is_kept_is_in_memory_once() -> None:
    """Of thousands of dashboards that haven't changed."""
    wanted = resource({"title": "a"})
    plan = make_plan([wanted], Shelf([live({"title": "a"}, sent({"title": "a"}))]), OURS)
    assert plan.actions[0].live is not None
    assert plan.actions[0].live.body is wanted.body
