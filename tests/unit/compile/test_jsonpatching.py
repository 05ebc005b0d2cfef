from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.jsonpatching import Unfit, apply_patch, make_patch
from provision.model import decode, encode

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON, JSON)
def test_a_patch_makes_the_other_of_the_one(before, after):
    kept = encode(before)
    patch = make_patch(before, after)
    assert encode(apply_patch(patch, before)) == encode(after)
    assert encode(before) == kept
    assert encode(make_patch(decode(kept), after)) == encode(patch)
    assert (patch == []) == (kept == encode(after))


@given(JSON, JSON)
def test_a_patch_tests_what_it_replaces_or_removes(before, after):
    patch = make_patch(before, after)
    for at, operation in enumerate(patch):
        if operation["op"] in ("replace", "remove"):
            assert patch[at - 1]["op"] == "test"
            assert patch[at - 1]["path"] == operation["path"]


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "test", "path": "/a", "value": 2}],
        [{"op": "remove", "path": "/b/c"}],
        [{"op": "replace", "path": "/b", "value": 1}],
        [{"op": "fly", "path": "/a"}],
        [{"path": "/a"}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "add", "path": 1, "value": 1}],
        [{"op": "add", "path": "/a"}],
    ],
)
def test_what_does_not_fit(patch):
    with pytest.raises(Unfit):
        apply_patch(patch, {"a": 1})
