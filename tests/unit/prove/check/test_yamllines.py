"""Lines of values in YAML."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provision.prove.check.yamllines import yaml_lines

NAMES = st.text("abc #:-é{", min_size=1, max_size=5)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab \n#:", max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


class Dumper(yaml.SafeDumper):
    """It writes each value where it stands."""

    def ignore_aliases(self, _: object) -> bool:
        return True


def composed(text: str) -> dict[str, int]:
    """The same from a tree of nodes."""
    found: dict[str, int] = {}

    def look(node: Any, pointer: str) -> None:
        found[pointer] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                look(value, f"{pointer}/{key.value}")
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                look(value, f"{pointer}/{number}")
        elif node.style == "|":
            found[f"{pointer}\0|"] = node.start_mark.line + 2

    look(yaml.compose(text), "")
    return found


@given(DOCUMENTS, st.sampled_from([None, "|", "'", '"']), st.sampled_from([None, True, False]))
def test_every_value_has_the_line_on_which_its_node_begins(
    document: Any, style: str | None, flow: bool | None
) -> None:
    text = yaml.dump(
        document, Dumper=Dumper, default_style=style, default_flow_style=flow, allow_unicode=True
    )
    assert yaml_lines(text.encode()) == composed(text)


def test_a_block_begins_on_the_line_below() -> None:
    text = b"groups:\n  - name: a\n    rules:\n\n    - expr: |\n        up\n"
    assert yaml_lines(text) == {
        "": 1, "/groups": 2, "/groups/0": 2, "/groups/0/name": 2, "/groups/0/rules": 5,
        "/groups/0/rules/0": 5, "/groups/0/rules/0/expr": 5, "/groups/0/rules/0/expr\0|": 6,
    }  # fmt: skip


@pytest.mark.parametrize("text", [b"", b"a: [", b"a: 1\n---\nb: 2\n", b"\xff\xfe\x00"])
def test_what_is_not_one_document_has_no_lines(text: bytes) -> None:
    assert yaml_lines(text) == {}


def test_what_stands_after_keys_that_are_no_text_is_found() -> None:
    text = b"? [a, {b: c}]\n: {d: e}\n? {f: g}\n: h\ni:\n  j: k\n"
    lines = yaml_lines(text)
    assert {pointer: line for pointer, line in lines.items() if "\0" not in pointer} == {
        "": 1,
        "/i": 6,
        "/i/j": 6,
    }


def test_an_alias_stands_where_it_is_written() -> None:
    lines = yaml_lines(b"a: &it\n  expr: up\nb: *it\nc: d\n")
    assert lines == {"": 1, "/a": 1, "/a/expr": 2, "/b": 3, "/c": 4}
