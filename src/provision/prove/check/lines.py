"""The line on which a part of a JSON or YAML file stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import orjson

from provision.compile.kinds import DASHBOARD, RULE_GROUP
from provision.model import JSON, Definition, Place, decode
from provision.prove.check.indented import indented_lines
from provision.prove.check.literals import along, columns, literal_line, value_at
from provision.prove.check.yamllines import BLOCK, yaml_lines

Placer = Callable[[Definition, str, int], Place]
"""A definition, a JSON pointer into it and a line of the text there, counted from 1, to the place where that was
written."""

Columns = Callable[[Definition, str, Place, tuple[int, int]], tuple[int, int] | None]
"""A definition, a JSON pointer into it, the place of the line there and a part of the text to its columns."""

_LONGEST_BYTES = 16 * 2**20
_MOST_FILES = 64
_Read = TypeVar("_Read")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources' lines, of the files that were asked for last.

    Attributes:
        root: what their paths are relative to.
    """

    root: Path
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def lines(self, path: str) -> list[str]:
        """The lines of a source; none when it can't be read or is too large."""
        if path not in self._lines:
            _forget(self._lines)
            # Where Python, YAML and editors end lines; str.splitlines knows more.
            self._lines[path] = _LINE_END.split(_read(self.root / path).decode(errors="replace"))
        return self._lines[path]

    def columns(
        self, definition: Definition, pointer: str, place: Place, span: tuple[int, int]
    ) -> tuple[int, int] | None:
        """The columns of a part of the text at that pointer, as `provision.prove.check.literals` has them.

        Args:
            place: where the line of the text was written in which the part begins.
            span: where the part begins and ends, in characters of the text.
        """
        text = value_at(_decoded(definition.body), pointer)
        lines = self.lines(place.path)
        if not isinstance(text, str) or place.line is None or place.line > len(lines):
            return None
        return columns(lines[place.line - 1], place.path.rpartition(".")[2], text, *span)


@lru_cache(maxsize=4)
def _decoded(body: bytes) -> JSON:
    """The body of a definition; several findings come of each, one after the other."""
    return decode(body)


def placer(sources: Sources) -> Placer:
    """Finds places: those that a definition knows, and lines of the sources themselves."""
    known: dict[str, Callable[[str], int | None]] = {}

    def place(definition: Definition, pointer: str, line_within: int) -> Place:
        plain = definition.place_of(pointer)
        suffix = plain.path.rpartition(".")[2]
        if definition.kind not in (DASHBOARD, RULE_GROUP):
            return plain
        line = None
        if suffix == "py":
            line = _literal(sources.lines(plain.path), definition, pointer, plain, line_within)
        elif suffix in ("json", "yml", "yaml", "rules"):
            if plain.path not in known:
                _forget(known)
                known[plain.path] = _lines_of(_read(sources.root / plain.path), suffix)
            line = _nearest(known[plain.path], _in_file(definition, pointer), line_within)
        return plain if line is None else Place(plain.path, line)

    return place


def _forget(read: dict[str, _Read]) -> None:
    """Make room for another file: findings come file by file, and of ten thousand the lines would fill the memory."""
    if len(read) >= _MOST_FILES:
        del read[next(iter(read))]


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


def _read(file: Path) -> bytes:
    """The file's content; empty when it can't be read or is too large for it."""
    try:
        return file.read_bytes() if file.stat().st_size <= _LONGEST_BYTES else b""
    except OSError:
        return b""


def _lines_of(content: bytes, suffix: str) -> Callable[[str], int | None]:
    """Finds the line of what is at a JSON pointer, or at one and `BLOCK`."""
    if suffix != "json":
        return yaml_lines(content).get
    return indented_lines(content) or json_lines(content.decode(errors="replace")).get


def _literal(
    source: list[str], definition: Definition, pointer: str, plain: Place, line_within: int
) -> int | None:
    """The line of a Python source on which that part stands literally: the line of its text, or of a dashboard's part
    else the title of its panel. None when there is no such line, or more than one."""
    way = along(_decoded(definition.body), pointer)
    first, last = 1, len(source)
    if definition.kind == RULE_GROUP:
        first = plain.line or 1
        later = [at.line for _, at in definition.parts if at.path == plain.path and (at.line or 0) > first]
        last = min((line - 1 for line in later if line), default=last)
    text = way[-1] if way and len(way) == pointer.count("/") else None
    if isinstance(text, str):
        line = literal_line(source, text, first, last)
        if line is not None:
            return line + (line_within - 1 if "\n" in text else 0)
    # The dashboard's own title says nothing about a part of it.
    around = way[1:] if definition.kind == DASHBOARD else []
    titles = [
        part["title"] for part in around if isinstance(part, dict) and isinstance(part.get("title"), str)
    ]
    found = (literal_line(source, title, first, last) for title in reversed(titles))
    return next((line for line in found if line is not None), None)


def _in_file(definition: Definition, pointer: str) -> tuple[str, ...]:
    """The pointers under which that part of a definition may stand in its file."""
    if definition.kind == DASHBOARD:
        inner = pointer.removeprefix("/spec")
        return (f"/dashboard{inner}", pointer, inner)
    inner = pointer.removeprefix("/group")
    at = f"/groups/{_decoded(definition.body)['index']}{inner}"
    return (f"/spec{at}", at)


def _nearest(line_of: Callable[[str], int | None], pointers: tuple[str, ...], line_within: int) -> int | None:
    """The line of what is nearest to one of these pointers: it, or what encloses it, but not the whole file."""
    for pointer in pointers:
        block = line_of(f"{pointer}{BLOCK}")
        if block is not None:
            return block + line_within - 1
    enclosing = sorted({each for pointer in pointers for each in _enclosing(pointer)}, key=len, reverse=True)
    lines = (line_of(each) for each in enclosing)
    return next((line for line in lines if line is not None), None)


def _enclosing(pointer: str) -> list[str]:
    parts = pointer.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 1, -1)]
