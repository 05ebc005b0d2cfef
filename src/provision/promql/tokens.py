"""PromQL cut into tokens, each with its position, and the first character that can't be part of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "number", "duration", "string", "symbol", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression.

    Attributes:
        text: as it stands in the expression; empty for `end`.
        start: its position in the expression, counted from 0.
    """

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position after it."""
        return self.start + len(self.text)


class Misplaced(Exception):
    """An expression goes wrong.

    Args:
        message: what is wrong.
        start: the position where, counted from 0.
    """

    def __init__(self, message: str, start: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start


_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)+")
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+(?![0-9A-Za-z_])")
_NUMBER = re.compile(
    r"(?:0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*"
    r"|(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z_.])"
)
_MALFORMED_NUMBER = re.compile(r"[0-9A-Za-z_.]+")
_WORD = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SYMBOL = re.compile(r"==|!=|>=|<=|>/|</|[-+*/%^=<>@(),{}\[\]]")
_SYMBOL_IN_BRACES = re.compile(r"=~|!~|!=|[=,}]")
_SYMBOL_IN_BRACKETS = re.compile(r"[-+*/%^(),:\]]")
_QUOTED = {
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\\n]|\\.)*'", re.DOTALL),
    "`": re.compile(r"`[^`]*`"),
}
_ESCAPE = re.compile(
    r"\\(?:[abfnrtv\\]|(?P<quote>['\"])|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
)


def tokens(expr: str) -> list[Token]:
    """The tokens of `expr`, without spaces and comments; the last one is of kind `end`.

    Raises:
        Misplaced: a character, number, string or closing bracket that can't stand where it does, or a
            bracket that nothing closes.
    """
    found: list[Token] = []
    open_: list[Token] = []
    in_brackets = False
    position = 0
    while True:
        space = _SPACE.match(expr, position)
        position = space.end() if space else position
        if position >= len(expr):
            break
        inside = "{" if open_ and open_[-1].text == "{" else "[" if in_brackets else ""
        token = _token(expr, position, inside)
        if token.kind == "symbol":
            _nest(token, open_)
            in_brackets = (in_brackets or token.text == "[") and token.text != "]"
        found.append(token)
        position = token.end
    if open_:
        raise Misplaced(f"nothing closes this {open_[-1].text!r}", open_[-1].start)
    found.append(Token("end", "", len(expr)))
    return found


_CLOSES = {")": "(", "]": "[", "}": "{"}


def _nest(token: Token, open_: list[Token]) -> None:
    if token.text in "([{":
        open_.append(token)
    elif token.text in _CLOSES:
        if not open_ or open_[-1].text != _CLOSES[token.text]:
            raise Misplaced(f"{token.text!r} closes nothing that is open here", token.start)
        open_.pop()


def _token(expr: str, position: int, inside: str) -> Token:
    """The token at `position`; `inside` is `{` or `[` when it stands between such brackets."""
    character = expr[position]
    if character in _QUOTED and inside != "[":
        return _string(expr, position)
    if character.isascii() and (character.isdigit() or character == ".") and inside != "{":
        for kind, pattern in _NUMBERS:
            match = pattern.match(expr, position)
            if match:
                return Token(kind, match[0], position)
        bad = _MALFORMED_NUMBER.match(expr, position)
        assert bad is not None
        raise Misplaced(f"{_short(bad[0])!r} is neither a number nor a duration such as 5m", position)
    word = (_LABEL if inside in ("{", "[") else _WORD).match(expr, position)
    if word:
        return Token("word", word[0], position)
    symbols = {"{": _SYMBOL_IN_BRACES, "[": _SYMBOL_IN_BRACKETS}.get(inside, _SYMBOL)
    symbol = symbols.match(expr, position)
    if symbol is None:
        where = {"{": " between { and }", "[": " between [ and ]"}.get(inside, "")
        raise Misplaced(f"unexpected character {character!r}{where}", position)
    return Token("symbol", symbol[0], position)


_NUMBERS: tuple[tuple[Kind, re.Pattern[str]], ...] = (("duration", _DURATION), ("number", _NUMBER))


def _string(expr: str, position: int) -> Token:
    quote = expr[position]
    match = _QUOTED[quote].match(expr, position)
    if match is None:
        raise Misplaced(f"nothing closes the string that begins with this {quote}", position)
    if quote != "`":
        at = expr.find("\\", position, match.end())
        while at != -1:
            escape = _ESCAPE.match(expr, at)
            if escape is None or (escape["quote"] and escape["quote"] != quote):
                raise Misplaced(
                    f"unknown escape {expr[at : at + 2]!r} in a string; a backslash is written \\\\", at
                )
            at = expr.find("\\", escape.end(), match.end())
    return Token("string", match[0], position)


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
