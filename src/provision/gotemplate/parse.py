"""Text to the tree of a template, whose pipelines are read in `pipelines`. Source: the parser of Go's text/template/parse (1.24)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from provision.gotemplate.literals import unquoted
from provision.gotemplate.nodes import Action, Called, Control, Named, Node, Text
from provision.gotemplate.pipelines import pipeline
from provision.gotemplate.reader import Reader
from provision.gotemplate.tokens import Broken, Token, listed

_CONTROLS: Final = frozenset({"if", "with", "range"})

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
    reader = Reader(listed(text), frozenset(functions), ["$", *variables])
    nodes, end = _nodes(reader)
    if end:
        raise Broken(f"an {{{{ {end} }}}} without an if, with or range before it", reader.last.start)
    return nodes


def _nodes(reader: Reader) -> tuple[tuple[Node, ...], End]:
    """What stands up to `end`, `else` or the end of the text, and which of them it was."""
    found: list[Node] = []
    while True:
        token = reader.next()
        if token.kind == "end":
            return tuple(found), ""
        if token.kind == "text":
            found.append(Text(token.text))
            continue
        word = reader.skip()
        if word.kind == "keyword" and word.text in ("end", "else"):
            reader.next()
            if word.text == "end":
                reader.expect_right("end")
            return tuple(found), "end" if word.text == "end" else "else"
        found += _action(reader, word)


def _action(reader: Reader, word: Token) -> list[Node]:
    if word.kind != "keyword" or word.text == "nil":
        return [Action(pipeline(reader, "a command", "right"))]
    reader.next()
    if word.text in ("break", "continue"):
        reader.expect_right(word.text)
        if not reader.loops:
            raise Broken(f"{{{{ {word.text} }}}} outside a range", word.start)
        return []
    if word.text == "template":
        name = _name(reader, word)
        reader.skip()
        if reader.tokens[reader.at].kind == "right":
            reader.next()
            return [Called(name, None, word.start)]
        return [Called(name, pipeline(reader, "template", "right"), word.start)]
    if word.text == "define":
        return [_definition(reader, word)]
    if word.text == "block":
        name = _name(reader, word)
        piped = pipeline(reader, "block", "right")
        return [Named(name, piped, _separate(reader, word))]
    return [_control(reader, word)]


def _control(reader: Reader, word: Token) -> Control:
    known = len(reader.variables)
    reader.descend()
    piped = pipeline(reader, word.text, "right")
    reader.loops += word.text == "range"
    body, end = _nodes(reader)
    reader.loops -= word.text == "range"
    otherwise: tuple[Node, ...] = ()
    if end == "else":
        again = reader.skip()
        if again.kind == "keyword" and again.text in ("if", "with") and again.text == word.text:
            reader.next()
            otherwise, end = (_control(reader, again),), "end"
        else:
            reader.expect_right("else")
            otherwise, end = _nodes(reader)
    if end != "end":
        what = "a second {{ else }} where {{ end }} should be" if end else "isn't closed with {{ end }}"
        raise Broken(f"{{{{ {word.text} }}}}: {what}" if end else f"{{{{ {word.text} }}}} {what}", word.start)
    reader.depth -= 1
    del reader.variables[known:]
    assert word.text in _CONTROLS
    return Control(word.text, piped, body, otherwise)  # type: ignore[arg-type]  # it is one of the three


def _definition(reader: Reader, word: Token) -> Named:
    if reader.depth:
        raise Broken("{{ define }} can't stand in another block", word.start)
    name = _name(reader, word)
    reader.expect_right("define")
    return Named(name, None, _separate(reader, word))


def _separate(reader: Reader, word: Token) -> tuple[Node, ...]:
    """The nodes of a template of its own, which knows no variable from around it."""
    around, reader.variables = reader.variables, ["$"]
    loops, reader.loops = reader.loops, 0
    reader.descend()
    body, end = _nodes(reader)
    if end != "end":
        raise Broken(f"{{{{ {word.text} }}}} isn't closed with {{{{ end }}}}", word.start)
    reader.depth -= 1
    reader.variables, reader.loops = around, loops
    return body


def _name(reader: Reader, word: Token) -> str:
    token = reader.skip()
    if token.kind != "string":
        raise Broken(f"{{{{ {word.text} }}}} needs a name in quotes", token.start)
    reader.next()
    return unquoted(token)
