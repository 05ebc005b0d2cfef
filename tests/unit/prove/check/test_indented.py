from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.prove.check.indented import indented_lines
from provision.prove.check.lines import json_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([1, 2, "\t"]), st.sampled_from(["", "\n", "\n\n  "]))
def test_lines_are_counted_as_they_are_read(document: Any, indent: Any, before: str) -> None:
    text = f"{before}{json.dumps(document, indent=indent, ensure_ascii=False)}\n"
    line = indented_lines(text.encode())
    assert line is not None
    read = json_lines(text)
    assert {pointer: line(pointer) for pointer in read} == read
    assert line("/nowhere/at/all") is None


@pytest.mark.parametrize(
    "content",
    [b'{"a": [1, 2]}\n{', b"", b'{\n"a": [1, 2]}', b'{"a": {}, "b": {}}', b"[" * 2000 + b"]" * 2000],
)
def test_what_is_written_otherwise_is_left_to_others(content: bytes) -> None:
    assert indented_lines(content) is None


def test_a_value_that_is_not_on_its_line_is_not_told() -> None:
    line = indented_lines(b'{\n\n\n\n\n "a": [1, 2], "b": 3,\n\n "c": 4}')
    assert line is not None
    assert [line(pointer) for pointer in ("", "/a", "/b", "/c", "/a/1")] == [1, None, None, None, None]


def test_names_with_slashes() -> None:
    line = indented_lines(orjson.dumps({"a/b": {"c~d": 1}}, option=orjson.OPT_INDENT_2))
    assert line is not None
    assert line("/a~1b/c~0d") == 3
