from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provision.model import encode
from provision.ship.pull.merging import merged_back

LEAVES = st.sampled_from(["own", "up", 1, 2, None])
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=15,
)


def bound(value, old="own", new="bound"):
    if isinstance(value, dict):
        return {name: bound(item, old, new) for name, item in value.items()}
    if isinstance(value, list):
        return [bound(item, old, new) for item in value]
    return new if value == old and type(value) is str else value


@given(JSON, JSON)
def test_what_is_merged_back_becomes_what_is_live(source, live):
    shaped, there = bound(source), bound(live)
    merged = merged_back(source, shaped, there, lambda value: bound(value, "bound", "own"))
    assert encode(bound(merged)) == encode(there)


@given(JSON)
def test_what_nobody_changed_stays_as_the_author_wrote_it(source):
    assert merged_back(source, bound(source), bound(source), lambda value: value) is source


def test_what_the_author_did_not_write_stays_unwritten():
    source = {"panels": [{"id": 1, "title": "A"}], "__inputs": [1]}
    shaped = {"panels": [{"id": 1, "title": "A", "datasource": "default"}]}
    live = {"panels": [{"id": 1, "title": "B", "datasource": "default"}]}
    assert merged_back(source, shaped, live, lambda value: value) == {
        "panels": [{"id": 1, "title": "B"}],
        "__inputs": [1],
    }
