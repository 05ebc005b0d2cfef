"""The pipelines of a template: what they declare, their commands, and the terms of these. Source: the parser of Go's
text/template/parse (1.24)."""

from __future__ import annotations

from typing import Literal

from provision.gotemplate.literals import number, unquoted
from provision.gotemplate.nodes import Constant, Dot, Function, Inner, Pipeline, Term, Variable
from provision.gotemplate.reader import Reader, unexpected
from provision.gotemplate.tokens import Broken


def pipeline(reader: Reader, what: str, end: Literal["right", "close"]) -> Pipeline:
    """A pipeline and the token that ends it, taken.

    Args:
        what: what it belongs to, for messages.

    Raises:
        Broken: it is none.
        TooDeep: more parentheses stand in one another than anybody writes.
    """
    declared = _declared(reader, what)
    commands: list[tuple[Term, ...]] = []
    while True:
        token = reader.skip()
        if token.kind == end:
            reader.next()
            break
        if token.kind in ("end", "right", "close", "pipe", "comma", "declare", "assign", "other", "left"):
            raise unexpected(token, what)
        if token.kind == "keyword" and token.text != "nil":
            raise unexpected(token, what)
        commands.append(_command(reader))
    if not commands:
        raise Broken(f"{what if what != 'a command' else '{{ }}'} needs a value", reader.last.start)
    for command in commands[1:]:
        if isinstance(command[0], Constant) or (isinstance(command[0], Dot) and not command[0].fields):
            raise Broken("what stands after | must be a function", reader.last.start)
    return Pipeline(tuple(declared), tuple(commands))


def _declared(reader: Reader, what: str) -> list[str]:
    """The variables before `:=` or `=`; none when there is no such sign."""
    before = reader.at
    names: list[str] = []
    while reader.skip().kind == "variable":
        name = reader.next()
        sign = reader.skip()
        if sign.kind in ("declare", "assign"):
            reader.next()
            names.append(name.text)
            reader.variables.append(name.text)
            return names
        if sign.kind != "comma":
            break
        reader.next()
        names.append(name.text)
        reader.variables.append(name.text)
        if what != "range" or len(names) > 1:
            raise Broken(f"{what} can't declare so many variables", name.start)
        if reader.skip().kind not in ("variable", "right", "close"):
            raise Broken("range can only declare variables before its :=", name.start)
    if names:
        return names  # as Go takes `range $a, $b`
    reader.at = before
    return []


def _command(reader: Reader) -> tuple[Term, ...]:
    terms: list[Term] = []
    while True:
        reader.skip()
        term = _operand(reader)
        if term is not None:
            terms.append(term)
        token = reader.next()
        if token.kind == "space":
            continue
        if token.kind in ("right", "close"):
            reader.at -= 1
        elif token.kind != "pipe":
            raise unexpected(token, "an operand")
        break
    if not terms:
        raise Broken("a command is empty", reader.last.start)
    return tuple(terms)


def _operand(reader: Reader) -> Term | None:
    start = reader.tokens[reader.at]
    term = _term(reader)
    if term is None:
        return None
    fields: list[str] = []
    while reader.tokens[reader.at].kind == "field":
        fields.append(reader.next().text[1:])
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


def _term(reader: Reader) -> Term | None:
    token = reader.tokens[reader.at]
    if token.kind == "word":
        if token.text in ("true", "false"):
            reader.next()
            return Constant("bool", token.text)
        if token.text not in reader.functions:
            raise Broken(f"there is no function {token.text!r:.60}", token.start)
        reader.next()
        return Function(token.text, token.start)
    if token.kind == "dot":
        reader.next()
        return Dot((), token.start)
    if token.kind == "keyword" and token.text == "nil":
        reader.next()
        return Constant("nil", "nil")
    if token.kind == "variable":
        if token.text not in reader.variables:
            raise Broken(f"there is no variable {token.text}", token.start)
        reader.next()
        return Variable(token.text, (), token.start)
    if token.kind == "field":
        reader.next()
        return Dot((token.text[1:],), token.start)
    if token.kind == "number":
        text = number(token)
        reader.next()
        return Constant("number", text)
    if token.kind in ("string", "character"):
        reader.next()
        kind: Literal["string", "number"] = "string" if token.kind == "string" else "number"
        return Constant(kind, unquoted(token))
    if token.kind == "open":
        reader.next()
        reader.descend()
        inner = pipeline(reader, "a parenthesis", "close")
        reader.depth -= 1
        return Inner(inner, ())
    return None
