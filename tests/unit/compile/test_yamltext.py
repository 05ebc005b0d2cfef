from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.compile.yamltext import YamlError, documents, load, render, settled
from provision.model import encode

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"

_KEYS = st.sampled_from(["name", "expr", "labels", "rules", "on", "1", "for", "z"]) | st.text(max_size=8)
_TEXT = st.text(max_size=30) | st.sampled_from(
    ["on", "1e3", "0x1F", "1:30", "~", "<<", "=", "", "- a", "a: b", "# c", "2020-01-01", "a\nb\n", " a\nb", "a \nb",
     "a\n\n\n", "\n", "\ta\nb", "a\n\tb", "a\n  b\n", "é\nü", "😀\nx", "a\r\nb", "x\u2028y\nz", "\x85", "\ufeff\na",
     "{{ $value }}", "%", "@a", "a\n# b", "---\n", "...\nx", "1_000", "0o14", "y", "No", ".5", "1.", "+.inf"]
)  # fmt: skip
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)
_TEXTS_ONLY = st.recursive(
    _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, max_examples=400)
@given(_JSON)
def test_what_was_rendered_loads_as_it_settled(value):
    assert encode(load(render(value), "f")) == encode(settled(value))


@settings(deadline=None, max_examples=300)
@given(_TEXTS_ONLY)
def test_other_readers_take_text_for_text(value):
    assert yaml.load(render(value), Loader=yaml.CSafeLoader) == value  # the safe one, in C


@settings(deadline=None)
@given(_JSON)
def test_settling_twice_changes_nothing_and_rendering_is_stable(value):
    once = settled(value)
    assert encode(settled(once)) == encode(once)
    assert render(once) == render(load(render(once), "f"))


def test_keys_come_as_people_write_them():
    group = {
        "rules": [
            {"labels": {"severity": "page", "alert": "x"}, "for": "5m", "annotations": {"b": "1", "summary": "s"},
             "expr": "up == 0", "alert": "Down", "keep_firing_for": "1m"},
        ],
        "labels": {"team": "a"}, "limit": 3, "query_offset": "1m", "interval": "1m", "name": "g", "extra": 1,
    }  # fmt: skip
    assert render({"groups": [group]}) == (
        b"groups:\n"
        b"- name: g\n"
        b"  interval: 1m\n"
        b"  query_offset: 1m\n"
        b"  limit: 3\n"
        b"  labels:\n"
        b"    team: a\n"
        b"  rules:\n"
        b"  - alert: Down\n"
        b"    expr: up == 0\n"
        b"    for: 5m\n"
        b"    keep_firing_for: 1m\n"
        b"    labels:\n"
        b"      alert: x\n"
        b"      severity: page\n"
        b"    annotations:\n"
        b"      summary: s\n"
        b"      b: '1'\n"
        b"  extra: 1\n"
    )


def test_several_lines_are_a_literal_block_and_wide_ones_are_not_folded():
    wide = "sum(" + " + ".join(["rate(requests_total[5m])"] * 40) + ")"
    text = render({"expr": "sum(\n  rate(x[5m])\n)", "a": wide}).decode()
    assert "expr: |-\n  sum(\n    rate(x[5m])\n  )\n" in text
    assert f"a: {wide}\n" in text


@pytest.mark.parametrize("text", ["yes", "Off", "n", "null", "~", "1", "-1.5", "1e3", "0x1F", "0o7", "1:30", "2020-01-01",
                                  "1_000", ".5", "", "<<", "=", ".nan"])  # fmt: skip
def test_text_that_looks_like_something_else_is_quoted(text):
    assert render({"k": text}) == f"k: '{text}'\n".encode()


def test_a_header_is_a_comment():
    assert render({"a": 1}, header="one\n\nthree") == b"# one\n#\n# three\na: 1\n"


def test_one_value_twice_is_written_twice():
    shared = {"targets": ["a:1"]}
    assert b"&" not in render([shared, shared])


@pytest.mark.parametrize(
    "value", [{"a": object()}, {1: "a"}, {"a": float("nan")}, {"a": b"x"}, [float("inf")], {"a": {2}}]
)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError):
        render(value)


def test_settling_refuses_what_json_cannot_hold():
    with pytest.raises(TypeError):
        settled({"labels": {"a": object()}})


def test_yaml_12_is_read():
    text = b"a: on\nb: true\nc: 012\nd: 0o14\ne: 0x1F\nf: 1e3\ng: 1:30\nh: 2020-01-01\ni: ~\nj:\nk: -1.5\nl: !!str 1\n"
    assert load(text, "f") == {
        "a": "on", "b": True, "c": 12, "d": 12, "e": 31, "f": 1000.0, "g": "1:30", "h": "2020-01-01", "i": None,
        "j": None, "k": -1.5, "l": "1",
    }  # fmt: skip


def test_labels_are_text_whatever_they_look_like():
    text = b"labels: {version: 1.10, up: true, on: 1}\nname: 1.10\nexpr: 1\nlimit: 5\n"
    assert load(text, "f") == {
        "labels": {"version": "1.10", "up": "true", "on": "1"},
        "name": "1.10",
        "expr": "1",
        "limit": 5,
    }


def test_aliases_and_merge_keys_are_followed():
    text = b"a: &a {x: 1, labels: {v: 1.0}}\nb: {<<: *a, y: 2}\nc: {<<: [{x: 3}, *a], x: 4}\n"
    loaded = load(text, "f")
    assert loaded["b"] == {"x": 1, "labels": {"v": "1.0"}, "y": 2}
    assert loaded["c"] == {"x": 4, "labels": {"v": "1.0"}}


def test_the_first_of_several_merged_mappings_wins():
    assert load(b"c: {<<: [{x: 1}, {x: 2, y: 3}]}\n", "f") == {"c": {"x": 1, "y": 3}}


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


def test_aliases_that_multiply_are_refused():
    nines = [
        b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9 if n else [b"x"] * 9)) for n in range(12)
    ]
    with pytest.raises(YamlError, match="aliases multiply"):
        load(b"\n".join(nines), "f")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus isn't beside this repository")
@pytest.mark.parametrize("folder", ["rules", "prometheus", "alertmanager"])
def test_real_files_keep_their_meaning(folder):
    read = 0
    for file in sorted((CORPUS / folder).iterdir()):
        try:
            value = load(file.read_bytes(), file.name)
        except YamlError:
            continue  # templates of Helm, several documents
        assert encode(load(render(value), file.name)) == encode(value), file.name
        read += 1
    assert read > 10


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
