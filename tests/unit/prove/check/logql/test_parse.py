from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.prove.check.logql.parse import ranges
from provision.prove.check.logql.reader import NotLogQL

LOGQL = [
    '{job="a"}',
    '{job=~"$job", x!="y"} |= "err" != `x` |~ "a|b"',
    'sum by (host) (rate({job="mysql"} |= "error" != "timeout" | json | duration > 10s [1m]))',
    'count_over_time({job="mysql"}[5m])',
    'quantile_over_time(0.99, {container="ingress-nginx"} | json | unwrap response_latency_seconds | __error__=""[1m]) by (cluster)',
    'topk(10,sum(rate({region="us-east-1"}[5m])) by (name))',
    'sum(rate({a="b"} | json | status_code >= 500 and method="GET" [$__auto])) / sum(rate({a="b"}[$__interval]))',
    '{a="b"} | logfmt --strict --keep-empty | line_format "{{.x}}" | label_format foo=bar,x="{{.y}}"',
    '{a="b"} | pattern `<ip> - <_>` | status=200 or status="x"',
    '{a="b"} |= ip("1.2.3.4") | remote = ip("1.2.3.4/16")',
    'sum(sum_over_time({a="b"} | unwrap bytes(size) [1h])) > 5',
    "$filter",
    "{$matchers} $filter",
    '{job="$job"} |= "$search"',
    '{job="a"} | json | drop level, method="GET" | decolorize',
    "vector(1)",
    '(sum(rate({a="b"}[1m]))) * on (x) group_left(y) sum(rate({a="c"}[1m])) by (x)',
    '{a="b"} |= "x" or "y" | json a="b.c[0]", d="e" | a > 5KB',
    'label_replace(rate({a="b"}[1m]), "foo", "$1", "s", "(.*):.*")',
    'max_over_time({a="b"} | logfmt | unwrap x | y=~"z.*" [5m] offset 1d) by (z)',
    '{a="b"} | (x="y" or z > 5) and w != "q" |= "foo"',
    'sum(count_over_time({a="b"}[$__range]))',
    '{a="b"} | json | line_format `{{ .x }}` != "foo"',
    '{app=~".+"} | trace_id=`$trace`',
    'sum(rate({a="b"}[5m])) or vector(0)',
    '-sum(rate({a="b"}[5m]))',
    '{a="b"} |> "<_>foo<_>"',
    'rate(({a="b"} |= "x")[5m])',
    'rate({a="b"}[5m] |= "x")',
    '{a="b"} != "x" !~ "y"',
    '{a="b"}\n# comment\n|= "x"',
    'avg_over_time({a="b"} | unwrap duration_seconds(lat) [1m])',
    '{a="b"} | label_format x=`{{.a}}` | x != "" | json',
    '{a="b"} | level = "error"',
    "- " * 2000 + "1",
]


@pytest.mark.parametrize("query", LOGQL)
def test_logql(query: str) -> None:
    assert isinstance(ranges(query), list)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('rate({job="a"})', "rate() takes a range of lines"),
        ('sum({job="a"})', "sum() takes numbers"),
        ('foo({a="b"}[1m])', "there is no function foo()"),
        ('{a="b"} extra', "'extra' stands where an operator should"),
        ('sum(rate({a="b"}[1m])', "')' is missing after the arguments of sum()"),
        ("", "it ends too early"),
        ("(" * 60, "more than 50 brackets"),
    ],
)
def test_what_is_not_logql(query: str, sentence: str) -> None:
    with pytest.raises(NotLogQL) as caught:
        ranges(query)
    assert sentence in str(caught.value)


def test_ranges_are_as_they_are_written() -> None:
    assert ranges('sum(rate({a="b"}[$__auto])) / sum(rate({a="b"} | json [ 5m ] offset 1h))') == [
        "$__auto",
        "5m",
    ]


PIECES = st.sampled_from(["{", "}", "(", ")", "[", "]", 'a="b"', "|", "|=", "!=", '"x"', "json", "unwrap", "rate", "sum",
                          "by", "5m", "$__auto", ",", "offset", "@", "ip", "or", "and", "=", "-", "`", "\n", "#"])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=20).map(" ".join), st.text(max_size=30)))
def test_any_text_gets_a_verdict(query: str) -> None:
    try:
        ranges(query)
    except NotLogQL as error:
        assert str(error)  # noqa: PT017
