from __future__ import annotations

import pytest

from provision.promql.names import Matcher, Selector, selectors


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        ("up", (Selector("up"),)),
        ("1 + 2", ()),
        ("sum(", ()),
        (
            'rate(a{b="c"}[5m]) / on (x) sum(job:d:rate5m{e!~"f"})',
            (
                Selector("a", (Matcher("b", "=", "c"),)),
                Selector("job:d:rate5m", (Matcher("e", "!~", "f"),)),
            ),
        ),
        ('{__name__="a", b!="c"}', (Selector("a", (Matcher("b", "!=", "c"),)),)),
        ('{__name__=~"a.*"}', (Selector(None, (Matcher("__name__", "=~", "a.*"),)),)),
        ('{"my.metric"}', (Selector("my.metric"),)),
        ("max_over_time(a[5m:1m]) or rate(a[5m + 1m])", (Selector("a"), Selector("a"))),
        ("limitk(2, a)", (Selector("a"),)),
        ("a or a", (Selector("a"), Selector("a"))),
    ],
)
def test_selectors(expr: str, found: tuple[Selector, ...]) -> None:
    assert selectors(expr) == found
