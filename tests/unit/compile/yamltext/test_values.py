from __future__ import annotations

from provision.compile.yamltext.reading import load


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
