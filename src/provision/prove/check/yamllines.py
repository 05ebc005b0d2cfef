"""The line of each value in a YAML document, from the events of its parser: a tree of them takes twice the time."""

from __future__ import annotations

from typing import Any, Final

import yaml

BLOCK: Final = "\0|"
"""Under a pointer and this stands where a block begins whose lines are those of its text."""

_MOST_PARTS: Final = 500_000
_NOWHERE: Final = "\0"
"""The pointer of what no pointer leads to: a key that is no text, and what is in it."""


class _Parser(yaml.CBaseLoader):
    """It asks for the kind of each value, which is of no use for its line."""

    def resolve(self, *_: object) -> str:
        return ""


def yaml_lines(content: bytes) -> dict[str, int]:
    """JSON pointer → line of each value in a YAML document, of an alias that of the alias; empty when it isn't YAML, or
    several documents."""
    try:
        return _lines(_Parser(content))
    except yaml.YAMLError:
        return {}


def _lines(parser: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    around: list[tuple[str, int, str | None]] = []  # pointer, position in a list or -1 in an object, key
    pointer, position = "", -2
    key: str | None = None
    documents = 0
    while len(found) < _MOST_PARTS and parser.check_event():
        event = parser.get_event()
        kind = type(event)
        if kind is yaml.ScalarEvent and position == -1 and key is None:
            key = event.value
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            pointer, position, key = around.pop()
        elif kind in _VALUES:
            if position == -2:
                inner = ""
            elif position >= 0:
                inner = f"{pointer}/{position}"
                position += 1
            elif key is None:
                inner, key = _NOWHERE, _NOWHERE
            else:
                inner, key = f"{pointer}/{key}", None
            found[inner] = event.start_mark.line + 1
            if kind is yaml.ScalarEvent and event.style == "|":
                found[f"{inner}{BLOCK}"] = event.start_mark.line + 2
            if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                around.append((pointer, position, key))
                pointer, position = inner, -1 if kind is yaml.MappingStartEvent else 0
                key = None
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                return {}
    return found


_VALUES: Final = (yaml.ScalarEvent, yaml.AliasEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent)
