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

Placer = Callable[[Definition, str, int], Place]
"""A definition, a JSON pointer into it and a line of the text there, counted from 1, to the place where that was
written."""

_LONGEST_BYTES = 16 * 2**20
_MOST_PARTS = 500_000
_BLOCK = "\0|"
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


def placer(root: Path) -> Placer:
    """Finds places: those that a definition knows, and lines of the sources themselves, which are read once each.

    Args:
        root: what the paths of places are relative to.
    """
    known: dict[str, dict[str, int]] = {}
    sources: dict[str, list[str]] = {}

    def place(definition: Definition, pointer: str, line_within: int) -> Place:
        plain = definition.place_of(pointer)
        suffix = plain.path.rpartition(".")[2]
        line = None
        if suffix == "py" and definition.kind == DASHBOARD:
            if plain.path not in sources:
                sources[plain.path] = _read(root / plain.path).decode(errors="replace").splitlines()
            line = _literal(sources[plain.path], definition, pointer)
        elif suffix in ("json", "yml", "yaml", "rules") and definition.kind in (DASHBOARD, RULE_GROUP):
            if plain.path not in known:
                known[plain.path] = _lines_of(_read(root / plain.path), suffix)
            line = _nearest(known[plain.path], _in_file(definition, pointer), line_within)
        return plain if line is None else Place(plain.path, line)

    return place


def json_lines(text: str) -> dict[str, int]:
    """JSON pointer → line of each value in a JSON document that is valid."""
    breaks = [match.start() for match in re.finditer("\n", text)]
    found: dict[str, int] = {}
    stack: list[tuple[str, int, str | None]] = []  # pointer, position in a list or -1 for an object, key
    key_next = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        pointer, position, key = stack[-1] if stack else ("", -2, None)
        if piece == ":":
            stack[-1] = (pointer, position, key_next)
        elif piece == ",":
            stack[-1] = (pointer, position + 1 if position >= 0 else position, None)
        elif piece in "}]":
            stack.pop()
        elif position == -1 and key is None:
            key_next = orjson.loads(piece) if "\\" in piece else piece[1:-1]
        else:
            inner = pointer if position == -2 else f"{pointer}/{key if position == -1 else position}"
            found[inner] = bisect_right(breaks, match.start()) + 1
            if piece in "{[":
                stack.append((inner, 0 if piece == "[" else -1, None))
    return found


def yaml_lines(content: bytes) -> dict[str, int]:
    """JSON pointer → line of each value in a YAML document; empty when it isn't YAML. Under the pointer and
    `_BLOCK` stands where a block begins whose lines are those of its text."""
    try:
        root = yaml.compose(content, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    found: dict[str, int] = {}
    stack = [] if root is None else [("", root)]
    while stack and len(found) < _MOST_PARTS:
        pointer, node = stack.pop()
        found[pointer] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode) and node.style == "|":
            found[f"{pointer}{_BLOCK}"] = node.start_mark.line + 2
        if isinstance(node, yaml.SequenceNode):
            stack.extend((f"{pointer}/{index}", item) for index, item in enumerate(node.value))
        elif isinstance(node, yaml.MappingNode):
            stack.extend((f"{pointer}/{key.value}", item) for key, item in node.value)
    return found


def _read(file: Path) -> bytes:
    """The file's content; empty when it can't be read or is too large for it."""
    try:
        return file.read_bytes() if file.stat().st_size <= _LONGEST_BYTES else b""
    except OSError:
        return b""


def _lines_of(content: bytes, suffix: str) -> dict[str, int]:
    return json_lines(content.decode(errors="replace")) if suffix == "json" else yaml_lines(content)


def _literal(source: list[str], definition: Definition, pointer: str) -> int | None:
    """The line of a Python source on which that part of a dashboard stands literally: its text, or else the
    title of its panel. None when there is no such line, or more than one."""
    value = decode(definition.body)
    texts = []
    for depth, key in enumerate(pointer.split("/")[1:]):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            break
        # The dashboard's own title says nothing about a part of it.
        if depth and isinstance(value, dict) and isinstance(value.get("title"), str):
            texts.append(value["title"])
    if isinstance(value, str):
        texts.append(value)
    for text in reversed(texts):
        written = {text, text.replace("\\", "\\\\"), text.replace('"', '\\"'), text.replace("'", "\\'")}
        literals = [f"{quote}{each}{quote}" for each in written for quote in "\"'"]
        found = [n for n, line in enumerate(source, 1) if any(literal in line for literal in literals)]
        if len(found) == 1:
            return found[0]
    return None


def _in_file(definition: Definition, pointer: str) -> tuple[str, ...]:
    """The pointers under which that part of a definition may stand in its file."""
    if definition.kind == DASHBOARD:
        inner = pointer.removeprefix("/spec")
        return (f"/dashboard{inner}", pointer, inner)
    inner = pointer.removeprefix("/group")
    at = f"/groups/{decode(definition.body)['index']}{inner}"
    return (f"/spec{at}", at)


def _nearest(lines: dict[str, int], pointers: tuple[str, ...], line_within: int) -> int | None:
    """The line of what is nearest to one of these pointers: it, or what encloses it, but not the whole file."""
    for pointer in pointers:
        if f"{pointer}{_BLOCK}" in lines:
            return lines[f"{pointer}{_BLOCK}"] + line_within - 1
    found = [
        (len(enclosing), lines[enclosing])
        for pointer in pointers
        for enclosing in _enclosing(pointer)
        if enclosing in lines
    ]
    return max(found)[1] if found else None


def _enclosing(pointer: str) -> list[str]:
    parts = pointer.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 1, -1)]
