"""A place in the tokens of a template, and what is known there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from provision.gotemplate.tokens import Broken, Token

_DEEPEST: Final = 100
"""Blocks and parentheses in one another: far beyond what people write, far below the calls that Python allows."""


class TooDeep(Exception):
    """Nobody wrote it by hand, and it isn't looked into."""


@dataclass(slots=True)
class Reader:
    """The tokens, and how far they are read.

    Attributes:
        variables: the names that are known where the reader is.
        loops: how many `range` stand around.
        depth: how many blocks and parentheses stand around.
    """

    tokens: list[Token]
    functions: frozenset[str]
    variables: list[str]
    at: int = 0
    loops: int = 0
    depth: int = 0
    last: Token = field(default=Token("end", "", 0))

    def next(self) -> Token:
        """The next token, taken.

        Raises:
            Broken: the text goes wrong there.
        """
        self.last = self.tokens[self.at]
        if self.last.kind == "broken":
            raise Broken(self.last.text, self.last.start)
        if self.last.kind != "end":
            self.at += 1
        return self.last

    def skip(self) -> Token:
        """The next token that is no space, not taken yet.

        Raises:
            Broken: the text goes wrong there.
        """
        while self.tokens[self.at].kind == "space":
            self.at += 1
        token = self.tokens[self.at]
        if token.kind == "broken":
            raise Broken(token.text, token.start)
        return token

    def expect_right(self, what: str) -> None:
        """Take the end of an action; raises Broken when something else is next."""
        token = self.skip()
        if token.kind != "right":
            raise unexpected(token, what)
        self.next()

    def descend(self) -> None:
        """Count one more block or parenthesis around what follows; raises TooDeep when there are too many."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TooDeep


def unexpected(token: Token, what: str) -> Broken:
    """What to raise when a token stands where `what` should."""
    if token.text == "}":
        return Broken("an action {{ is closed with }}, not with one }", token.start)
    shown = {"end": "the end of the text", "right": "}}"}.get(token.kind) or repr(token.text)
    return Broken(f"{shown:.60} can't stand where {what} should", token.start)
