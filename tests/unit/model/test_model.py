from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model import Action, Definition, Live, Place, Plan, Resource, Verb, decode, digest, encode

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_bodies_round_trip_and_their_bytes_are_canonical(value: object) -> None:
    body = encode(value)
    assert decode(body) == value
    assert encode(decode(body)) == body


@given(st.dictionaries(st.text(), st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert encode(dict(reversed(value.items()))) == encode(value)


def test_a_digest_names_its_scheme() -> None:
    assert digest(b"{}") == "v1:44136fa355b3678a1146ad16f7e8649e"


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        encode({"a": object()})


def test_the_place_of_a_part_is_the_nearest_that_is_known() -> None:
    definition = Definition(
        "rule-group",
        "k",
        b"{}",
        Place("a.py", 1),
        (("/group/rules/0", Place("a.py", 5)), ("/group/rules/1", Place("a.py", 9))),
    )
    assert definition.place_of("/group/rules/1/expr") == Place("a.py", 9)
    assert definition.place_of("/group/rules/10") == Place("a.py", 1)
    assert definition.place_of("/group") == Place("a.py", 1)
    assert str(Place("a.py", 5)) == "a.py:5"
    assert str(Place("a.py")) == "a.py"


def test_where_something_was_written_takes_no_part_in_equality() -> None:
    assert Definition("k", "a", b"1", Place("a.py", 1)) == Definition("k", "a", b"1", Place("a.py", 2))


def test_a_plan_tells_writes_from_stops() -> None:
    actions = tuple(
        Action(
            verb,
            "k",
            verb,
            Resource("k", verb, b"2") if verb is not Verb.DELETE else None,
            Live("k", verb, b"1"),
        )
        for verb in Verb
    )
    plan = Plan("t", "o", actions)
    assert [a.key for a in plan.writes] == ["create", "update", "delete", "adopt"]
    assert [a.key for a in plan.stops] == ["conflict", "foreign"]
    assert (actions[0].before, actions[0].after) == (b"1", b"2")
    assert actions[3].after is None
    assert Action(Verb.CREATE, "k", "a", Resource("k", "a", b"1"), None).before is None
