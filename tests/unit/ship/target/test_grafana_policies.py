"""Merging a project's routes into a tree that it shares: others keep their routes, their bytes and their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.ship.target.grafana_policies import merge, receivers_in


def routes(text):
    return [{"receiver": name} for name in text]


def merged(tree, own, wanted, claimed=()):
    return "".join(
        route["receiver"] for route in merge(routes(tree), routes(tree), own, routes(wanted), claimed)
    )


@pytest.mark.parametrize(
    ("tree", "own", "wanted", "result"),
    [
        ("", [], "ab", "ab"),
        ("xy", [], "ab", "xyab"),
        ("xay", [1], "b", "xby"),
        ("xay", [1], "bcd", "xbcdy"),
        ("axbyc", [0, 2, 4], "de", "dxey"),
        ("axb", [0, 2], "", "x"),
        ("ax", [0], "ax", "ax"),
        ("xab", [], "ab", "xab"),
        ("axb", [], "abc", "axbc"),
        ("bxa", [], "ab", "axb"),
        ("axby", [0], "acb", "axcby"),
    ],
)
def test_where_routes_go(tree, own, wanted, result):
    assert merged(tree, own, wanted) == result


def test_routes_of_other_projects_are_not_taken_over():
    assert merged("ab", [], "a", claimed={0}) == "aba"


def test_others_are_sent_back_as_they_came():
    raw = [{"receiver": "x", "continue": False, "unknown": 1}, {"receiver": "a"}]
    assert merge(raw, routes("xa"), [1], routes("b"), set())[0] is raw[0]


@given(st.text("xyz", max_size=8), st.data())
def test_others_keep_their_order_and_ours_have_theirs(others, data):
    tree = list(others)
    before = data.draw(st.text("abc", max_size=4))
    for letter in before:
        tree.insert(data.draw(st.integers(0, len(tree))), letter)
    own = [position for position, letter in enumerate(tree) if letter in "abc"]
    wanted = data.draw(st.text("def", max_size=5))
    result = merged("".join(tree), own, wanted)
    assert "".join(letter for letter in result if letter in "xyz") == others
    assert "".join(letter for letter in result if letter not in "xyz") == wanted


def test_receivers_however_deep():
    tree = {"receiver": "a", "routes": [{"routes": [{"receiver": "b"}]}, {"receiver": "c"}]}
    assert receivers_in(tree) == {"a", "b", "c"}
