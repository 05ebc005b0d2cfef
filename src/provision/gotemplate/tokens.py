"""A template's text in tokens. Source: the lexer of Go's text/template/parse (1.24)."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Kind = Literal[
    "text", "left", "right", "space", "word", "keyword", "field", "variable", "dot", "number", "string", "character",
    "pipe", "declare", "assign", "comma", "open", "close", "other", "end", "broken",
]  # fmt: skip

KEYWORDS: Final = frozenset({
    "block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with",
})  # fmt: skip


class Token(NamedTuple):
    """A piece of a template.

    Attributes:
        start: its position in the text.
    """

    kind: Kind
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Broken(Exception):
    """The text isn't a template.

    Attributes:
        message: what is wrong, half a sentence.
        start: the position in the text.
    """

    message: str
    start: int


_SPACE: Final = re.compile(r"[ \t\r\n]+")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_WORD: Final = re.compile(r"[^\W\d]\w*")
_REST_OF_WORD: Final = re.compile(r"\w*")
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_CHARACTER: Final = re.compile(r"'(?:[^'\\\n]|\\[^\n])*'")
_RAW: Final = re.compile(r"`[^`]*`")
_NUMBER: Final = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*|0[bB][01_]*"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_ENDS_WORD: Final = frozenset(" \t\r\n.,|:()")
_SINGLE: Final[dict[str, Kind]] = {"|": "pipe", "=": "assign", ",": "comma"}


def listed(text: str) -> list[Token]:
    """The tokens of a template, `end` last; where it goes wrong `broken` is the last, with what is wrong as its text, so
    that what is wrong before it is told first."""
    found = []
    try:
        for token in tokens(text):
            found.append(token)
    except Broken as broken:
        found.append(Token("broken", broken.message, broken.start))
    return found


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a template, `end` last.

    Raises:
        Broken: an action, comment, string or parenthesis isn't closed, or a character can't stand where it does.
    """
    at = 0
    while True:
        left = text.find("{{", at)
        before = text[at:] if left == -1 else text[at:left]
        inside = left + 2
        trims = left != -1 and text[inside : inside + 1] == "-" and text[inside + 1 : inside + 2] in _BLANKS
        shown = before.rstrip() if trims else before
        if shown:
            yield Token("text", shown, at)
        if left == -1:
            yield Token("end", "", len(text))
            return
        inside += 2 if trims else 0
        if text.startswith("/*", inside):
            at = _after_comment(text, inside)
            continue
        yield Token("left", "{{", left)
        at = yield from _action(text, inside, left)


_BLANKS: Final = (" ", "\t", "\r", "\n")


def _after_comment(text: str, start: int) -> int:
    comment = _COMMENT.match(text, start)
    if comment is None:
        raise Broken("a comment isn't closed with */", start)
    at = comment.end()
    trims = text[at : at + 1] in _BLANKS and text.startswith("-}}", at + 1)
    at += 2 if trims else 0
    if not text.startswith("}}", at):
        raise Broken("a comment must stand alone in its {{ }}", start)
    return _after_trim(text, at + 2, trims=trims)


def _after_trim(text: str, at: int, *, trims: bool) -> int:
    space = _SPACE.match(text, at) if trims else None
    return at if space is None else space.end()


def _action(text: str, at: int, left: int) -> Generator[Token, None, int]:
    """Raises Broken; its value is where the text goes on after the action."""
    depth = 0
    while True:
        trims = text[at : at + 1] in _BLANKS and text.startswith("-}}", at + 1)
        if trims or text.startswith("}}", at):
            if depth:
                raise Broken("a parenthesis isn't closed", at)
            at += 2 if trims else 0
            yield Token("right", "}}", at)
            return _after_trim(text, at + 2, trims=trims)  # what `yield from` gives
        if at >= len(text):
            raise Broken("an action {{ isn't closed with }}", left)
        token = _token(text, at)
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            raise Broken("a parenthesis is closed that wasn't opened", at)
        yield token
        at += len(token.text)


def _token(text: str, at: int) -> Token:
    first = text[at]
    if first in _BLANKS:
        return _spaces(text, at)
    if first in _SINGLE:
        return Token(_SINGLE[first], first, at)
    if first in "()":
        return Token("open" if first == "(" else "close", first, at)
    if first == ":":
        if text.startswith(":=", at):
            return Token("declare", ":=", at)
        raise Broken("':' must be followed by '='", at)
    if first in "\"`'":
        return _quoted(text, at, first)
    if first == "$":
        return _named(text, at, "variable", "variable")
    if first == "." and not ("0" <= text[at + 1 : at + 2] <= "9"):
        return _named(text, at, "field", "dot")
    if first in "+-." or (first.isascii() and first.isdigit()):
        return _number(text, at)
    word = _WORD.match(text, at)
    if word is not None:
        _check_end(text, word.end())
        kind: Kind = "keyword" if word[0] in KEYWORDS else "word"
        return Token(kind, word[0], at)
    if first.isascii() and first.isprintable():
        return Token("other", first, at)
    raise Broken(f"unexpected character {first!r}", at)


def _spaces(text: str, at: int) -> Token:
    """Spaces up to the next thing; the last one belongs to ` -}}` when that follows."""
    space = _SPACE.match(text, at)
    assert space is not None
    end = space.end()
    if text.startswith("-}}", end) and end - at > 1:
        end -= 1
    return Token("space", text[at:end], at)


def _quoted(text: str, at: int, quote: str) -> Token:
    pattern = {'"': _STRING, "`": _RAW, "'": _CHARACTER}[quote]
    match = pattern.match(text, at)
    if match is None:
        raise Broken(f"nothing closes the text that begins with this {quote}", at)
    return Token("character" if quote == "'" else "string", match[0], at)


def _named(text: str, at: int, kind: Kind, bare: Kind) -> Token:
    """A field or variable; `bare` when nothing follows its first character that could be a name."""
    rest = _REST_OF_WORD.match(text, at + 1)
    assert rest is not None
    _check_end(text, rest.end())
    return Token(kind if rest[0] else bare, text[at : rest.end()], at)


def _number(text: str, at: int) -> Token:
    match = _NUMBER.match(text, at)
    assert match is not None
    after = text[match.end() : match.end() + 1]
    if not any(character.isdigit() for character in match[0]) or after == "_" or after.isalnum():
        wrong = re.match(r"[^\s|(){},]*", text[at:])
        raise Broken(f"{(wrong[0] if wrong else text[at])!r:.40} is not a number", at)
    return Token("number", match[0], at)


def _check_end(text: str, at: int) -> None:
    """A name ends before a space, a few signs, or the end of the action."""
    after = text[at : at + 1]
    if after and after not in _ENDS_WORD and not text.startswith("}}", at):
        raise Broken(f"unexpected character {after!r} in a name", at)
