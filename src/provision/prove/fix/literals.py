"""The string literals of a Python source: what each says, and where each of its characters stands."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ESCAPE: Final = re.compile(
    r"\\(?:(?P<joined>\r\n|\r|\n)|(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})"
    r"|U(?P<U>[0-9a-fA-F]{8})|N\{(?P<name>[^}]+)\}|(?P<plain>[\\'\"abfnrtv]))"
)
_PLAIN: Final = {
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_OPENING: Final = re.compile(r"(?P<prefix>[a-zA-Z]{0,2})(?P<quote>\"\"\"|'''|\"|')")
_STRING: Final = re.compile(r"(?P<quote>\"\"\"|'''|\"|')(?:\\.|(?!(?P=quote)).)*(?P=quote)", re.DOTALL)
"""A string within the braces of an f-string."""
_BETWEEN: Final = frozenset({tokenize.NL, tokenize.COMMENT})
_BEFORE_A_STATEMENT: Final = frozenset(
    {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
)


@dataclass(frozen=True, slots=True)
class Run:
    """Constant text in one literal.

    Attributes:
        text: what it says.
        at: where each of its characters begins in the source, and last where it ends.
        quote: what the literal stands in.
        raw: whether a backslash says only itself.
        formatted: whether braces are written twice.
    """

    text: str
    at: tuple[int, ...]
    quote: str
    raw: bool
    formatted: bool

    def written(self, text: str) -> str | None:
        """The text as it is written in this literal; None when it can't be."""
        if self.raw:
            if self.quote in text or "\\" in text or (len(self.quote) == 1 and "\n" in text):
                return None
        else:
            text = text.replace("\\", "\\\\").replace(self.quote[0], f"\\{self.quote[0]}")
            if len(self.quote) == 1:
                text = text.replace("\n", "\\n")
        return text.replace("{", "{{").replace("}", "}}") if self.formatted else text


@dataclass(frozen=True, slots=True)
class Literal:
    """Literals that stand side by side and say one text.

    Attributes:
        runs: constant text, and None where an f-string puts something in.
        is_remark: whether it stands alone, as a docstring does.
    """

    runs: tuple[Run | None, ...]
    is_remark: bool


def literals(source: str) -> list[Literal]:
    """All of a Python source, those within the braces of f-strings included; none when it isn't Python."""
    found: list[Literal] = []
    lines = [0]
    for line in io.StringIO(source, newline=""):
        lines.append(lines[-1] + len(line))
    try:
        for group, is_remark in _groups(source, lines):
            runs: list[Run | None] = []
            for start, end in group:
                _read(source, start, end, runs, found)
            found.append(Literal(tuple(runs), is_remark))
    except (tokenize.TokenError, SyntaxError):
        return []
    return found


def _groups(source: str, lines: list[int]) -> Iterator[tuple[list[tuple[int, int]], bool]]:
    """The spans of string literals that stand side by side, and whether they are a statement by themselves."""
    group: list[tuple[int, int]] = []
    begins = True
    alone = False
    nested = 0
    opened = 0
    for token in tokenize.generate_tokens(io.StringIO(source, newline="").readline):
        start = lines[token.start[0] - 1] + token.start[1]
        end = lines[token.end[0] - 1] + token.end[1] if token.end[0] <= len(lines) else len(source)
        name = tokenize.tok_name[token.type]
        if name in ("FSTRING_START", "TSTRING_START"):
            nested += 1
            opened = start if nested == 1 else opened
        if nested:
            if name in ("FSTRING_END", "TSTRING_END"):
                nested -= 1
                if not nested:
                    alone = begins if not group else alone
                    group.append((opened, end))
            continue
        if token.type == tokenize.STRING:
            alone = begins if not group else alone
            group.append((start, end))
        elif token.type not in _BETWEEN:
            if group:
                yield group, alone and token.type == tokenize.NEWLINE
                group = []
            begins = token.type in _BEFORE_A_STATEMENT


def _read(source: str, start: int, end: int, runs: list[Run | None], nested: list[Literal]) -> None:
    """Add what the one literal in that span says to `runs`, and the literals within its braces to `nested`."""
    opening = _OPENING.match(source, start)
    prefix = opening["prefix"].lower() if opening else "b"
    if opening is None or "b" in prefix or "t" in prefix:
        runs.append(None)
        return
    quote, raw, formatted = opening["quote"], "r" in prefix, "f" in prefix
    position, last = opening.end(), end - len(quote)
    text: list[str] = []
    at: list[int] = []

    def close() -> None:
        runs.append(Run("".join(text), (*at, position), quote, raw, formatted))
        text.clear()
        at.clear()

    while position < last:
        character, step = source[position], 1
        if formatted and character in "{}" and source[position + 1 : position + 2] == character:
            step = 2
        elif formatted and character == "{":
            close()
            after = _field_end(source, position, last)
            runs.append(None)
            nested.extend(_within(source, position + 1, after - 1))
            position = after
            continue
        elif character == "\\" and not raw:
            character, step = _escaped(source, position)
        elif character == "\r":
            character, step = "\n", 2 if source.startswith("\r\n", position) else 1
        # An escape that isn't one says two characters; one that joins lines none.
        for offset, each in enumerate(character):
            text.append(each)
            at.append(position + (offset if len(character) > 1 else 0))
        position += step
    close()


def _escaped(source: str, position: int) -> tuple[str, int]:
    """What an escape says, and how long it is."""
    escape = _ESCAPE.match(source, position)
    if escape is None:
        return source[position : position + 2], 2
    length = len(escape[0])
    if escape["joined"]:
        return "", length
    if escape["plain"]:
        return _PLAIN[escape["plain"]], length
    if escape["name"]:
        import unicodedata

        try:
            return unicodedata.lookup(escape["name"]), length
        except KeyError:
            return "\0", length
    digits = escape["octal"]
    code = int(digits, 8) if digits else int(escape["x"] or escape["u"] or escape["U"], 16)
    return chr(min(code, 0x10FFFF)), length


def _field_end(source: str, start: int, last: int) -> int:
    """The position after the closing brace of what begins at the brace at `start`."""
    depth = 0
    position = start
    while position < last:
        character = source[position]
        string = _STRING.match(source, position) if character in "\"'" else None
        if string is not None and string.end() <= last:
            position = string.end()
            continue
        depth += (character in "{[(") - (character in "}])")
        position += 1
        if depth == 0:
            return position
    return last


def _within(source: str, start: int, end: int) -> list[Literal]:
    """The literals in what an f-string puts in."""
    inner = source[start:end]
    if '"' not in inner and "'" not in inner:
        return []
    found = literals(f"({inner}\n)")
    shifted = start - 1
    return [
        Literal(tuple(run and _moved(run, shifted) for run in literal.runs), is_remark=False)
        for literal in found
    ]


def _moved(run: Run, by: int) -> Run:
    return Run(run.text, tuple(at + by for at in run.at), run.quote, run.raw, run.formatted)
