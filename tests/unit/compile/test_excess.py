"""What is too much in a file."""

from __future__ import annotations

import pytest

from provision.compile.excess import LARGEST_BYTES, excess


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b" " * (LARGEST_BYTES + 1), "has 64 MiB; files of more than 64 MiB aren't read"),
        (b"[" + b"0," * 6_000_000 + b"0]", "has more than 5,000,000 values; such files aren't read"),
        (b"[" + b"[]," * 3_000_000 + b"0]", "has more than 5,000,000 values; such files aren't read"),
        (b"[" * 5_000 + b"]" * 5_000, "nested too deeply"),
        (b"a: " + b"{a: " * 5_000, "nested too deeply"),
        (b"- " * 5_000, "nested too deeply"),
        (b"[]" * 5_000, ""),
        (b'{"title": "A"}', ""),
        (b"", ""),
    ],
)  # fmt: skip
def test_what_is_too_much(content: bytes, message: str) -> None:
    assert excess(content) == message
