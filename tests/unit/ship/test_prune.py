from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provision.model import Action, Live, Mark, Resource, Verb, digest, encode
from provision.ship.prune import deletions, no_longer_defined
from provision.show.plan import remedy_of

ORDER = ("folder", "dashboard")


def live(kind: str, key: str, folder: str = "", *, edited: bool = False, owner: str = "shop") -> Live:
    body = encode({"folderUid" if kind == "dashboard" else "parentUid": folder, "title": key})
    return Live(kind, key, body, Mark(owner, "v1:else" if edited else digest(body)), title=key)


def planned(held: list[Live], wanted: frozenset[tuple[str, str]] = frozenset(), *, overwrite: bool = False):
    return deletions(no_longer_defined(held, wanted, "shop", ORDER), held, overwrite=overwrite)


def test_dashboards_go_before_folders_and_folders_before_those_they_lie_in() -> None:
    held = [
        live("folder", "a"),
        live("folder", "b", "c"),
        live("folder", "c", "a"),
        live("dashboard", "z", "a"),
    ]
    assert [(action.verb.value, action.key) for action in planned(held)] == [
        ("delete", "z"), ("delete", "b"), ("delete", "c"), ("delete", "a"),
    ]  # fmt: skip


def test_a_folder_stays_with_what_stays_in_it() -> None:
    held = [live("folder", "a"), live("folder", "b", "a"), live("dashboard", "mine", "b", edited=True)]
    said = {action.key: (action.verb, action.reason) for action in planned(held)}
    assert [verb for verb, _ in said.values()] == [Verb.CONFLICT] * 3
    assert said["b"][1] == 'the sources no longer define it, but it still holds dashboard "mine"'
    assert said["a"][1] == 'the sources no longer define it, but it still holds folder "b"'
    remedies = {action.key: remedy_of(action) for action in planned(held) if action.verb.stops}
    assert remedies["a"] == remedies["b"] == "move or delete what lies in it, or define it in the sources"
    assert {action.verb for action in planned(held, overwrite=True)} == {Verb.DELETE}


def test_a_folder_with_something_of_another_project_stays() -> None:
    held = [live("folder", "a"), live("dashboard", "theirs", "a", owner="theirs")]
    assert [action.verb for action in planned(held)] == [Verb.CONFLICT]


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20))
def test_no_folder_goes_before_one_that_lies_in_it(parents: list[int]) -> None:
    held = [
        live("folder", f"f{at}", f"f{parent}" if parent < at else "") for at, parent in enumerate(parents)
    ]
    order = [action.key for action in planned(held)]
    assert len(order) == len(parents)
    for at, parent in enumerate(parents):
        if parent < at:
            assert order.index(f"f{at}") < order.index(f"f{parent}")


def test_a_folder_that_the_plan_empties_goes_with_it() -> None:
    held = [live("folder", "a"), live("dashboard", "mine", "a")]
    out = Resource("dashboard", "mine", live("dashboard", "mine").body)
    gone = no_longer_defined(held, frozenset({("dashboard", "mine")}), "shop", ORDER)
    for verb, then in ((Verb.UPDATE, Verb.DELETE), (Verb.CONFLICT, Verb.CONFLICT)):
        before = (Action(verb, "dashboard", "mine", out, held[1]),)
        assert [action.verb for action in deletions(gone, held, before, overwrite=False)] == [then]
