from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.compile.yamltext.errors import YamlError
from provision.compile.yamltext.reading import load
from provision.compile.yamltext.writing import render, settled
from provision.model import encode

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus"

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
