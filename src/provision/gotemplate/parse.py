"""Text to the tree of a template. Source: the parser of Go's text/template/parse (1.24)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Literal

from provision.gotemplate.nodes import (
    Action,
    Called,
    Constant,
    Control,
    Dot,
    Function,
    Inner,
    Named,
    Node,
    Pipeline,
    Term,
    Text,
    Variable,
)
from provision.gotemplate.tokens import Broken, Token, listed

_DEEPEST: Final = 100
"""Blocks and parentheses in one another: far beyond what people write, far below the calls that Python allows."""

_ESCAPE: Final = re.compile(r"\\(?:[abfnrtv\\'\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_SIMPLE: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CONTROLS: Final = frozenset({"if", "with", "range"})
_NUMBER: Final = re.compile(
    r"[+-]?(?:\d+(?:_\d+)*|0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?"
    r"|0[xX](?:_?[0-9a-fA-F])*\.?[0-9a-fA-F]*[pP][+-]?\d+)i?",
    re.ASCII,
)
_OCTAL: Final = re.compile(r"[+-]?0\d*[89]\d*", re.ASCII)
"""What begins like an octal number and isn't one."""


class TooDeep(Exception):
    """Nobody wrote it by hand, and it isn't looked into."""


End = Literal["end", "else", ""]
"""What ended a list of nodes; empty for the end of the text."""


def parse(text: str, functions: Collection[str], variables: Collection[str] = ()) -> tuple[Node, ...]:
    """The tree of a template.

    Args:
        functions: the names of those that may be called.
        variables: the names of those that are there from the beginning, with their `$`.

    Raises:
        Broken: it isn't a template: an expression, block or name is wrong.
        TooDeep: more blocks or parentheses stand in one another than anybody writes.
    """
    reader = _Reader(listed(text), frozenset(functions), ["$", *variables])
    nodes, end = reader.nodes()
    if end:
        raise Broken(f"an {{{{ {end} }}}} without an if, with or range before it", reader.last.start)
    return nodes


@dataclass(slots=True)
class _Reader:
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

    # ── tokens ───────────────────────────────────────────────────────────────
    def next(self) -> Token:
        self.last = self.tokens[self.at]
        if self.last.kind == "broken":
            raise Broken(self.last.text, self.last.start)
        if self.last.kind != "end":
            self.at += 1
        return self.last

    def skip(self) -> Token:
        """The next token that is no space, not taken yet."""
        while self.tokens[self.at].kind == "space":
            self.at += 1
        token = self.tokens[self.at]
        if token.kind == "broken":
            raise Broken(token.text, token.start)
        return token

    def expect_right(self, what: str) -> None:
        token = self.skip()
        if token.kind != "right":
            raise _unexpected(token, what)
        self.next()

    def descend(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TooDeep

    # ── nodes ────────────────────────────────────────────────────────────────
    def nodes(self) -> tuple[tuple[Node, ...], End]:
        """What stands up to `end`, `else` or the end of the text, and which of them it was."""
        found: list[Node] = []
        while True:
            token = self.next()
            if token.kind == "end":
                return tuple(found), ""
            if token.kind == "text":
                found.append(Text(token.text))
                continue
            word = self.skip()
            if word.kind == "keyword" and word.text in ("end", "else"):
                self.next()
                if word.text == "end":
                    self.expect_right("end")
                return tuple(found), "end" if word.text == "end" else "else"
            found += self.action(word)

    def action(self, word: Token) -> list[Node]:
        if word.kind != "keyword" or word.text == "nil":
            return [Action(self.pipeline("a command", "right"))]
        self.next()
        if word.text in ("break", "continue"):
            self.expect_right(word.text)
            if not self.loops:
                raise Broken(f"{{{{ {word.text} }}}} outside a range", word.start)
            return []
        if word.text == "template":
            name = self.name(word)
            self.skip()
            if self.tokens[self.at].kind == "right":
                self.next()
                return [Called(name, None, word.start)]
            return [Called(name, self.pipeline("template", "right"), word.start)]
        if word.text == "define":
            return [self.definition(word)]
        if word.text == "block":
            name = self.name(word)
            pipeline = self.pipeline("block", "right")
            return [Named(name, pipeline, self.separate(word))]
        return [self.control(word)]

    def control(self, word: Token) -> Control:
        known = len(self.variables)
        self.descend()
        pipeline = self.pipeline(word.text, "right")
        self.loops += word.text == "range"
        body, end = self.nodes()
        self.loops -= word.text == "range"
        otherwise: tuple[Node, ...] = ()
        if end == "else":
            again = self.skip()
            if again.kind == "keyword" and again.text in ("if", "with") and again.text == word.text:
                self.next()
                otherwise, end = (self.control(again),), "end"
            else:
                self.expect_right("else")
                otherwise, end = self.nodes()
        if end != "end":
            what = "a second {{ else }} where {{ end }} should be" if end else "isn't closed with {{ end }}"
            raise Broken(
                f"{{{{ {word.text} }}}}: {what}" if end else f"{{{{ {word.text} }}}} {what}", word.start
            )
        self.depth -= 1
        del self.variables[known:]
        assert word.text in _CONTROLS
        return Control(word.text, pipeline, body, otherwise)  # type: ignore[arg-type]  # it is one of the three

    def definition(self, word: Token) -> Named:
        if self.depth:
            raise Broken("{{ define }} can't stand in another block", word.start)
        name = self.name(word)
        self.expect_right("define")
        return Named(name, None, self.separate(word))

    def separate(self, word: Token) -> tuple[Node, ...]:
        """The nodes of a template of its own, which knows no variable from around it."""
        around, self.variables = self.variables, ["$"]
        loops, self.loops = self.loops, 0
        self.descend()
        body, end = self.nodes()
        if end != "end":
            raise Broken(f"{{{{ {word.text} }}}} isn't closed with {{{{ end }}}}", word.start)
        self.depth -= 1
        self.variables, self.loops = around, loops
        return body

    def name(self, word: Token) -> str:
        token = self.skip()
        if token.kind != "string":
            raise Broken(f"{{{{ {word.text} }}}} needs a name in quotes", token.start)
        self.next()
        return _unquoted(token)

    # ── pipelines ────────────────────────────────────────────────────────────
    def pipeline(self, what: str, end: Literal["right", "close"]) -> Pipeline:
        declared = self.declared(what)
        commands: list[tuple[Term, ...]] = []
        while True:
            token = self.skip()
            if token.kind == end:
                self.next()
                break
            if token.kind in ("end", "right", "close", "pipe", "comma", "declare", "assign", "other", "left"):
                raise _unexpected(token, what)
            if token.kind == "keyword" and token.text != "nil":
                raise _unexpected(token, what)
            commands.append(self.command())
        if not commands:
            raise Broken(f"{what if what != 'a command' else '{{ }}'} needs a value", self.last.start)
        for command in commands[1:]:
            if isinstance(command[0], Constant) or (isinstance(command[0], Dot) and not command[0].fields):
                raise Broken("what stands after | must be a function", self.last.start)
        return Pipeline(tuple(declared), tuple(commands))

    def declared(self, what: str) -> list[str]:
        """The variables before `:=` or `=`; none when there is no such sign."""
        before = self.at
        names: list[str] = []
        while self.skip().kind == "variable":
            name = self.next()
            sign = self.skip()
            if sign.kind in ("declare", "assign"):
                self.next()
                names.append(name.text)
                self.variables.append(name.text)
                return names
            if sign.kind != "comma":
                break
            self.next()
            names.append(name.text)
            self.variables.append(name.text)
            if what != "range" or len(names) > 1:
                raise Broken(f"{what} can't declare so many variables", name.start)
            if self.skip().kind not in ("variable", "right", "close"):
                raise Broken("range can only declare variables before its :=", name.start)
        if names:
            return names  # as Go takes `range $a, $b`
        self.at = before
        return []

    def command(self) -> tuple[Term, ...]:
        terms: list[Term] = []
        while True:
            self.skip()
            term = self.operand()
            if term is not None:
                terms.append(term)
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in ("right", "close"):
                self.at -= 1
            elif token.kind != "pipe":
                raise _unexpected(token, "an operand")
            break
        if not terms:
            raise Broken("a command is empty", self.last.start)
        return tuple(terms)

    def operand(self) -> Term | None:
        start = self.tokens[self.at]
        term = self.term()
        if term is None:
            return None
        fields: list[str] = []
        while self.tokens[self.at].kind == "field":
            fields.append(self.next().text[1:])
        if not fields:
            return term
        if isinstance(term, Dot) and term.fields:
            return Dot((*term.fields, *fields), term.start)
        if isinstance(term, Variable):
            return Variable(term.name, (*term.fields, *fields), term.start)
        if isinstance(term, Inner):
            return Inner(term.pipeline, tuple(fields))
        if isinstance(term, Function):
            return Inner(Pipeline((), ((term,),)), tuple(fields))
        raise Broken(f"no field can follow {start.text!r:.40}", start.start)

    def term(self) -> Term | None:
        token = self.tokens[self.at]
        if token.kind == "word":
            if token.text in ("true", "false"):
                self.next()
                return Constant("bool", token.text)
            if token.text not in self.functions:
                raise Broken(f"there is no function {token.text!r:.60}", token.start)
            self.next()
            return Function(token.text, token.start)
        if token.kind == "dot":
            self.next()
            return Dot((), token.start)
        if token.kind == "keyword" and token.text == "nil":
            self.next()
            return Constant("nil", "nil")
        if token.kind == "variable":
            if token.text not in self.variables:
                raise Broken(f"there is no variable {token.text}", token.start)
            self.next()
            return Variable(token.text, (), token.start)
        if token.kind == "field":
            self.next()
            return Dot((token.text[1:],), token.start)
        if token.kind == "number":
            if not _NUMBER.fullmatch(token.text) or _OCTAL.fullmatch(token.text):
                raise Broken(f"{token.text!r:.40} is not a number", token.start)
            self.next()
            return Constant("number", token.text)
        if token.kind in ("string", "character"):
            self.next()
            kind: Literal["string", "number"] = "string" if token.kind == "string" else "number"
            return Constant(kind, _unquoted(token))
        if token.kind == "open":
            self.next()
            self.descend()
            inner = self.pipeline("a parenthesis", "close")
            self.depth -= 1
            return Inner(inner, ())
        return None


def _unexpected(token: Token, what: str) -> Broken:
    if token.text == "}":
        return Broken("an action {{ is closed with }}, not with one }", token.start)
    shown = {"end": "the end of the text", "right": "}}"}.get(token.kind) or repr(token.text)
    return Broken(f"{shown:.60} can't stand where {what} should", token.start)


def _unquoted(token: Token) -> str:
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
        parts.append(_meant(escape[0][1:]))
        at = escape.end()
    text = "".join(parts)
    if token.kind == "character" and len(text) != 1:
        raise Broken(f'{token.text!r:.40} is not one character; text stands in "…" or `…`', token.start)
    return text


def _meant(escape: str) -> str:
    if escape[0] in _SIMPLE:
        return _SIMPLE[escape[0]]
    if escape[0] in "xuU":
        code = int(escape[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return chr(int(escape, 8)) if escape[0].isdigit() else escape
