from __future__ import annotations

import pytest

from provision.compile.yamltext.errors import YamlError
from provision.compile.yamltext.reading import documents, load


@pytest.mark.parametrize("text", [b"", b"# nothing\n", b"---\n"])
def test_nothing_is_none(text):
    assert load(text, "f") is None


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands twice in one mapping"),
        (b"g:\n- x: 1\n  y: 1\n  x: 2\n", 4, "the key 'x' stands twice in one mapping"),
        (b"a: 1\nb: [\n", 3, "not valid YAML"),
        (b"a: 1\n b: 2\n", 2, "not valid YAML"),
        (b"a: 1\n---\nb: 1\n", 3, "holds more than one YAML document"),
        (b"x: &a [*a]\n", 1, "an alias contains itself"),
        (b"a: !!binary aa\n", 1, "the tag tag:yaml.org,2002:binary is not supported"),
        (b"a: !vault x\n", 1, "the tag !vault is not supported"),
        (b"? [a]\n: b\n", 1, "a key must be text"),
        (b"<<: 1\n", 1, "`<<` takes a mapping"),
        (b"a: 99999999999999999999\n", 1, "is not a value of the type int"),
        (b"a: !!int x\n", 1, "is not a value of the type int"),
        (b"a: !!bool x\n", 1, "is not a value of the type bool"),
        (b"\xff", 1, "isn't UTF-8"),
        (b"a: \x00", 1, "not valid YAML"),
        (b"a: *nobody\n", 1, "not valid YAML"),
        (b"[" * 3000 + b"]" * 3000, None, "nested too deeply"),
    ],
)
def test_bad_text_is_refused_with_its_line(text, line, what):
    with pytest.raises(YamlError) as caught:
        load(text, "rules/a.yml")
    assert what in caught.value.what
    assert caught.value.line == line
    assert str(caught.value).startswith("rules/a.yml" if line is None else f"rules/a.yml:{line}: ")


def test_a_document_knows_the_lines_of_its_parts():
    text = "# top\na: &a\n  b: [1,\n    2]\nc:\n  <<: *a\n  d: |\n    one\n    two\n  e: 'one\n\n    two'\n"
    (document,) = documents(text.encode(), "x.yml")
    assert document.line() == 2
    assert document.line("a") == 2
    assert document.line("a", "b", 1) == 4
    assert document.line("a", "b", 7) == 3  # there is none: the list it would be in
    assert document.line("c", "b", 1) == 5  # it comes through the merge
    assert document.line("c", "d", "further") == 7  # nothing is within a text
    assert document.line_within(("c", "d"), 2) == 9
    assert document.line_within(("c", "e"), 2) == 10


def test_documents_that_hold_nothing_are_none():
    assert [found.value for found in documents(b"---\n---\na: 1\n---\n# no\n---\nb\n...\n", "x.yml")] == [
        {"a": 1},
        "b",
    ]
