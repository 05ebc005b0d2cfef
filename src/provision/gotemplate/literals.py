"""What numbers, strings and characters of a template mean. Source: Go's strconv and text/template/parse (1.24)."""

from __future__ import annotations

import re
from typing import Final

from provision.gotemplate.tokens import Broken, Token

_ESCAPE: Final = re.compile(r"\\(?:[abfnrtv\\'\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_SIMPLE: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_NUMBER: Final = re.compile(
    r"[+-]?(?:\d+(?:_\d+)*|0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?"
    r"|0[xX](?:_?[0-9a-fA-F])*\.?[0-9a-fA-F]*[pP][+-]?\d+)i?",
    re.ASCII,
)
_OCTAL: Final = re.compile(r"[+-]?0[\d_]*[89][\d_]*", re.ASCII)
"""What begins like an octal number and isn't one."""


def number(token: Token) -> str:
    """A number as it is written.

    Raises:
        Broken: Go takes it for none.
    """
    if not _NUMBER.fullmatch(token.text) or _OCTAL.fullmatch(token.text):
        raise Broken(f"{token.text!r:.40} is not a number", token.start)
    return token.text


def unquoted(token: Token) -> str:
    """The text between quotes.

    Raises:
        Broken: it holds an escape that Go doesn't know, or a character constant isn't one character.
    """
    inner = token.text[1:-1]
    if token.text[0] == "`":
        return inner.replace("\r", "")
    parts: list[str] = []
    at = 0
    while at < len(inner):
        if inner[at] != "\\":
            end = inner.find("\\", at)
            end = len(inner) if end == -1 else end
            parts.append(inner[at:end])
            at = end
            continue
        escape = _ESCAPE.match(inner, at)
        other = "'" if token.text[0] == '"' else '"'
        if escape is None or escape[0] == f"\\{other}":
            raise Broken(
                f"unknown escape {inner[at : at + 2]!r}; a backslash is written \\\\", token.start + 1 + at
            )
        meant = _meant(escape[0][1:])
        if meant is None:
            raise Broken(f"{escape[0]} is no character", token.start + 1 + at)
        parts.append(meant)
        at = escape.end()
    text = "".join(parts)
    if token.kind == "character" and len(text) != 1:
        raise Broken(f'{token.text!r:.40} is not one character; text stands in "…" or `…`', token.start)
    return text


def _meant(escape: str) -> str | None:
    """What an escape stands for; None for the number of no character, and of no byte."""
    if escape[0] in _SIMPLE:
        return _SIMPLE[escape[0]]
    if escape[0] in "xuU":
        code = int(escape[1:], 16)
        return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else None
    if escape[0].isdigit():
        code = int(escape, 8)
        return chr(code) if code <= 0xFF else None
    return escape
