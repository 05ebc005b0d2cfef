"""What is too much in a file."""

from __future__ import annotations

import pytest

from provision.compile import yamltext
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


@pytest.mark.parametrize("text", [b"a: b\n" * 200, b"- a\n" * 300, b"[" + b"a," * 300 + b"a]"])
def test_yaml_of_too_many_values_is_refused_before_there_is_one_of_them(
    text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yamltext, "_LIMIT", 250)
    monkeypatch.setattr(yamltext, "_Loader", None)
    with pytest.raises(yamltext.YamlError, match=r"a\.yml: has more than 250 values; such files aren't read"):
        yamltext.documents(text, "a.yml")


def test_a_text_of_many_lines_is_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "_LIMIT", 250)
    assert len(yamltext.documents(b"a\n" * 400, "a.yml")) == 1


def test_aliases_are_counted_without_what_they_stand_for_before_they_are_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(yamltext, "_LIMIT", 20)
    with pytest.raises(yamltext.YamlError, match="aliases multiply it into more than 20 values"):
        yamltext.documents(b"a: &a [x, x, x, x, x]\nb: [*a, *a, *a]\n", "a.yml")
