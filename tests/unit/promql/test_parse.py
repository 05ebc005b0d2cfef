from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provision.promql import parse as parse_module
from provision.promql.parse import parse, tree
from provision.promql.vocabulary import ALL_FEATURES


@pytest.mark.parametrize(
    "expr",
    [
        "up",
        'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / on (job) group_left () sum(x) > bool 0.01',
        "up # a comment",
        "a{b=`\\d+`}",
        "max_over_time(up[5m:1m] @ end())",
        '{"my.metric", "a label"="c"}',
        'sum by ("a label") (up)',
        "up[5m + 5m]",
        "up offset -(5m * 2)",
        "up[max_of(step(), 5s):step()]",
        "up[.5]",
        "up offset 1_000",
        "0x1F + 1_000 > bool .5e3",
        "anchored + smoothed",
        "sum by (anchored, a:b) (up)",
        "-up ^ 2",
        "x </ 3 >/ 4",
        "inf + NaN",
        "up @ -1.5",
        "sum",
        "offset offset 5m",
        "a{b='it\\'s', c=\"\\u00e9\\xff\\101\"}",
        "up[5m:]",
        "{__name__=~'up|down'}",
        "(up)",
        "fill + fill",
        "+up + +1_0",
        'max by ("a b", c) (anchored{"d"=`\\\\`})',
        "inf + 1_0",
        "limitk + up offset 1_0",
        "up offset 0s",
        "ln(nan_total) + exp(-inf_total)",
        'label_replace(up, "a", "", "b", "")',
        "up[5m * step():1m]",
        "rate(up[5m])[step():1m]",
        "0s + up offset -0h @ 0ms",
        "up[1m + 0s:0s + 1_0]",
    ],
)
def test_promql_is_accepted(expr: str) -> None:
    assert parse(expr) is None
    assert tree(expr) is not None


@pytest.mark.parametrize(
    ("expr", "message", "place"),
    [
        ("", "there is no expression", (1, 1)),
        ("# nothing", "there is no expression", (1, 1)),
        ("sum(up", "nothing closes this '('", (1, 4)),
        ("rate(up[5m)", "')' closes nothing that is open here", (1, 11)),
        ("up)", "')' closes nothing that is open here", (1, 3)),
        ("up +", "it ends where an expression should follow", (1, 5)),
        ("up\n  + down down", "'down' stands where an operator should", (2, 10)),
        ("up{job=prometheus}", "'prometheus' stands where a quoted value should", (1, 8)),
        ("up{job}", "'}' stands where one of = != =~ !~ should", (1, 7)),
        ("up{job='a' or job='b'}", "'or' stands where ',' or '}' should", (1, 12)),
        ("up{,}", "',' stands where a label's name or '}' should", (1, 4)),
        ("up{a:b='c'}", "unexpected character ':' between { and }", (1, 5)),
        ('up{job="a}', 'nothing closes the string that begins with this "', (1, 8)),
        ('up{job=~"\\d"}', "unknown escape '\\\\d' in a string; a backslash is written \\\\", (1, 10)),
        ("up[5min]", "'5min' is neither a number nor a duration such as 5m", (1, 4)),
        ("up[5m1h]", "'5m1h' is not a duration: units go from y to ms, each once", (1, 4)),
        ("up[]", "']' stands where a duration such as 5m should", (1, 4)),
        ("up[0]", "a range must be longer than 0", (1, 4)),
        ("up[-5m]", "a range must be longer than 0", (1, 4)),
        ("up[5m/0]", "division by zero", (1, 6)),
        ("up[1000y]", "the duration is longer than 292 years", (1, 4)),
        ("up[10000000000]", "the duration is longer than 292 years", (1, 4)),
        ("up > 1e999", "the number is too large", (1, 6)),
        ("up @ down", "'down' stands where a time in seconds, start() or end() should", (1, 6)),
        ("ln(NaN)", "ln() takes an instant vector, not a number", (1, 1)),
        ("sum(exp( - Inf))", "exp() takes an instant vector, not a number", (1, 5)),
        ('sum by (a, "") (up)', "a label has no name", (1, 12)),
        ("a / on ('') b", "a label has no name", (1, 9)),
        ("up[step():1m]", "a duration such as 5m must stand before the colon", (1, 10)),
        ("up offset", "it ends where a duration such as 5m should follow", (1, 10)),
        ("up @ inf", "the time after @ is out of range", (1, 6)),
        ("up offset nan", "'nan' stands where a duration such as 5m should", (1, 11)),
        ("a + on (b) group_left (c", "nothing closes this '('", (1, 23)),
        ("anchored{'a' 'b'}", "\"'b'\" stands where ',' or '}' should", (1, 14)),
        ("sum(up,)", "no comma may stand before the closing parenthesis", (1, 7)),
        ("sum(up down)", "'down' stands where an operator, ',' or ')' should", (1, 8)),
        ("(up down)", "'down' stands where an operator or ')' should", (1, 5)),
        ("sum by (,) (up)", "',' stands where a label's name should", (1, 9)),
        ("sum by (a b) (up)", "'b' stands where ',' or ')' should", (1, 11)),
        ("sum by up", "'up' stands where '(' should", (1, 8)),
        ("up[5m x]", "'x' stands where an operator, ':' or ']' should", (1, 7)),
        ("up[max_of(5m)]", "')' stands where ',' should", (1, 13)),
        ("by(up)", "'(' stands where an operator should", (1, 3)),
        ("up / group_left down", "'group_left' stands where an expression should", (1, 6)),
        ("up $ down", "unexpected character '$'", (1, 4)),
        ("up\x01", "unexpected character '\\x01'", (1, 3)),
        ("rate(up)", "rate() takes a range vector, not an instant vector", (1, 1)),
        ("nosuch(up)", "unknown function with name 'nosuch'", (1, 1)),
        ("abs(up, up)", "expected 1 argument(s) in call to 'abs', got 2", (1, 1)),
        ("rate(up) + rate(down)", "rate() takes a range vector, not an instant vector", None),
        ("1 == 1", "comparisons between scalars must use BOOL modifier", None),
        ("{a=''}", "vector selector must contain at least one non-empty matcher", None),
        ('up{a=~"("}', "illegal regex for (", None),
        ("up[5m", "nothing closes this '['", (1, 3)),
    ],
)
def test_what_is_wrong_is_said_with_its_place(expr: str, message: str, place: tuple[int, int] | None) -> None:
    problem = parse(expr)
    assert problem is not None
    assert problem.message == message
    assert (problem.line, problem.column) == (place or (None, None))


@pytest.mark.parametrize(
    ("expr", "feature"),
    [
        ("limitk(3, up)", "promql-experimental-functions"),
        ("sort_by_label(up, 'a')", "promql-experimental-functions"),
        ("up + start()", "promql-experimental-functions"),
        ("rate(up[5m] smoothed)", "promql-extended-range-selectors"),
        ("up + on (a) group_left (b) fill(+0) down", "promql-binop-fill-modifiers"),
        ("up + fill(0) down", "promql-binop-fill-modifiers"),
        ("up + fill_left(-1) fill_right(2) down", "promql-binop-fill-modifiers"),
    ],
)
def test_what_must_be_enabled_is_refused_until_it_is(expr: str, feature: str) -> None:
    problem = parse(expr)
    assert problem is not None
    assert feature in problem.message
    assert parse(expr, frozenset({feature})) is None
    assert tree(expr) is not None


def test_more_than_two_fills_are_refused() -> None:
    assert parse("a + fill(0) fill(1) b", ALL_FEATURES) is not None
    assert parse("a + fill_left(0) fill_right(1) fill_left(1) b", ALL_FEATURES) is not None


@pytest.mark.parametrize(
    ("expr", "words"),
    [
        ("(" * 300 + "up" + ")" * 300, "300 brackets in one another; at most 250 are checked"),
        ("+".join(["up"] * 2000), "1999 operators"),
        ("x" * 100_001, "100001 characters"),
        ("(" * 70 + "up down" + ")" * 70, "more than 60 brackets in one another"),
    ],
)
def test_what_is_too_large_is_said(expr: str, words: str) -> None:
    problem = parse(expr)
    assert problem is not None
    assert words in problem.message


def test_a_long_expression_is_checked() -> None:
    pattern = "|".join(f"node-{n}" for n in range(10_000))
    assert parse(f'up{{instance=~"{pattern}"}}') is None
    assert parse(" or ".join(f'up{{a="{n}"}}' for n in range(500))) is None


def test_brackets_and_operators_in_strings_do_not_count() -> None:
    assert parse(f'up{{a="{"(+" * 3000}"}}') is None


@pytest.mark.parametrize("expr", ["up offset inf", "up[inf]", "up[5m:inf]", "up offset NaN", "up @ 1e300"])
def test_numbers_that_are_no_duration_are_refused(expr: str) -> None:
    assert parse(expr) is not None
    assert tree(expr) is None


def test_a_panic_of_the_parser_is_one_expressions_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(_: str) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr("promql_parser.parse", panic)
    problem = parse("this_breaks_it")
    assert problem is not None
    assert problem.message == "the parser breaks on it: index out of bounds"


def test_an_interrupt_is_not_taken_for_a_panic(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("promql_parser.parse", interrupted)
    with pytest.raises(KeyboardInterrupt):
        parse("this_takes_long")


def test_no_tree_for_what_is_no_promql() -> None:
    assert tree("sum(") is None
    assert tree("x" * 100_001 + "{") is None


_PIECES = st.sampled_from(
    ["up", "sum", "rate", "(", ")", "[", "]", "{", "}", "5m", "1", "0x", "=", "=~", '"a"', "'", '"', "`", "\\",
     "by", "on", "offset", "@", "or", "+", "-", "^", "#", "\n", " ", ",", ":", "start()", "$x", "é", "\x00", "\ud800"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=40).map("".join)))
@example("\ud800")
@example("'\\")
@example("up{a='\\ud800'}")
def test_any_text_gets_a_verdict(expr: str) -> None:
    problem = parse(expr)
    assert (problem is None) <= (tree(expr) is not None)
    if problem is not None and problem.line is not None:
        lines = expr.split("\n")
        assert 1 <= problem.line <= len(lines)
        assert problem.column is not None
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


_BITS = [
    "rate(", "x{", "a=", '"b"', "'c'", " or ", "OR", "[5m]", "[0s]", "[:", "5:", "]", "1e3", "10000", "123y", "1234567w", "+",
    "-", "inf", "NaN", "info(", "end()", "start ()", "sort_by_label (", "fill(", "LIMITK", "limit_ratio", " bool ", " ", "(",
    ")", "0.5", "memory_info", "\n", '"d"\nor', "atan2+",
]  # fmt: skip


@given(st.lists(st.sampled_from(_BITS), max_size=8).map("".join))
def test_no_place_where_the_parser_is_lenient_is_overlooked(expr: str) -> None:
    assert parse_module._is_lenient.__wrapped__(expr) == (parse_module._LENIENT.search(expr) is not None)
