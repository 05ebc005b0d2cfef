"""Whether YAML holds more values than are read: before there are nodes, and where aliases multiply them."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from provision.compile.yamltext.errors import YamlError, line_of

_LIMIT = 2_000_000
"""Nodes, also after aliases are followed; the largest real files have some hundred thousand. A node takes 500 bytes."""

_BEFORE_NODES = (b"\n", b",", b":", b"-", b"?", b"[", b"{")
"""One of these stands before each node but the first, and before at most two, a mapping and its first key."""


def refuse_many(text: bytes, where: str) -> None:
    """Raises YamlError when there are more nodes than are read, before there is one of them."""
    if 2 * sum(map(text.count, _BEFORE_NODES)) < _LIMIT:
        return
    count = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        count += isinstance(event, yaml.NodeEvent)
        if count > _LIMIT:
            what = f"has more than {_LIMIT:,} values; such files aren't read"
            raise YamlError(what, where=where, line=None)


def refuse_multiplied(root: yaml.Node, where: str) -> None:
    """Raises YamlError when an alias contains itself, or there are more nodes than are read once aliases are followed."""
    sizes: dict[int, int] = {}

    def size_of(node: yaml.Node) -> int:
        known = sizes.get(id(node))
        if known == 0:
            raise YamlError("an alias contains itself", where=where, line=line_of(node))
        if known is not None:
            return known
        sizes[id(node)] = 0
        size = 1 + sum(map(size_of, _children(node)))
        if size > _LIMIT:
            what = f"aliases multiply it into more than {_LIMIT:,} values"
            raise YamlError(what, where=where, line=line_of(node))
        sizes[id(node)] = size
        return size

    size_of(root)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
