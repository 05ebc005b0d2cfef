"""YAML as a person would write it, and YAML that people wrote.

Doors: `render` (a JSON value to stable bytes), `load` (bytes to a JSON value), `documents` (the same for several
documents, with lines) and `settled` (what a value is after reading and writing). They keep to YAML 1.2's core schema, as the servers do: `on` and `1:30` are text, and a label's value is text
whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import yaml

from provision.errors import ProvisionError
from provision.model import JSON

_LIMIT = 2_000_000
"""Nodes, also after aliases are followed; the largest real files have some hundred thousand. A node takes 500 bytes."""

_TEXT_MAPS = frozenset({"labels", "annotations", "external_labels", "match", "match_re", "source_match",
                        "source_match_re", "target_match", "target_match_re"})  # fmt: skip
"""Keys whose mappings go from text to text; their own keys are nobody's vocabulary."""

_TEXT_FIELDS = frozenset({"name", "expr", "record", "alert", "for", "keep_firing_for", "interval", "query_offset",
                          "job_name", "receiver"})  # fmt: skip
"""Keys whose values are text wherever they stand."""

_ORDER = {
    key: rank
    for rank, key in enumerate(
        """apiVersion kind metadata spec name record alert job_name uid orgId folder folderUid type access
        url url_file api_url api_url_file isDefault basicAuth basicAuthUser jsonData secureJsonData
        disableDeletion updateIntervalSeconds allowUiUpdates editable options
        global receiver matchers match match_re group_by group_wait group_interval repeat_interval
        mute_time_intervals active_time_intervals continue
        source_matchers source_match source_match_re target_matchers target_match target_match_re equal
        resolve_timeout smtp_smarthost smtp_from smtp_auth_username smtp_auth_password_file
        to from smarthost auth_username auth_password_file send_resolved start_time end_time
        scrape_interval scrape_timeout evaluation_interval rule_query_offset query_log_file external_labels
        interval query_offset limit expr for keep_firing_for
        honor_labels honor_timestamps metrics_path scheme params authorization basic_auth
        alerting rule_files scrape_config_files
        summary description runbook_url dashboard_url
        targets labels annotations rules
        names port
        file_sd_configs dns_sd_configs dockerswarm_sd_configs static_configs
        relabel_configs metric_relabel_configs source_labels separator regex modulus target_label replacement action
        scrape_configs remote_write remote_read
        times days_of_month weekdays months years location
        templates route routes receivers inhibit_rules time_intervals
        prune deleteDatasources datasources providers groups""".split()  # noqa: SIM905  # read as a table
    )
}
"""The order in which people write the keys they know; all others follow, sorted."""

# YAML 1.1 (PyYAML quotes these itself), YAML 1.2 and Go's readers differ on what is a number, a boolean or a
# time; text that any of them would take for one is quoted.
_LOOKALIKE = re.compile(
    r"""[-+]?(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][-+]?\d+)?\.?   # 1, 1.5, .5, 1e3, 1_000
    | [-+]?0[xXoObB][0-9a-fA-F_]+
    | [-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?                 # 1:30, sixty to the hour in YAML 1.1
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | \d{4}-\d\d?-\d\d?(?:[Tt\s].*)?
    | (?i:y|n|yes|no|on|off|true|false|null|~)|=|<<|""",
    re.VERBOSE,
)

_NOT_BLOCK = re.compile(
    r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]|[ \t]\n|[ \t]\Z|\A[ \t\n]|\n[ \t]*\t"
)
"""What libyaml can't put into a literal block, or what readers don't agree on there."""


class YamlError(ProvisionError):
    """Text that isn't the YAML we read.

    Args:
        line: the line counted from 1, or None.
    """

    def __init__(self, what: str, *, where: str, line: int | None) -> None:
        super().__init__(what, where=where if line is None else f"{where}:{line}")
        self.line = line


def render(value: JSON, *, header: str = "") -> bytes:
    """A JSON value as YAML: known keys in the order people write them, other keys sorted, text of several lines
    as a literal block, lines never folded. The same value gives the same bytes.

    Args:
        header: lines of comment for the top, without `#`.

    Raises:
        TypeError: the value holds something that JSON can't.
    """
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    text: bytes = yaml.dump(
        _ordered(value, free=False),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=1_000_000_000,
        encoding="utf-8",
    )
    return comment.encode() + text


def settled(value: JSON) -> JSON:
    """What `load` makes of `render(value)`: the same but for numbers where only text can stand, as in labels.

    Raises:
        TypeError: the value holds something that JSON can't.
    """
    return _settled(value, text=False)


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
        return _start(self._walk(path)[0])

    def line_within(self, path: tuple[str | int, ...], line: int) -> int:
        """The line in the document for a line of a text that stands in it; of the whole text where the two don't
        match line by line, as in quotes."""
        node = self._walk(path)[1]
        literal = isinstance(node, yaml.ScalarNode) and node.style == "|"
        return _start(node) + (line if literal else 0)

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
    for node in _nodes(text, where):
        reader = _Reader(where)
        try:
            reader.measure(node)
            value = reader.value(node)
        except RecursionError:
            raise YamlError("nested too deeply", where=where, line=None) from None
        if value is not None:
            found.append(Document(value, node))
    return found


def _nodes(text: bytes, where: str) -> list[yaml.Node]:
    try:
        _count(text, where)
        loader = _Loader(text)
        try:
            nodes: list[yaml.Node] = []
            while loader.check_node():
                node = loader.get_node()
                assert node is not None
                nodes.append(node)
            return nodes
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


_BEFORE_NODES = (b"\n", b",", b":", b"-", b"?", b"[", b"{")
"""One of these stands before each node but the first, and before at most two, a mapping and its first key."""


def _count(text: bytes, where: str) -> None:
    """Raises YamlError when there are more nodes than are read, before there is one of them."""
    if 2 * sum(map(text.count, _BEFORE_NODES)) < _LIMIT:
        return
    count = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        count += isinstance(event, yaml.NodeEvent)
        if count > _LIMIT:
            what = f"has more than {_LIMIT:,} values; such files aren't read"
            raise YamlError(what, where=where, line=None)


def _line_of(text: bytes, error: yaml.reader.ReaderError) -> int:
    """The line of a character that can't be read; the reader counts bytes where it can't decode, else characters."""
    try:
        return text.decode()[: error.position].count("\n") + 1
    except UnicodeDecodeError as undecodable:
        return text[: undecodable.start].count(b"\n") + 1


def _start(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode):
        known = isinstance(part, int) and part < len(node.value)
        return (node.value[part], node.value[part]) if known else None
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == part), None)
    return None


def _settled(value: Any, *, text: bool) -> JSON:
    if isinstance(value, dict):
        return {
            str(key): _settled(item, text=text or key in _TEXT_MAPS or key in _TEXT_FIELDS)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_settled(item, text=False) for item in value]
    if text and isinstance(value, bool):
        return "true" if value else "false"
    if text and isinstance(value, int | float):
        return _number(value)
    return _scalar(value)


def _scalar(value: Any) -> JSON:
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    raise TypeError(f"not a JSON value: {value!r}")


def _number(value: float) -> str:
    """Python writes 1e+20 where YAML 1.1 wants a point; `1.0e+20` is a number to every reader."""
    text = repr(value)
    return text if "e" not in text or "." in text else text.replace("e", ".0e")


def _ordered(value: Any, *, free: bool) -> Any:
    """The value with its mappings in the order in which they are written."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {key!r}")
        keys = sorted(value) if free else sorted(value, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))
        return {
            str(key): _ordered(value[key], free=key in _TEXT_MAPS and key != "annotations") for key in keys
        }
    if isinstance(value, list | tuple):
        return [_ordered(item, free=False) for item in value]
    return _scalar(value)


class _Dumper(yaml.CSafeDumper):
    """PyYAML's, without anchors, and with text styled as below."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text and not _NOT_BLOCK.search(text):
        style = "|"
    elif _LOOKALIKE.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_number(dumper: yaml.CSafeDumper, number: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", _number(number))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_number)


class _Loader(yaml.CSafeLoader):
    """PyYAML's parser; the values are made by `_Reader`."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's attribute


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):  # fmt: skip
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), _first)


class _Reader:
    """Makes the JSON value of a tree of nodes."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._sizes: dict[int, int] = {}

    def error(self, what: str, node: yaml.Node) -> YamlError:
        return YamlError(what, where=self._where, line=node.start_mark.line + 1)

    def measure(self, node: yaml.Node) -> int:
        """The number of nodes below, aliases followed; raises YamlError for what would not end or not fit."""
        known = self._sizes.get(id(node))
        if known == 0:
            raise self.error("an alias contains itself", node)
        if known is not None:
            return known
        self._sizes[id(node)] = 0
        size = 1 + sum(map(self.measure, _children(node)))
        if size > _LIMIT:
            raise self.error(f"aliases multiply it into more than {_LIMIT:,} values", node)
        self._sizes[id(node)] = size
        return size

    def value(self, node: yaml.Node, *, text: bool = False) -> JSON:
        """What the node says; with `text` set, scalars but null stay text, also those of a mapping."""
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, text=text)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        return self._scalar(node, text=text)

    def _mapping(self, node: yaml.MappingNode, *, text: bool) -> dict[str, JSON]:
        result: dict[str, JSON] = {}
        merged: dict[str, JSON] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                for base in self._bases(value_node):
                    merged = {**self._mapping(base, text=text), **merged}
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error("a key must be text", key_node)
            key = str(key_node.value)
            if key in result:
                raise self.error(f"the key {key!r} stands twice in one mapping", key_node)
            result[key] = self.value(value_node, text=text or key in _TEXT_MAPS or key in _TEXT_FIELDS)
        return {**merged, **result}

    def _bases(self, node: yaml.Node) -> Iterator[yaml.MappingNode]:
        for base in node.value if isinstance(node, yaml.SequenceNode) else (node,):
            if not isinstance(base, yaml.MappingNode):
                raise self.error("`<<` takes a mapping, or a list of them", base)
            yield base

    def _scalar(self, node: yaml.Node, *, text: bool) -> JSON:
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
            raise self.error(f"{said!r} is not a value of the type {kind}", node) from None
        raise self.error(f"the tag {node.tag} is not supported", node)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
