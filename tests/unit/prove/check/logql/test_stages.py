from __future__ import annotations

import pytest

from provision.prove.check.logql.parse import ranges
from provision.prove.check.logql.reader import NotLogQL


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('{job="a"} | ', "it ends after a |"),
        ('{job="a"} | =', "'=' stands where a stage such as json should"),
        ('{job="a"} |= err', "what a line is searched for must stand in quotes"),
        ('{job="a"} | jsn | x="y"', "there is no stage 'jsn'"),
        ('{a="b"} | status >', "nothing is compared with 'status'"),
        ('{a="b"} | line_format x', "line_format takes a text in quotes"),
        ('{a="b"} | (x="y"', "nothing closes a '('"),
    ],
)
def test_what_is_no_stage(query: str, sentence: str) -> None:
    with pytest.raises(NotLogQL) as caught:
        ranges(query)
    assert sentence in str(caught.value)
