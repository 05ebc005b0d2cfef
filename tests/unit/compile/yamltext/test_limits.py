from __future__ import annotations

import pytest

from provision.compile.yamltext import limits, nodes
from provision.compile.yamltext.errors import YamlError
from provision.compile.yamltext.reading import documents, load


@pytest.mark.parametrize("text", [b"a: b\n" * 200, b"- a\n" * 300, b"[" + b"a," * 300 + b"a]"])
def test_yaml_of_too_many_values_is_refused_before_there_is_one_of_them(
    text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_LIMIT", 250)
    monkeypatch.setattr(nodes, "_Loader", None)
    with pytest.raises(YamlError, match=r"a\.yml: has more than 250 values; such files aren't read"):
        documents(text, "a.yml")


def test_a_text_of_many_lines_is_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_LIMIT", 250)
    assert len(documents(b"a\n" * 400, "a.yml")) == 1


def test_aliases_are_counted_without_what_they_stand_for_before_they_are_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "_LIMIT", 20)
    with pytest.raises(YamlError, match="aliases multiply it into more than 20 values"):
        documents(b"a: &a [x, x, x, x, x]\nb: [*a, *a, *a]\n", "a.yml")


def test_aliases_that_multiply_are_refused():
    nines = [
        b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9 if n else [b"x"] * 9)) for n in range(12)
    ]
    with pytest.raises(YamlError, match="aliases multiply"):
        load(b"\n".join(nines), "f")
