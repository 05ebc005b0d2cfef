"""Expressions without their regular expressions: the same verdict, the same matchers."""

from __future__ import annotations

import promql_parser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provision.promql import lightened as module
from provision.promql.facts import facts, forget
from provision.promql.lightened import lightened, matched
from provision.promql.parse import light_tree, parse, tree

PATTERNS = st.one_of(
    st.sampled_from(["5..", "a|b", ".*", ".+", "", "(", "a{1000}{1000}", "^x$", "(?i)x", "[[:alpha:]]", "*", "api-\\\\d", "é"]),
    st.text(st.sampled_from("ab.|*+?()[]^$-{}1,\\\"'`# \n"), max_size=6),
)  # fmt: skip
MATCHERS = st.tuples(
    st.sampled_from(["a", "b", "__name__", "or"]), st.sampled_from(["=", "!=", "=~", "!~", " =~ "]), PATTERNS
)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Selectors with all kinds of matchers, some of them within something, some of them wrong."""
    matchers = draw(st.lists(MATCHERS, max_size=3))
    written = ", ".join(f'{label}{op}"{text}"' for label, op, text in matchers)
    around = draw(st.sampled_from(["{}", "rate({}[5m])", 'label_replace({}, "a", "$1=~", "b", "(.*)")', "{} == bool 1",
                                   "sum by (a) ({}) # =~", "{} and on (a) up{{c=~'x'}}", "rate({})"]))  # fmt: skip
    return around.format(f"{draw(st.sampled_from(['up', '']))}{{{written}}}")


def is_promql(expr: str) -> bool:
    try:
        promql_parser.parse(expr)
    except ValueError:
        return False
    return True


@given(expressions())
@example('up{a=~"5.."}')
@example('{a=~".*"}')
@example('{a!~"x"}')
@example('up{a=~"("}')
def test_it_is_promql_if_and_only_if_the_expression_is(expr: str) -> None:
    light = lightened(expr)
    if light is not None:
        assert is_promql(light) == is_promql(expr)


@given(expressions())
@example('up{a=~"5..", b!~"x|y"}')
def test_matchers_are_what_was_written(expr: str) -> None:
    light, whole = light_tree(expr), tree(expr)
    assert (light is None) == (whole is None)
    forget()
    with pytest.MonkeyPatch.context() as patch:
        found = facts(expr)
        forget()
        patch.setattr("provision.promql.parse.lightened", lambda _: None)
        plain = facts(expr)
    forget()
    assert (found is None) == (plain is None)
    if found is not None and plain is not None:
        assert [each.matchers for each in found.selectors] == [each.matchers for each in plain.selectors]


@pytest.mark.parametrize(
    ("expr", "light"),
    [
        ('up{a=~"5.."}', 'up{a="\ue0005.."}'),
        ('up{a="1", b!~"x|y"}', 'up{a="1", b!="\ue001x|y"}'),
        ('up{a=~"x"} / up{a=~"x"}', 'up{a="\ue000x"} / up{a="\ue000x"}'),
        ("up", None),
        ('up{a="5"}', None),
        ('up{a=~".*"}', None),
        ('up{a=~"("}', None),
        ("up{a=~'x'}", None),
        ('up{a=~"\\\\d"}', None),
        ('{__name__=~"up"}', None),
        ('up{a=~"\ue000"}', None),
        ('up{b="=~", a=~"x"}', 'up{b="=~", a="\ue000x"}'),
    ],
)
def test_what_takes_the_place_of_patterns(expr: str, light: str | None) -> None:
    assert lightened(expr) == light


def test_a_matcher_as_it_was() -> None:
    assert matched("=", "\ue0005..") == ("=~", "5..")
    assert matched("!=", "\ue001x") == ("!~", "x")
    assert matched("=", "x") == ("=", "x")
    assert matched("=", "") == ("=", "")


def test_a_pattern_is_tried_once() -> None:
    module._is_plain.cache_clear()
    for number in range(5):
        assert parse(f'up{{job="{number}", code=~"5.."}}') is None
    assert module._is_plain.cache_info().misses == 1
