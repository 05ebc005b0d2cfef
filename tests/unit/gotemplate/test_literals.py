"""Numbers, strings and characters are taken and refused as Go takes and refuses them."""

from __future__ import annotations

import pytest

from support.templates import check_refused, refusal

GOOD = [
    "{{ 1 }}{{ -1.5e3 }}{{ 0x1F }}{{ 1_000 }}{{ .5 }}{{ 1i }}{{ 'a' }}{{ true }}",
    r'{{ "\n\t\"\\\x41\u00e4\101\xff\377\U0010FFFF" }}{{ 0_7 }}',
]
"""Each was taken by Go 1.26."""

BAD = [
    (r'{{ "\q" }}', r"unknown escape '\\q'; a backslash is written \\"),
    ("{{ 'ab' }}", '"\'ab\'" is not one character; text stands in "…" or `…`'),
    ("{{ 08 }}", "'08' is not a number"),
    ("{{ 0_8 }}", "'0_8' is not a number"),
    (r'{{ "\400" }}', r"\400 is no character"),
    (r'{{ "\ud800" }}', r"\ud800 is no character"),
    (r'{{ "\U00110000" }}', r"\U00110000 is no character"),
]
"""Each was refused by Go 1.26."""


@pytest.mark.parametrize("text", GOOD)
def test_taken(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(("text", "message"), BAD)
def test_refused(text: str, message: str) -> None:
    check_refused(text, message)
