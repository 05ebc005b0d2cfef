from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.prove.check.literals import along, columns, literal_line, value_at

BODY = {"a": [{"b/c": {"d~e": "x"}}]}


def test_values_are_found_by_their_pointer() -> None:
    assert value_at(BODY, "/a/0/b~1c/d~0e") == "x"
    assert value_at(BODY, "/a/1") is None
    assert value_at(BODY, "/a/x") is None
    assert value_at("text", "") is None
    assert along(BODY, "/a/0/nowhere/at/all") == [BODY["a"], BODY["a"][0]]


SOURCE = [
    'expr = "up"',
    "other = 'up > 0'",
    'again = "up"',
    'long = """',
    "    sum(",
    "      up",
    "    )",
    '"""',
    'escaped = "up{job=\\"a\\"}"',
    "",
]


@pytest.mark.parametrize(
    ("text", "first", "last", "line"),
    [
        ("up", 1, 9, None),
        ("up", 1, 2, 1),
        ("up", 2, 9, 3),
        ("up > 0", 1, 9, 2),
        ("up >", 1, 9, None),
        ("up > 0", 3, 9, None),
        ("\nsum(\n  up\n)\n", 1, 9, 4),
        ("sum(\n  up\n)", 1, 9, 5),
        ("sum(\n  down\n)", 1, 9, None),
        ("sum(\n  up\n)\n\n\n\n\n\n\n\n\n\n", 1, 9, None),
        ('up{job="a"}', 1, 9, 9),
        ("", 1, 9, None),
    ],
)
def test_the_line_of_a_literal_in_python(text: str, first: int, last: int, line: int | None) -> None:
    assert literal_line(SOURCE, text, first, last) == line


@pytest.mark.parametrize(
    ("line", "suffix", "text", "part", "marked"),
    [
        ('Alert("A", expr="up == bool 0")', "py", "up == bool 0", "bool", "bool"),
        ("x = 'up{job=\"a\"}'", "py", 'up{job="a"}', '"a"', '"a"'),
        ('x = "up{job=\\"a\\"}"', "py", 'up{job="a"}', '"a"', '\\"a\\"'),
        ('x = "up{job=~\\"a\\\\d\\"}"', "py", 'up{job=~"a\\d"}', "\\d", "\\\\d"),
        ('x = "up" + "up"', "py", "up", "up", None),
        ('x = f"up{more}"', "py", "up", "up", None),
        ('    sum(up{job="x"})', "py", 'a +\nsum(up{job="x"})', "up", "up"),
        ('{"expr": "up{job=\\"a\\"}", "x": 1}', "json", 'up{job="a"}', '"a"', '\\"a\\"'),
        ('{"expr": "up", "y": "up"}', "json", "up", "up", None),
        ('  expr: up{job="it\'s"}', "yml", 'up{job="it\'s"}', "it's", "it's"),
        ("  expr: 'up{job=\"it''s\"}'", "yaml", 'up{job="it\'s"}', "it's", "it''s"),
        ("  expr: down", "yml", "up", "up", None),
        ("up", "txt", "up", "up", None),
    ],
)
def test_the_columns_of_a_part_of_a_text(
    line: str, suffix: str, text: str, part: str, marked: str | None
) -> None:
    start = text.index(part)
    found = columns(line, suffix, text, start, start + len(part))
    assert (found and line[found[0] - 1 : found[1] - 1]) == marked


def test_what_a_part_has_of_further_lines_is_left_out() -> None:
    assert columns("  sum(", "yml", "sum(\nup)", 0, 8) == (3, 7)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1), st.data())
def test_a_text_in_json_is_found_character_by_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    line = f'{{"expr": {json.dumps(text, ensure_ascii=False)}}}'
    found = columns(line, "json", text, start, start + 1)
    if found is not None:
        assert json.loads(f'"{line[found[0] - 1 : found[1] - 1]}"') == text[start]
