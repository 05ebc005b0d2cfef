"""A place in the tokens of an expression, and what is to be said in other words."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.promql.tokens import Misplaced, Token

_DEEPEST = 60
"""Brackets in brackets; far beyond what people write, far below Python's limit."""


@dataclass(slots=True)
class Reader:
    """Where we are in the tokens, and what is to be said in other words: (start, end, words)."""

    tokens: list[Token]
    features: frozenset[str]
    at: int = 0
    depth: int = 0
    replacements: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def now(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.at]

    @property
    def next(self) -> Token:
        """The token after that."""
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    @property
    def ended(self) -> bool:
        """Whether nothing is left to read."""
        return self.now.kind == "end"

    def take(self) -> Token:
        """The token `now`, and go on to the one after it."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def symbol(self, *texts: str) -> bool:
        """Whether one of these symbols is next."""
        return self.now.kind == "symbol" and self.now.text in texts

    def word(self, *texts: str) -> bool:
        """Whether one of these words is next; keywords have no case."""
        return self.now.kind == "word" and self.now.text.lower() in texts

    def expect(self, text: str, wanted: str) -> Token:
        """Take that symbol.

        Raises:
            Misplaced: something else is next; `wanted` says what should be.
        """
        if not self.symbol(text):
            raise self.unexpected(wanted)
        return self.take()

    def finish(self) -> None:
        """Raises Misplaced unless everything is read."""
        if not self.ended:
            raise self.unexpected("an operator")

    def unexpected(self, wanted: str) -> Misplaced:
        """What to raise when the next token isn't what is `wanted`."""
        token = self.now
        if token.kind == "end":
            return Misplaced(f"it ends where {wanted} should follow", token.start)
        text = token.text if len(token.text) <= 40 else f"{token.text[:40]}…"
        return Misplaced(f"{text!r} stands where {wanted} should", token.start)

    def experimental(self, what: str, feature: str, token: Token) -> None:
        """Raises Misplaced at `token` unless that feature is on."""
        if feature not in self.features:
            raise Misplaced(
                f"{what} is experimental: Prometheus needs --enable-feature={feature} for it", token.start
            )

    def descend(self) -> None:
        """Count one more bracket around what follows.

        Raises:
            Misplaced: there are too many.
        """
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Misplaced(f"more than {_DEEPEST} brackets in one another", self.now.start)

    def said(self, expr: str) -> str:
        """`expr` with the replacements made."""
        parts = []
        position = 0
        for start, end, words in sorted(self.replacements):
            if start >= position:
                parts += [expr[position:start], words]
                position = end
        return "".join((*parts, expr[position:]))
