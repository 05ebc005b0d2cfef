"""Matchers in braces, labels in parentheses, and the names and strings that both are made of."""

from __future__ import annotations

from provision.promql.reader import Reader
from provision.promql.tokens import Misplaced


def matchers(reader: Reader) -> None:
    """The matchers of a selector, from its opening brace."""
    reader.take()
    while not reader.symbol("}"):
        name = reader.now
        if name.kind == "string":
            string(reader)
        elif name.kind == "word":
            reader.take()
        else:
            raise reader.unexpected("a label's name or '}'")
        if reader.symbol("=", "!=", "=~", "!~"):
            reader.take()
            if reader.now.kind != "string":
                raise reader.unexpected("a quoted value")
            string(reader)
        elif name.kind == "word":
            raise reader.unexpected("one of = != =~ !~")
        if reader.symbol(","):
            reader.take()
        elif not reader.symbol("}"):
            raise reader.unexpected("',' or '}'")
    reader.take()


def labels(reader: Reader) -> None:
    """`(a, b)` after by, without, on, ignoring, group_left, group_right."""
    reader.expect("(", "'('")
    while not reader.symbol(")"):
        if reader.now.kind == "word":
            identifier(reader, label=True)
        elif reader.now.kind == "string":
            if len(reader.now.text) == len("''"):
                raise Misplaced("a label has no name", reader.now.start)
            string(reader)
        else:
            raise reader.unexpected("a label's name")
        if reader.symbol(","):
            reader.take()
        elif not reader.symbol(")"):
            raise reader.unexpected("',' or ')'")
    reader.take()


def identifier(reader: Reader, *, label: bool = False) -> None:
    """A metric's or a label's name; promql-parser takes two for keywords, and refuses a label's colon."""
    token = reader.take()
    if token.text.lower() in ("anchored", "smoothed"):
        reader.replacements.append((token.start, token.end, f"{token.text}_"))
    elif label and ":" in token.text:
        reader.replacements.append((token.start, token.end, token.text.replace(":", "_")))


def string(reader: Reader) -> None:
    """A string; promql-parser reads escapes in backquotes, where there are none."""
    token = reader.take()
    if token.text[0] == "`" and "\\" in token.text:
        inner = token.text[1:-1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        reader.replacements.append((token.start, token.end, f'"{inner}"'))
