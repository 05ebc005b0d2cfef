from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.model import Live, Mark, Place, Plan, Resource, digest, encode
from provision.ship.plan import make_plan
from provision.ship.planfile import read, resumed
from provision.show.plan import plans_json

SECRET = "correct horse battery"


@dataclass
class Shelf:
    held: list[Live] = field(default_factory=list)
    name: str = "shelf"
    identity: str = "the one on the left"
    order: tuple[str, ...] = ("folder", "rule-file")
    marks: frozenset[str] = frozenset(("folder", "rule-file"))

    def standing(self, desired: Resource, live: Live | None) -> Live | None:
        del desired
        return live

    def read(self, wanted: frozenset[tuple[str, str]]) -> Iterator[Live]:
        yield from self.held


def again(plan: Plan, shelf: Shelf, desired: list[Resource]) -> tuple[Plan, tuple[str, ...]]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        text = plans_json([plan])
        assert SECRET not in text
        file.write_text(text)
        (saved,) = read(file)
    return resumed(saved, shelf, lambda: {(one.kind, one.key): one for one in desired})


BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
).map(lambda value: {"value": value}) | st.just({"password": SECRET})
KEYS = st.sampled_from("abcd")
MARKS = st.sampled_from(["", "shop", "edited", "theirs"])


def lives(found: dict[str, tuple[object, str]]) -> list[Live]:
    made = []
    for key, (value, said) in found.items():
        body = encode(value)
        base = "v1:0" if said == "edited" else digest(body)
        mark = Mark("theirs" if said == "theirs" else "shop", base) if said else None
        made.append(Live("rule-file", key, body, mark, f"lock {key}", key))
    return made


@settings(max_examples=30)  # a slow digest is slow
@given(
    st.dictionaries(KEYS, BODIES),
    st.dictionaries(KEYS, st.tuples(BODIES, MARKS)),
    st.booleans(),
    st.booleans(),
)
def test_a_plan_comes_back_from_its_file_as_it_was(wanted, found, prune, adopt):
    desired = [
        Resource(
            "rule-file", key, encode(value), (Place("rules/x.py", 3), Place("rules/y")), (("folder", "f"),)
        )
        for key, value in wanted.items()
    ]
    shelf = Shelf(lives(found))
    plan = make_plan(desired, shelf, "shop", prune=prune, adopt=adopt)
    back, moved = again(plan, shelf, desired)
    assert moved == ()
    assert plans_json([back]) == plans_json([plan])

    def told(plan: Plan) -> dict[tuple[str, str], object]:
        return {(a.kind, a.key): (a.verb, a.after, a.live, a.reason, a.desired and a.desired.places) for a in plan.writes + plan.stops}  # fmt: skip

    assert told(back) == told(plan)


@settings(max_examples=30)
@given(st.dictionaries(KEYS, st.tuples(BODIES, MARKS), min_size=1), BODIES, st.data())
def test_what_moved_is_found(found, other, data):
    shelf = Shelf(lives(found))
    key = data.draw(st.sampled_from(sorted(found)))
    desired = [Resource("rule-file", name, encode({"x": 1})) for name in found]
    plan = make_plan(desired, shelf, "shop")
    change = data.draw(st.sampled_from(["gone", "mark", "body"]))
    rest = [live for live in shelf.held if live.key != key]
    (was,) = [live for live in shelf.held if live.key == key]
    now = {
        "gone": [],
        "mark": [Live(was.kind, key, was.body, Mark("another", "v1:1"))],
        "body": [Live(was.kind, key, encode({"other": [other]}), was.mark)],
    }[change]
    _, moved = again(plan, Shelf(rest + now), desired)
    said = {
        "gone": "it is no longer there",
        "mark": "it was marked by somebody since",
        "body": "it was changed since",
    }
    assert moved == (f"rule file {key}: {said[change]}",)


def test_a_lock_alone_is_no_move():
    live = lives({"a": ({"x": 1}, "shop")})[0]
    desired = [Resource("rule-file", "a", encode({"x": 2}))]
    plan = make_plan(desired, Shelf([live]), "shop")
    later = Live(live.kind, live.key, live.body, live.mark, "another lock")
    back, moved = again(plan, Shelf([later]), desired)
    assert moved == ()
    assert [action.live.lock for action in back.writes if action.live] == ["another lock"]


def test_a_secret_that_became_another_is_found():
    plan = make_plan([Resource("rule-file", "a", encode({"password": SECRET}))], Shelf(), "shop")
    _, moved = again(plan, Shelf(), [Resource("rule-file", "a", encode({"password": "another"}))])
    assert moved == ("rule file a: the sources no longer give what was planned",)
    _, moved = again(plan, Shelf(), [])
    assert moved == ("rule file a: the sources no longer give what was planned",)


@pytest.mark.parametrize("taken_over", [True, False])
def test_a_secret_that_is_live_is_told_apart(taken_over):
    live = lives({"a": ({"password": SECRET}, "edited")})[0]
    desired = [Resource("rule-file", "a", encode({"x": 2}))]
    plan = make_plan(desired, Shelf([live]), "shop", adopt=taken_over, overwrite=not taken_over)
    back, moved = again(plan, Shelf([live]), desired)
    assert (moved, [action.after for action in back.writes]) == ((), [action.after for action in plan.writes])
    _, moved = again(plan, Shelf(lives({"a": ({"password": "short"}, "edited")})), desired)
    assert "rule file a: it was changed since" in moved
