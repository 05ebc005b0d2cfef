"""A field that may be kept compressed is bytes to whoever reads it."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from provision.model import Definition, Live, Place

PLAIN = Definition("dashboard", "a", b"[0]" * 1000, Place("dashboards/a.py", 3), (("/spec", Place("b.py")),))


def test_compressed_it_is_the_same_value_and_smaller():
    packed = PLAIN.packed()
    assert (packed, packed.body, packed.place, packed.parts) == (PLAIN, PLAIN.body, PLAIN.place, PLAIN.parts)
    assert hash(packed) == hash(PLAIN)
    assert repr(packed) == repr(PLAIN)
    assert len(pickle.dumps(packed)) < len(PLAIN.body) < len(pickle.dumps(PLAIN))


def test_it_goes_through_copies_and_pickles():
    packed = PLAIN.packed()
    assert pickle.loads(pickle.dumps(packed)) == PLAIN
    assert replace(packed, key="b") == replace(PLAIN, key="b")
    assert packed.packed() == PLAIN


def test_it_stays_a_frozen_value_that_needs_a_body():
    with pytest.raises(FrozenInstanceError):
        PLAIN.body = b""
    with pytest.raises(TypeError, match="body"):
        Definition("dashboard", "a", place=Place("a.py"))


def test_what_is_live_is_the_same_value_compressed():
    live = Live("dashboard", "a", b"[0]" * 1000, title="A")
    packed = live.packed()
    assert (packed, packed.body, packed.title) == (live, live.body, "A")
    assert len(pickle.dumps(packed)) < len(live.body)
