"""LogQL cut into tokens, and a place in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)
    |(?P<variable>\$\w+|\$\{[^}]*\}|\[\[[^\]]*\]\])
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:[a-zA-Zµ]+[0-9]*)*|\.[0-9]+)
    |(?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    |(?P<sign>\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|--|[-+*/%^=<>|(){}\[\],:@])""",
    re.VERBOSE,
)


class NotLogQL(Exception):
    """What is wrong with a text."""


def tokens(query: str) -> list[tuple[str, str]]:
    """The tokens of a query, each with its kind; the last one is of the kind `end`.

    Raises:
        NotLogQL: a character can't stand where it does, or nothing closes a string.
    """
    found = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            character = query[position]
            closed = (
                "nothing closes the string that begins with this"
                if character in '"`'
                else "unexpected character"
            )
            raise NotLogQL(f"{closed} {character!r}")
        position = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup or "", match[0]))
    return [*found, ("end", "")]


@dataclass(slots=True)
class Reader:
    """The tokens of a text, each with its kind, and how far they are read."""

    tokens: list[tuple[str, str]]
    ranges: list[str] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    @property
    def text(self) -> str:
        """The next token."""
        return self.tokens[self.at][1]

    @property
    def kind(self) -> str:
        """Of the next token; `end` after the last."""
        return self.tokens[self.at][0]

    def take(self) -> str:
        """The next token, and go on to the one after it."""
        taken = self.text
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return taken

    def expect(self, text: str, where: str) -> None:
        """Take that token.

        Raises:
            NotLogQL: something else is next.
        """
        if self.text != text:
            raise NotLogQL(f"{text!r} is missing {where}")
        self.take()
