"""The JSON value that a node says; text where only text can stand, whatever it looks like."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from provision.compile.yamltext.errors import YamlError, line_of
from provision.compile.yamltext.keys import TEXT_KEYS
from provision.model import JSON


def value_of(node: yaml.Node, where: str, *, text: bool = False) -> JSON:
    """What a node says.

    Args:
        where: the file, for messages.
        text: whether scalars but null stay text, also those of a mapping.

    Raises:
        YamlError: it says nothing that JSON can hold, or a key stands twice in a mapping.
    """
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, text=text)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, where) for item in node.value]
    return _scalar(node, where, text=text)


def _mapping(node: yaml.MappingNode, where: str, *, text: bool) -> dict[str, JSON]:
    result: dict[str, JSON] = {}
    merged: dict[str, JSON] = {}
    for key_node, value_node in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            for base in _bases(value_node, where):
                merged = {**_mapping(base, where, text=text), **merged}
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError("a key must be text", where=where, line=line_of(key_node))
        key = str(key_node.value)
        if key in result:
            what = f"the key {key!r} stands twice in one mapping"
            raise YamlError(what, where=where, line=line_of(key_node))
        result[key] = value_of(value_node, where, text=text or key in TEXT_KEYS)
    return {**merged, **result}


def _bases(node: yaml.Node, where: str) -> Iterator[yaml.MappingNode]:
    for base in node.value if isinstance(node, yaml.SequenceNode) else (node,):
        if not isinstance(base, yaml.MappingNode):
            what = "`<<` takes a mapping, or a list of them"
            raise YamlError(what, where=where, line=line_of(base))
        yield base


def _scalar(node: yaml.Node, where: str, *, text: bool) -> JSON:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    said: str = node.value
    if kind == "null":
        return None
    if text or kind in ("str", "merge"):
        return said
    try:
        if kind == "bool":
            return {"true": True, "false": False}[said.lower()]
        if kind == "int":
            number = int(said, 0) if said[:2] in ("0x", "0o") else int(said)
            if not -(2**63) <= number < 2**63:
                raise ValueError
            return number
        if kind == "float":
            return float(said)
    except (ValueError, KeyError):
        what = f"{said!r} is not a value of the type {kind}"
        raise YamlError(what, where=where, line=line_of(node)) from None
    raise YamlError(f"the tag {node.tag} is not supported", where=where, line=line_of(node))
