from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.normalize.plain import merge, named, objects, plain, settle

JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Own:
    def __init__(self, value: object) -> None:
        self.value = value

    def to_json_data(self) -> object:
        return self.value


class Builder:
    def to_json(self) -> object:
        return {"built": Own([1])}


class Colour(Enum):
    RED = "red"


class Text(str):
    """An author's own kind of string."""


def test_objects_are_asked_for_their_json_at_any_depth() -> None:
    assert plain(Own({"a": [Own({"b": Builder()})]})) == {"a": [{"b": {"built": [1]}}]}


def test_what_is_like_json_becomes_json() -> None:
    made = plain(
        {"tuple": (1, 2), Text("key"): Text("value"), "enum": Colour.RED, 5: True, "nan": float("nan")}
    )
    assert made == {"tuple": [1, 2], "key": "value", "enum": "red", "5": True, "nan": None}
    assert all(type(key) is str for key in made)
    assert type(made["key"]) is str


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": {1, 2}}, "type set has no JSON form"),
        (Own(object()), "type object has no JSON form"),
        ({"a": Own}, "type type has no JSON form"),
        ({"a": 2**80}, "64-bit"),
        ({"a": "\ud800"}, "can't be written as JSON"),
    ],
)
def test_what_has_no_json_is_said(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plain(value)


def test_a_failure_in_an_object_s_own_code_is_named() -> None:
    class Broken:
        def to_json_data(self) -> object:
            raise KeyError("refId")

    with pytest.raises(ValueError, match="KeyError: 'refId'") as caught:
        plain([Broken()])
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_circle_is_an_error() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = Own(circle)
    with pytest.raises(ValueError, match="it is nested too deeply, or contains itself"):
        plain(circle)


@given(JSON_VALUES)
def test_plain_copies_json_without_changing_it(value: Any) -> None:
    before = repr(value)
    copy = plain(value)
    assert copy == value
    settle(copy, nulls=False)
    assert repr(value) == before


@given(JSON_VALUES)
def test_settling_twice_is_settling_once(value: Any) -> None:
    once = settle(plain(value), nulls=False)
    assert repr(settle(plain(once), nulls=False)) == repr(once)


def test_settle_takes_the_fraction_off_whole_numbers_and_nulls_off_objects() -> None:
    value = {"a": 80.0, "b": [1.0, 0.5, None, {"c": None, "d": -2.0}], "e": None, "f": 1e300, "g": True}
    assert repr(settle(plain(value), nulls=False)) == repr(
        {"a": 80, "b": [1, 0.5, None, {"d": -2}], "f": 1e300, "g": True}
    )
    assert settle({"a": None, "b": 1.0}, nulls=True) == {"a": None, "b": 1}


def test_merge_lays_objects_over_objects() -> None:
    base = {"a": {"b": 1, "c": 2}, "d": [1]}
    assert merge(base, {"a": {"c": 3}, "d": [2], "e": {}}) == {"a": {"b": 1, "c": 3}, "d": [2], "e": {}}


def test_objects_refuses_what_is_no_list_of_objects() -> None:
    assert objects(None, "rows") == []
    assert objects([{}], "rows") == [{}]
    for wrong in ("x", {}, [1]):
        with pytest.raises(ValueError, match="rows must be a list of objects"):
            objects(wrong, "rows")


def test_named_names_the_panel() -> None:
    with (
        pytest.raises(ValueError, match=r"panel 'CPU' \(stat\): too hot"),
        named({"title": "CPU", "type": "stat"}),
    ):
        raise ValueError("too hot")
    with (
        pytest.raises(ValueError, match=r"panel '' \(None\): its JSON isn't of the form .*KeyError: 'x'"),
        named({}),
    ):
        {}["x"]
