"""The line on which a part of a JSON or YAML file stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import orjson
import yaml

from provision.compile.kinds import DASHBOARD, RULE_GROUP
from provision.model import Definition, Place, decode

Placer = Callable[[Definition, str], Place]
"""A definition and a JSON pointer into it to the place where that part was written."""

_LONGEST_BYTES = 16 * 2**20
_MOST_PARTS = 500_000
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


def placer(root: Path) -> Placer:
    """Finds places; for JSON and YAML sources below `root`, or anywhere when their path is absolute, by
    reading them once each."""
    known: dict[str, dict[str, int]] = {}

    def place(definition: Definition, pointer: str) -> Place:
        plain = definition.place_of(pointer)
        suffix = plain.path.rpartition(".")[2]
        if suffix not in ("json", "yml", "yaml", "rules") or definition.kind not in (DASHBOARD, RULE_GROUP):
            return plain
        if plain.path not in known:
            known[plain.path] = _lines_of(root / plain.path, suffix)
        line = _nearest(known[plain.path], _in_file(definition, pointer))
        return plain if line is None else Place(plain.path, line)

    return place


def json_lines(text: str) -> dict[str, int]:
    """JSON pointer → line of each value in a JSON document that is valid."""
    breaks = [match.start() for match in re.finditer("\n", text)]
    found: dict[str, int] = {}
    stack: list[tuple[str, int, str]] = []  # pointer, position in a list or -1 for an object, key
    key_next = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        pointer, position, key = stack[-1] if stack else ("", -2, "")
        if piece == ":":
            stack[-1] = (pointer, position, key_next)
        elif piece == ",":
            stack[-1] = (pointer, position + 1 if position >= 0 else position, "")
        elif piece in "}]":
            stack.pop()
        elif position == -1 and not key:
            key_next = orjson.loads(piece) if "\\" in piece else piece[1:-1]
        else:
            inner = pointer if position == -2 else f"{pointer}/{key if position == -1 else position}"
            found[inner] = bisect_right(breaks, match.start()) + 1
            if piece in "{[":
                stack.append((inner, 0 if piece == "[" else -1, ""))
    return found


def yaml_lines(content: bytes) -> dict[str, int]:
    """JSON pointer → line of each value in a YAML document; empty when it isn't YAML."""
    try:
        root = yaml.compose(content, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    found: dict[str, int] = {}
    stack = [] if root is None else [("", root)]
    while stack and len(found) < _MOST_PARTS:
        pointer, node = stack.pop()
        found[pointer] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            stack.extend((f"{pointer}/{index}", item) for index, item in enumerate(node.value))
        elif isinstance(node, yaml.MappingNode):
            stack.extend((f"{pointer}/{key.value}", item) for key, item in node.value)
    return found


def _lines_of(file: Path, suffix: str) -> dict[str, int]:
    try:
        if file.stat().st_size > _LONGEST_BYTES:
            return {}
        content = file.read_bytes()
    except OSError:
        return {}
    return json_lines(content.decode(errors="replace")) if suffix == "json" else yaml_lines(content)


def _in_file(definition: Definition, pointer: str) -> tuple[str, ...]:
    """The pointers under which that part of a definition may stand in its file."""
    if definition.kind == DASHBOARD:
        inner = pointer.removeprefix("/spec")
        return (f"/dashboard{inner}", pointer, inner)
    inner = pointer.removeprefix("/group")
    at = f"/groups/{decode(definition.body)['index']}{inner}"
    return (f"/spec{at}", at)


def _nearest(lines: dict[str, int], pointers: tuple[str, ...]) -> int | None:
    """The line of what is nearest to one of these pointers: it, or what encloses it."""
    found = [
        (len(enclosing), lines[enclosing])
        for pointer in pointers
        for enclosing in _enclosing(pointer)
        if enclosing in lines
    ]
    return max(found)[1] if found else None


def _enclosing(pointer: str) -> list[str]:
    parts = pointer.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
