from __future__ import annotations

import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.compile.load import wire
from provision.errors import Problem
from provision.model import Definition, Place

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
lines = st.none() | st.integers(1, 10**6)
places = st.builds(Place, words, lines)
definitions = st.builds(
    Definition,
    kind=words,
    key=words,
    body=st.binary(max_size=200),
    place=places,
    parts=st.lists(st.tuples(words, places), max_size=3).map(tuple),
)
answers = st.builds(
    wire.Answer,
    problems=st.lists(st.builds(Problem, words, lines, words, st.none() | words), max_size=3).map(tuple),
    inputs=st.lists(st.tuples(words, words, words), max_size=3).map(tuple),
    variables=st.lists(words, max_size=3).map(tuple),
    repeatable=st.booleans(),
    blob=st.binary(max_size=300),
)


def whole(found: list[Definition]) -> list[tuple[object, ...]]:
    """With what takes no part in equality."""
    return [(one.kind, one.key, one.body, one.place, one.parts) for one in found]


@given(st.lists(definitions, max_size=5))
def test_definitions_come_back_as_they_went(sent: list[Definition]) -> None:
    assert whole(wire.unpack(wire.pack(sent))) == whole(sent)
    assert whole(wire.unpack(memoryview(wire.pack(sent)))) == whole(sent)


def test_an_empty_blob_holds_nothing() -> None:
    assert wire.unpack(b"") == []


def test_a_damaged_blob_is_refused() -> None:
    with pytest.raises((ValueError, struct.error)):
        wire.unpack(b"\xff\xff")


@given(st.lists(answers, max_size=4), st.lists(st.integers(1, 50), min_size=1))
def test_messages_arrive_whole_however_they_are_cut(sent: list[wire.Answer], cuts: list[int]) -> None:
    stream = b"".join(wire.encode_answer(answer) for answer in sent)
    reading, writing = os.pipe()
    try:
        incoming = wire.Incoming(reading)
        received = []
        at = 0
        while stream:
            cut = cuts[at % len(cuts)]
            at += 1
            wire.write(writing, stream[:cut])
            stream = stream[cut:]
            assert incoming.read()
            while (taken := incoming.take()) is not None:
                received.append(wire.decode_answer(*taken))
        assert received == sent
    finally:
        os.close(writing)
        os.close(reading)


def test_waiting_ends_when_the_other_side_closes() -> None:
    reading, writing = os.pipe()
    wire.write(writing, wire.encode_setting(wire.Setting("/r\udcff", "default", 2.5, b"\x80")))
    os.close(writing)
    incoming = wire.Incoming(reading)
    taken = incoming.wait()
    assert taken is not None
    assert wire.decode_setting(*taken) == wire.Setting("/r\udcff", "default", 2.5, b"\x80")
    assert incoming.wait() is None
    os.close(reading)


def test_text_that_is_no_unicode_still_crosses() -> None:
    answer = wire.Answer(problems=(Problem("a.py", 1, "bad \udcff name", "x\ud800"),))
    (meta, blob) = _through(wire.encode_answer(answer))
    (problem,) = wire.decode_answer(meta, blob).problems
    assert problem == Problem("a.py", 1, "bad \\udcff name", "x\\ud800")


def _through(data: bytes) -> tuple[list[object], bytes]:
    reading, writing = os.pipe()
    wire.write(writing, data)
    os.close(writing)
    incoming = wire.Incoming(reading)
    taken = incoming.wait()
    os.close(reading)
    assert taken is not None
    return taken
