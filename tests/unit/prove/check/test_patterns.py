"""Patterns of others, tried in bounded time."""

from __future__ import annotations

import pytest

from provision.prove.check import patterns
from provision.prove.check.patterns import Found, Unanswered, fits, matches


@pytest.mark.parametrize("few_steps", [patterns._FEW_STEPS, 0], ids=["at once", "in a process"])
def test_what_is_matched(few_steps, monkeypatch):
    monkeypatch.setattr(patterns, "_FEW_STEPS", few_steps)
    patterns._matches.cache_clear()
    assert matches("(?P<a>b)(c)?", ["abab", "B", "größe bc"]) == (
        (Found("b", ("b", None), {"a": "b"}), Found("b", ("b", None), {"a": "b"})),
        (),
        (Found("bc", ("b", "c"), {"a": "b"}),),
    )
    assert [bool(each) for each in matches("b+", ["bb", "abb"], whole=True)] == [True, False]
    assert matches("B", ["b"], ignore_case=True) == ((Found("b", (), {}),),)
    assert fits(r"(?:[a-z]+\.)+", "www.example.")
    assert not fits(r"(?:[a-z]+\.)+", "www.example")
    patterns._matches.cache_clear()


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "((a+))+", "(a|a)+", "(a|aa)+", "(.*)*x", "(?:a?){40}a{40}b", "a*a*a*a*a*a*a*a*b"],
)
def test_what_would_take_for_ever_has_no_answer(pattern, monkeypatch):
    monkeypatch.setattr(patterns, "_LONGEST_SECONDS", 0.3)
    text = "a" * 50 + "!"
    with pytest.raises(Unanswered, match=r"takes longer than 0\.3 s"):
        fits(pattern, text)
    with pytest.raises(Unanswered):  # and isn't tried again
        fits(pattern, text)


@pytest.mark.parametrize("pattern", ["(", "*", "(?P<a>b)(?P<a>c)", "a{9999999999999}", "[z-a]"])
def test_what_cannot_be_read_has_no_answer(pattern):
    with pytest.raises(Unanswered, match="can't be read"):
        fits(pattern, "a")


@pytest.mark.parametrize("pattern", ["(foo|bar)", "/api/(.*)", r"[*+]{2}\*\+", "a.*b"])
def test_what_is_plain_needs_no_process(pattern, monkeypatch):
    monkeypatch.setattr(patterns, "_apart", None)
    fits(pattern, "a" * 60)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("[[:alpha:]]+", "abZ", "a1"),
        ("[^[:digit:]_]+", "abc", "a1"),
        ("[[:punct:][:space:]]+", "[-] !", "a"),
        ("[[a]+", "a[", "b"),
        ("[a&&b]+", "a&b", "c"),
        ("[a||b~~]+", "a|b~", "c"),
        ("[+--]+", "+,-", "a"),
        ("[]a]+", "]a", "b"),
        (r"\\[[:alpha:]]", "\\a", "[a"),
        (r"\[[a]", "[a", "a"),
        (r"[\]\[a&\&]+", "][a&", "b"),
    ],
)
def test_sets_are_read_as_re2_reads_them_without_a_warning(pattern, fitting, other):
    assert fits(pattern, fitting)
    assert not fits(pattern, other)
