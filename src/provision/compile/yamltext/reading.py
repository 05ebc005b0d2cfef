"""The documents of a text that people wrote, and where their parts stand in it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from provision.compile.yamltext.errors import YamlError, line_of
from provision.compile.yamltext.limits import refuse_multiplied
from provision.compile.yamltext.nodes import nodes
from provision.compile.yamltext.values import value_of
from provision.model import JSON


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document.

    Attributes:
        value: what it says.
        node: what it was read from.
    """

    value: JSON
    node: yaml.Node

    def line(self, *path: str | int) -> int:
        """The line, counted from 1, of the part under these keys and positions; of the nearest part around it when
        there is none, as when it comes through a merge."""
        return line_of(self._walk(path)[0])

    def line_within(self, path: tuple[str | int, ...], line: int) -> int:
        """The line in the document for a line of a text that stands in it; of the whole text where the two don't
        match line by line, as in quotes."""
        node = self._walk(path)[1]
        literal = isinstance(node, yaml.ScalarNode) and node.style == "|"
        return line_of(node) + (line if literal else 0)

    def _walk(self, path: tuple[str | int, ...]) -> tuple[yaml.Node, yaml.Node]:
        """What is at the end of the path: where it begins (the key of a mapping's value), and it."""
        start = node = self.node
        for part in path:
            inner = _child(node, part)
            if inner is None:
                break
            start, node = inner
        return start, node


def load(text: bytes, where: str) -> JSON:
    """The JSON value of the one YAML document in `text`; None when there is none.

    Args:
        where: the file, for messages.

    Raises:
        YamlError: as `documents`, or there are several.
    """
    found = documents(text, where)
    if len(found) > 1:
        what = "holds more than one YAML document, and only one would be read"
        raise YamlError(what, where=where, line=found[1].line())
    return found[0].value if found else None


def documents(text: bytes, where: str) -> list[Document]:
    """The YAML documents in `text`, without those that hold nothing.

    Args:
        where: the file, for messages.

    Raises:
        YamlError: it isn't YAML or not UTF-8, a key stands twice in a mapping, a key isn't text, an alias
            contains itself, or there are millions of values, perhaps by aliases.
    """
    found = []
    for node in nodes(text, where):
        try:
            refuse_multiplied(node, where)
            value = value_of(node, where)
        except RecursionError:
            raise YamlError("nested too deeply", where=where, line=None) from None
        if value is not None:
            found.append(Document(value, node))
    return found


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode):
        known = isinstance(part, int) and part < len(node.value)
        return (node.value[part], node.value[part]) if known else None
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == part), None)
    return None
