from __future__ import annotations

import pytest

from provision.prove.check.logql.parse import ranges
from provision.prove.check.logql.reader import NotLogQL


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("{}", "a selector needs a matcher"),
        ('{job="a"', "'}' is missing after the matchers"),
        ("{job=a}", "the value of a matcher must stand in quotes"),
        ("{a,b}", "'a' is no matcher"),
        ('count_over_time({a="b"}[])', "a range needs a duration"),
        ('count_over_time({a="b"}[5m)', "']' is missing after the range"),
    ],
)
def test_what_are_no_lines(query: str, sentence: str) -> None:
    with pytest.raises(NotLogQL) as caught:
        ranges(query)
    assert sentence in str(caught.value)
