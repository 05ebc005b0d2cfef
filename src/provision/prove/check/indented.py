"""Lines of JSON that is written as Grafana and most programs do, each value on a line of its own: they are counted
rather than read, which takes a sixth of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from provision.model import JSON


def indented_lines(content: bytes) -> Callable[[str], int | None] | None:
    """Finds the line of the value at a JSON pointer, counted from 1; None where there is no such value, or it doesn't stand
    where it should. None in place of it when the document isn't JSON, or isn't written so.
    """
    try:
        document: JSON = orjson.loads(content)
        if _height(document) != content.strip().count(b"\n") + 1:
            return None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    heights: dict[int, int] = {}
    lines = content.split(b"\n")
    first = next(number for number, line in enumerate(lines, 1) if line.strip())

    def line(pointer: str) -> int | None:
        value, at = document, first
        for token in pointer.split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            found = _inner(value, key, heights)
            if found is None:
                return None
            at += 1 + found[1]
            if isinstance(value, dict) and not lines[at - 1].lstrip().startswith(orjson.dumps(key)):
                return None
            value = found[0]
        return at

    return line


def _inner(value: JSON, token: str, heights: dict[int, int]) -> tuple[JSON, int] | None:
    """The value of a field or an item, and how many lines stand above it within what it is in."""
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    above = 0
    for key, item in items:
        if str(key) == token:
            return item, above
        if isinstance(item, dict | list) and item:
            height = heights.get(id(item))
            if height is None:
                height = heights[id(item)] = _height(item)
            above += height
        else:
            above += 1
    return None


def _height(value: JSON) -> int:
    """How many lines a value takes."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).count(b"\n") + 1
