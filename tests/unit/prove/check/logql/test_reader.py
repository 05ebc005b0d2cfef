from __future__ import annotations

import pytest

from provision.prove.check.logql.parse import ranges
from provision.prove.check.logql.reader import NotLogQL


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('{a="b} |= "x"', "nothing closes the string that begins with this '\"'"),
        ('{a="b"} ; x', "unexpected character ';'"),
    ],
)
def test_what_is_no_token(query: str, sentence: str) -> None:
    with pytest.raises(NotLogQL) as caught:
        ranges(query)
    assert sentence in str(caught.value)
