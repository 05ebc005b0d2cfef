"""Where a text stands literally in a source: in Python, JSON or YAML.

Findings may be thousands, so this looks for what is written; it doesn't take sources to pieces, as a fix does
(`provision.prove.fix.literals`), and says nothing where a text is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import orjson

from provision.model import JSON

Write = Callable[[str], str]

_BACKSLASHES: Final[Write] = lambda text: text.replace("\\", "\\\\")  # noqa: E731  # one of a table
_PYTHON: Final[tuple[Write, ...]] = (
    str,
    _BACKSLASHES,
    lambda text: text.replace('"', '\\"'),
    lambda text: text.replace("'", "\\'"),
    lambda text: _BACKSLASHES(text).replace('"', '\\"'),
    lambda text: _BACKSLASHES(text).replace("'", "\\'"),
)
_JSON: Final[tuple[Write, ...]] = (lambda text: orjson.dumps(text)[1:-1].decode(),)
_YAML: Final[tuple[Write, ...]] = (str, lambda text: text.replace("'", "''"), *_JSON)
_FORMS: Final = {"py": _PYTHON, "json": _JSON, "yml": _YAML, "yaml": _YAML, "rules": _YAML}
"""How a language may write a text, each character by itself, so that what begins a text is what begins it written."""


def along(body: JSON, pointer: str) -> list[JSON]:
    """The values on the way to that JSON pointer, without the body itself, as far as there are any."""
    found = []
    value = body
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            break
        found.append(value)
    return found


def value_at(body: JSON, pointer: str) -> JSON:
    """The value at that JSON pointer; None when there is none."""
    found = along(body, pointer)
    return found[-1] if found and len(found) == pointer.count("/") else None


def literal_line(source: Sequence[str], text: str, first: int, last: int) -> int | None:
    """The line of a Python source on which a literal of that text begins; None when there is none, or more than one.

    Args:
        source: its lines.
        first, last: the lines to look at, counted from 1.
    """
    if not text:
        return None
    head, *rest = text.split("\n")
    if rest:
        return _long_literal(source, [head, *rest], first, last)
    literals = [f"{quote}{written}{quote}" for written in _written(head, "py") for quote in "\"'"]
    found = [
        number
        for number, line in enumerate(source[first - 1 : last], first)
        if any(literal in line for literal in literals)
    ]
    return found[0] if len(found) == 1 else None


def _long_literal(source: Sequence[str], lines: Sequence[str], first: int, last: int) -> int | None:
    """The same of a text of several lines, which may be indented otherwise than it is written."""
    bare = [line.strip() for line in source[first - 1 : last]]
    wanted = [line.strip() for line in lines]
    inner = wanted[1:-1]
    found = [
        first + at
        for at in range(len(bare) - len(wanted) + 1)
        if bare[at].endswith(wanted[0])
        and bare[at + 1 : at + len(wanted) - 1] == inner
        and bare[at + len(wanted) - 1].startswith(wanted[-1])
    ]
    return found[0] if len(found) == 1 else None


def columns(line: str, suffix: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """The columns, counted from 1, of a part of a text in the line of a source that holds that line of the text; the
    second one past its end. None when it can't be told: the line holds the text not as it is, or more than once.

    Args:
        line: of the source.
        suffix: of the source's name, which tells its language.
        text: all of it, or where it has several lines, all of them.
        start, end: the part, in characters of the text; what it has of further lines is left out.
    """
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", start)
    part = text[before : len(text) if after == -1 else after]
    start, end = start - before, min(end - before, len(part))
    quotes = suffix == "py" and "\n" not in text
    found = {
        (at, write(part[:start]), write(part[:end]))
        for write in _FORMS.get(suffix, ())
        for at in _places(line, write(part), quotes=quotes)
    }
    if len(found) != 1:
        return None
    ((at, skipped, taken),) = found
    return at + len(skipped) + 1, at + len(taken) + 1


def _written(text: str, suffix: str) -> set[str]:
    return {write(text) for write in _FORMS[suffix]}


def _places(line: str, written: str, *, quotes: bool) -> Iterator[int]:
    """Where in the line that stands, in quotes if so wanted."""
    at = line.find(written) if written else -1
    while at >= 0:
        around = line[at - 1 : at], line[at + len(written) : at + len(written) + 1]
        if not quotes or (around[0] == around[1] and around[0] in ('"', "'")):
            yield at
        at = line.find(written, at + 1)
