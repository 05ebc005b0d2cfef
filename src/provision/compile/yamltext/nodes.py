"""The nodes of a text, each scalar tagged as YAML 1.2's core schema has it."""

from __future__ import annotations

import re

import yaml

from provision.compile.yamltext.errors import YamlError
from provision.compile.yamltext.limits import refuse_many


def nodes(text: bytes, where: str) -> list[yaml.Node]:
    """The node of each document in `text`.

    Args:
        where: the file, for messages.

    Raises:
        YamlError: it isn't YAML or not UTF-8, or there are millions of nodes.
    """
    try:
        refuse_many(text, where)
        loader = _Loader(text)
        try:
            found: list[yaml.Node] = []
            while loader.check_node():
                node = loader.get_node()
                assert node is not None
                found.append(node)
            return found
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        column = f" (column {mark.column + 1})" if mark else ""
        what = f"not valid YAML: {error.problem or error.context}{column}"
        raise YamlError(what, where=where, line=mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        said = "isn't UTF-8" if "UTF-8" in str(error.reason) else f"not valid YAML: {error.reason}"
        raise YamlError(said, where=where, line=_line_of(text, error)) from None


def _line_of(text: bytes, error: yaml.reader.ReaderError) -> int:
    """The line of a character that can't be read; the reader counts bytes where it can't decode, else characters."""
    try:
        return text.decode()[: error.position].count("\n") + 1
    except UnicodeDecodeError as undecodable:
        return text[: undecodable.start].count(b"\n") + 1


class _Loader(yaml.CSafeLoader):
    """PyYAML's parser; what they say is read in `values`."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's attribute


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):  # fmt: skip
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), _first)
