import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.diff import words
from provision.diff.words import LIMIT, counted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"), (True, "true"), (1, "1"), (1.0, "1.0"), (0.2, "0.2"), ("s", "s"), ("", '""'), ("null", '"null"'),
        ("5", '"5"'), ("9.2.2", "9.2.2"), (" a", '" a"'), ("a\nb", '"a\\nb"'), ("a → b", '"a → b"'), ("a b", "a b"),
        ([], "an empty list"), ({}, "an empty object"), (["a", 1, None], "a, 1, null"),
        ([*"abcdefghij"], "a, b, c, d, e, f, g, h and 2 more"), ([{}, {}], "2 items"),
        ({"color": "red", "value": None}, "base"), ({"color": "red", "value": 0.2}, "from 0.2"),
        ({"type": "stat", "gridPos": {}, "targets": [{}, {}]}, "stat, 2 queries"), ({"type": "text", "gridPos": {}}, "text"),
        ({"record": "a", "expr": "up"}, "up"), ({"alert": "A", "expr": "up == 0", "for": "5m"}, "up == 0, for 5m"),
        ({"name": "a", "rules": [{}]}, "1 rule"), ({"name": "a", "rules": 5}, "2 fields: name, rules"),
        ({"job_name": "a", "static_configs": [{"targets": ["a:1", "b:2"]}]}, "a:1, b:2"),
        ({"job_name": "a", "static_configs": []}, "2 fields: job_name, static_configs"),
        ({"job_name": "a", "static_configs": 1}, "2 fields: job_name, static_configs"),
        ({"expr": "up", "refId": "A"}, "up"), ({"receiver": "ops", "matchers": []}, "to ops"),
        ({"type": "custom", "name": "x", "query": "a,b"}, "custom: a,b"), ({"type": "query", "name": "x", "query": {"query": "q"}}, "query: q"),
        ({"type": "textbox", "name": "x", "query": ""}, "textbox"),
        ({"matcher": {}, "properties": [{"id": "unit"}, 5]}, "unit, 5"), ({"title": "x", "url": "http://a"}, "http://a"),
        ({"id": "organize", "options": {}}, "an empty object"), ({"source": "env", "name": "A"}, "env A"),
        ({"type": "prometheus", "uid": "p"}, "prometheus p"), ({"query": "q", "refId": "A"}, "q"),
        ({"name": "ops"}, "no integrations"), ({"name": "ops", "webhook_configs": [], "email_configs": []}, "email, webhook"),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, "5 fields: a, b, c, d, …"),
    ],
)  # fmt: skip
def test_words(value, text):
    assert words(value) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_every_value_is_one_line_that_is_not_empty(value):
    text = words(value)
    assert text
    assert "\n" not in text


def test_a_long_text_is_cut():
    assert len(words("a" * 500)) == LIMIT


def test_counted():
    assert [counted(1, "panel"), counted(2, "panel"), counted(0, "query", "queries")] == [
        "1 panel",
        "2 panels",
        "0 queries",
    ]
