"""An expression without its variables beside the one with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.promql.aligned import aligned
from provision.promql.variables import placeholder

EXPR = 'rate(a{b="$c"}[$__rate_interval]) * [[d]] + e'


def test_positions_lead_back_to_the_text_as_written() -> None:
    found = aligned(EXPR)
    assert found.text == placeholder(EXPR)
    for part in ("rate", "a{b=", "}[", "]) *", "e"):
        start = found.text.rindex(part)
        written = found.written(start, start + len(part))
        assert written is not None
        assert EXPR[slice(*written)] == part
    start = found.text.index('"')
    assert EXPR[slice(*(found.written(start, found.text.index('"', start + 1) + 1) or (0, 0)))] == '"$c"'


def test_a_position_within_a_variable_has_none() -> None:
    found = aligned("a$abc")
    assert found.written(0, 3) is None
    assert found.written(0, 1) == (0, 1)
    assert found.written(0, 5) == (0, 5)
    assert found.holds_variable(0, 2)
    assert not found.holds_variable(0, 1)


def test_an_expression_without_variables_is_itself() -> None:
    assert aligned("up == 1").text == "up == 1"
    assert aligned("up == 1").written(3, 5) == (3, 5)


@given(
    st.lists(
        st.sampled_from(
            ["$a", "${b:regex}", "[[c]]", "$__interval", "x", '"', "[", "]", "{", "}", "(", ")", " "]
        )
    )
)
def test_what_is_no_variable_stays_and_leads_back(pieces: list[str]) -> None:
    expr = "".join(pieces)
    found = aligned(expr)
    assert found.text == placeholder(expr)
    for at in range(len(found.text)):
        written = found.written(at, at + 1)
        if written is not None and not found.holds_variable(at, at + 1):
            assert expr[slice(*written)] == found.text[at]


@pytest.mark.parametrize("expr", ["$a$b", "${a}[[b]]c"])
def test_variables_side_by_side(expr: str) -> None:
    found = aligned(expr)
    assert found.written(0, len(found.text)) == (0, len(expr))
