"""Whether what comes of a source differs in nothing but what was wanted."""

from __future__ import annotations

from typing import Any

import pytest

from provision.model import encode
from provision.prove.fix.outcome import differs, text_at, value_at

BEFORE: dict[str, Any] = {"id": 1, "panels": [{"id": 2, "expr": "old"}], "a/b": {"c~d": "x"}}


@pytest.mark.parametrize(
    ("after", "is_other"),
    [
        (BEFORE, False),
        ({**BEFORE, "panels": [{"id": 3, "expr": "new"}]}, False),
        ({**BEFORE, "panels": [{"id": 2, "expr": "other"}]}, True),
        ({**BEFORE, "panels": []}, True),
        ({**BEFORE, "panels": [{"id": 2}]}, True),
        ({**BEFORE, "panels": [{"id": 2, "expr": 1}]}, True),
        ({**BEFORE, "more": 1}, True),
    ],
)
def test_only_what_is_explained_may_change(after: dict[str, Any], is_other: bool) -> None:
    assert differs(encode(BEFORE), encode(after), lambda old, new: (old, new) == ("old", "new")) == is_other


def test_what_stands_at_a_pointer() -> None:
    assert text_at(encode(BEFORE), "/panels/0/expr") == "old"
    assert text_at(encode(BEFORE), "/a~1b/c~0d") == "x"
    assert text_at(encode(BEFORE), "/panels/0/id") is None
    assert value_at(BEFORE, "/panels/1") is None
    assert value_at(BEFORE, "/panels/x") is None
    assert value_at(BEFORE, "") is BEFORE
