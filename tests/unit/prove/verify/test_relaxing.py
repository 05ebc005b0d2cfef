"""Expressions that have data as soon as what they read has."""

from __future__ import annotations

import pytest

from provision.prove.verify.relaxing import counting, hides, relaxed


@pytest.mark.parametrize(
    ("expr", "loose"),
    [
        ("up", "up"),
        ("up == 0", "up == bool 0"),
        ("a > bool 1", "a > bool 1"),
        ('a{b!="c"} >= 1 and d{e=~"f"} < 2', 'a{b!="c"} >= bool 1 and d{e=~"f"} < bool 2'),
        ('absent(up{job="a"}) == 1', '(up{job="a"}) == bool 1'),
        ("absent_over_time(up[5m])", "last_over_time(up[5m])"),
        ("a unless on (b) c", "a or on (b) c"),
        ("a > on (b) group_left () c", "a > bool on (b) group_left () c"),
        ("a{", "a{"),
    ],
)
def test_conditions_are_left_aside(expr, loose):
    assert relaxed(expr) == loose


@pytest.mark.parametrize(
    ("expr", "question"),
    [
        ("up", "count(up\n)"),
        ("up # all", "count(up # all\n)"),
        ("up[5m]", "count(last_over_time(up[5m]\n))"),
        ("rate(up[5m])[1h:1m]", "count(last_over_time(rate(up[5m])[1h:1m]\n))"),
        ("1 + 1", "1 + 1"),
        ("-scalar(up)", "-scalar(up)"),
        ('"text"', '"text"'),
        ("(time() - up)", "count((time() - up)\n)"),
        ("a{", "a{"),
    ],
)
def test_the_answer_to_the_question_is_small(expr, question):
    assert counting(expr) == question


def test_what_may_have_data_without_its_parts():
    assert hides("a or vector(0)")
    assert hides("absent(a)")
    assert not hides('a{or="unless"}')
    assert not hides("a{")
