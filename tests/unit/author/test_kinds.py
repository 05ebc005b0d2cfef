"""Whether a value is of the kind that a field has, and the sentence when it isn't."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provision.author import kinds


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda: kinds.text("x", a="", b=None), "x: b must be a text, not nothing"),
        (lambda: kinds.optional_text("x", a=None, b=1), "x: b must be a text, not a number"),
        (lambda: kinds.flag("x", a=True, b=1), "x: b must be True or False, not a number"),
        (lambda: kinds.whole("x", 1, a=1, b=0), "x: b must be a whole number from 1, not 0"),
        (lambda: kinds.whole("x", 0, b=True), "x: b must be a whole number from 0, not True"),
        (
            lambda: kinds.texts("x", a=["b"], b="c"),
            "x: b must be a list of texts, not a text; put it into [ ]",
        ),
        (lambda: kinds.texts("x", b={"c"}), "x: b must be a list of texts, not a set"),
        (
            lambda: kinds.listed("x", int, "numbers", b=(1, None)),
            "x: b must be a list of numbers, not of nothing",
        ),
        (lambda: kinds.mapped("x", str, "a text", b=[]), "x: b must be a mapping, not a list"),
        (lambda: kinds.mapped("x", str, "a text", b={"c": 1}), "x: b: c must be a text, not a number"),
        (lambda: kinds.mapped("x", str, "a text", b={1: "c"}), "x: b: the key 1 must be a text"),
    ],
)
def test_a_value_of_another_kind(check: Callable[[], None], said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        check()
    assert str(caught.value) == said


def test_what_a_value_says_is_not_repeated() -> None:
    with pytest.raises(TypeError) as caught:
        kinds.mapped("x", str, "a text", password=["hunter2"])
    assert "hunter2" not in str(caught.value)


def test_values_that_are_of_their_kind() -> None:
    kinds.text("x", a="")
    kinds.optional_text("x", a=None, b="c")
    kinds.flag("x", a=False)
    kinds.whole("x", 0, a=0)
    kinds.texts("x", a=(), b=["c"])
    kinds.mapped("x", str | int, "a text", a={}, b={"c": 1})
