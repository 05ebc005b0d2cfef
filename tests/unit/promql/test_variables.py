from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.promql.parse import parse
from provision.promql.variables import is_builtin, names, placeholder, substitute


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("up", set()),
        ('up{job="$job"}', {"job"}),
        ("${job} ${job:regex} ${job.text} [[job]] [[other:pipe]] ${a.b:c}", {"job", "other", "a"}),
        ("rate(up[$__rate_interval])", {"__rate_interval"}),
        ('label_replace(up, "a", "$1-${2}", "b", "(.*)")', set()),
        ("costs 5$, in US$ and $$job", {"job"}),
        ("up[5m]", set()),
        ("${}", set()),
        ("$é", set()),
    ],
)
def test_names(text: str, used: set[str]) -> None:
    assert names(text) == used


def test_builtin_names() -> None:
    assert is_builtin("__rate_interval")
    assert is_builtin("timeFilter")
    assert not is_builtin("job")


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("up", "up"),
        ('up{job="$job"}', 'up{job="vvvv"}'),
        ('up{job=~"(${job:regex}|x)"}', 'up{job=~"(vvvvvvvvvvvv|x)"}'),
        ("rate(up[$__rate_interval])", "rate(up[000000000000005m])"),
        ("rate(up[$range:$step])", "rate(up[00005m:0005m])"),
        ("rate(up[[[interval]]])", "rate(up[00000000005m])"),
        ("up offset $ago", "up offset 005m"),
        ("up offset -${ago}", "up offset -00005m"),
        ("rate(up[${n}m])", "rate(up[0001m])"),
        ("rate(up[5$unit])", "rate(up[5m    ])"),
        ("topk($n, up)", "topk(1., up)"),
        ("topk by (job, path) ($n, up)", "topk by (job, path) (1., up)"),
        ("bottomk without(pod)($few, up)", "bottomk without(pod)(1.00, up)"),
        ("sum by (job) ($metric)", "sum by (job) (vvvvvvv)"),
        ("(topk) ($n, up)", "(topk) (vv, up)"),
        ("clamp_max(up, $limit)", "clamp_max(up, 1.0000)"),
        ("sum(a) / on (job) $metric", "sum(a) / on (job) vvvvvvv"),
        ("rate(${prefix}${metric}_total[5m])", "rate(vvvvvvvvvvvvvvvvvv_total[5m])"),
        ("sum(\n# all (jobs)\n $metric)", "sum(\n# all (jobs)\n vvvvvvv)"),
        ("histogram_quantile(0.$p, x)", "histogram_quantile(0.01, x)"),
        ("increase(x[1h]) / $__range_s", "increase(x[1h]) / 1.00000000"),
        ("x > $__interval", "x > 0000000005m"),
        ("$metric > 0", "vvvvvvv > 0"),
        ("sum(node_${kind}_bytes)", "sum(node_vvvvvvv_bytes)"),
        ("sum by ($label) (up)", "sum by (vvvvvv) (up)"),
        ('up{$label="x", b="c"}', 'up{vvvvvv="x", b="c"}'),
        ("up{$filters}", 'up{vvvv="v"}'),
        ('up{a="b",$filters}', 'up{a="b",vvvv="v"}'),
        ("up{job=${job:doublequote}}", 'up{job="vvvvvvvvvvvvvvvv"}'),
        ("$agg(up)", "sum (up)"),
        ("$fn(up[5m])", "rate(up[5m])"),
        ("${agg} by (job) (up)", "sum    by (job) (up)"),
        ('label_replace(up, "a", "$1", "b", "(.*)")', 'label_replace(up, "a", "$1", "b", "(.*)")'),
        ("up{a='\\'$b'}", "up{a='\\'vv'}"),
        ("up # it's $here\n + $there", "up # it's $here\n + vvvvvv"),
        ("up) + $x", "up) + vv"),
    ],
)
def test_placeholder(expr: str, expected: str) -> None:
    assert placeholder(expr) == expected


@pytest.mark.parametrize(
    "expr",
    [
        'sum(rate(a{job=~"$job"}[$__rate_interval])) by ($by) / sum(rate(a[$__range])) > $limit',
        "topk($n, sum by (${by:csv}) (rate({__name__=~'$metric'}[${window}])))",
        "avg_over_time(a[$__range] offset $ago)",
        "$query",
        "quantile_over_time($q, a[$__interval:$step])",
    ],
)
def test_what_is_promql_but_for_its_variables_parses(expr: str) -> None:
    assert parse(placeholder(expr)) is None
    assert len(placeholder(expr)) == len(expr)


@pytest.mark.parametrize(
    ("expr", "value", "expected"),
    [
        ("$job", "a", "a"),
        ("$job", "a\\d'", "a\\\\d\\\\'"),
        ("$job", ["a.b"], "a\\\\.b"),
        ("$job", ["a", "b.c"], "(a|b\\\\.c)"),
        ("[[job:csv]]", ["a", "b"], "a,b"),
        ("${job:pipe}", ["a", "b"], "a|b"),
        ("${job:regex}", ["a/b", "c"], "(a\\/b|c)"),
        ("${job:regex}", "a.b", "a\\.b"),
        ("${job:raw}", "a\\b", "a\\b"),
        ("${job:text}", ["a", "b"], "a + b"),
        ("${job:glob}", ["a", "b"], "{a,b}"),
        ("${job:glob}", "a", "a"),
        ("${job:json}", ["a", "b"], '["a", "b"]'),
        ("${job:json}", 'a"', '"a\\""'),
        ("${job:doublequote}", ['a"', "b"], '"a\\"","b"'),
        ("${job:singlequote}", "it's", "'it\\'s'"),
        ("${job:sqlstring}", "it's", "'it''s'"),
        ("${job:distributed}", ["a", "b"], "a,job=b"),
        ("${job:queryparam}", ["a b", "c"], "var-job=a%20b&var-job=c"),
        ("${job:percentencode}", "a/b", "a%2Fb"),
        ("${job:date:iso}", "a", "a"),
        ("${job.text}", "a", "a"),
        ("$other $1", "a", "$other $1"),
    ],
)
def test_substitute(expr: str, value: str | list[str], expected: str) -> None:
    assert substitute(expr, {"job": value}) == expected


def test_builtins_are_substituted_when_given() -> None:
    expr = 'rate(up{job="$job"}[$__rate_interval])'
    assert substitute(expr, {"job": "a", "__rate_interval": "1m"}) == 'rate(up{job="a"}[1m])'


@given(st.text(alphabet="a$[]{}()\"'`\\:.#,15 \n", max_size=60))
def test_text_without_variables_stays(text: str) -> None:
    assert names(text) or placeholder(text) == text
    assert substitute(text, {}) == text


@given(
    st.lists(
        st.sampled_from(["$a", "${b:csv}", "[[c]]", "up", "(", ")", "[", "]", "{", "}", '"', "'", ",", " "])
    )
)
def test_no_variable_is_left(pieces: list[str]) -> None:
    assert names(placeholder("".join(pieces))) <= {"v"}


@given(st.sets(st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)))
def test_every_name_written_is_found(written: set[str]) -> None:
    assert names(" ".join(f"${{{name}:regex}}" for name in written)) == written
    assert names(" ".join(f"${name}" for name in written)) == written


def test_variables_that_match_and_that_are_brought_along_are_different_labels() -> None:
    expr = "sum(a) * on ($job) group_left ($dir) b"
    assert placeholder(expr) == "sum(a) * on (vvvv) group_left (vvww) b"
    assert parse(placeholder(expr)) is None
