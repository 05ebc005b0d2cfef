"""Where the nodes of an expression stand in its text.

promql-parser gives no positions. The words of an expression come in the order of its nodes, so the first selector's
name is the first word that can be one, and so on for calls, aggregations and operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from provision.promql.facts import Facts
from provision.promql.nodes import Aggregation, Call, Node, Operation, VectorSelector
from provision.promql.tokens import Misplaced, Token, tokens
from provision.promql.vocabulary import AGGREGATIONS

Span = tuple[int, int]
"""Where something begins, and where what follows it does, in characters counted from 0."""

_LISTS = frozenset({
    "by", "without", "on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right",
})  # fmt: skip
"""Words whose parentheses hold labels, or a number, rather than operands."""
_WORD_OPERATORS = frozenset({"and", "or", "unless", "atan2"})
_OPERATORS = frozenset({"+", "-", "*", "/", "%", "^", "==", "!=", ">=", "<=", ">", "<", ">/", "</"})
_OTHERS = frozenset(
    {"bool", "offset", "inf", "nan", "fill", "fill_left", "fill_right", "anchored", "smoothed"}
)
_CLOSING = {"(": ")", "{": "}", "[": "]"}
_OPENING = frozenset(_CLOSING)


def span(expr: str, found: Facts, node: Node) -> Span | None:
    """The span of a node in `expr`, of which `found` are the facts: of a selector with its matchers and range, of a
    call with its arguments, of an operation its operator; None where that can't be told."""
    kinds: tuple[tuple[type, Sequence[Node]], ...] = (
        (VectorSelector, found.selectors),
        (Call, found.calls),
        (Aggregation, found.aggregations),
        (Operation, found.operations),
    )
    for number, (kind, nodes) in enumerate(kinds):
        if isinstance(node, kind):
            spans = _spans(expr)[number]
            is_told = len(spans) == len(nodes) and node in nodes
            return spans[nodes.index(node)] if is_told else None
    return None


@lru_cache(maxsize=64)
def _spans(expr: str) -> tuple[list[Span], list[Span], list[Span], list[Span]]:
    """The spans of all selectors, calls, aggregations and operators; none where the text is no PromQL."""
    selectors: list[Span] = []
    calls: list[Span] = []
    aggregations: list[Span] = []
    operators: list[Span] = []
    try:
        words = tokens(expr)
    except Misplaced:
        return selectors, calls, aggregations, operators
    at = 0
    is_operand = True  # whether an operand may begin here
    while words[at].kind != "end":
        token, after = words[at], words[at + 1]
        lower = token.text.lower()
        if not is_operand and (token.text in _OPERATORS or lower in _WORD_OPERATORS):
            operators.append((token.start, token.end))
            is_operand = True
        elif token.kind == "word" and lower in _LISTS and after.text == "(":
            at = _closing(words, at + 1)
        elif lower in ("group_left", "group_right") and words[at - 1].text == ")":
            pass  # without labels of its own, after those that match
        elif token.kind == "word" and is_operand and lower in AGGREGATIONS and _aggregates(after):
            aggregations.append((token.start, words[_aggregation_end(words, at)].end))
        elif token.kind == "word" and is_operand and after.text == "(" and lower not in _OTHERS:
            calls.append((token.start, words[_closing(words, at + 1)].end))
        elif is_operand and (token.text == "{" or (token.kind == "word" and lower not in _OTHERS)):
            at = _selector_end(words, at)
            selectors.append((token.start, words[at].end))
            is_operand = False
        elif token.text == "[":
            at = _closing(words, at)
        elif lower == "offset" and not is_operand:
            at = _closing(words, at + 1) if after.text == "(" else at + (after.text in ("+", "-"))
        elif token.text == "@" and after.text.lower() in ("start", "end"):
            at += 3
        else:
            is_operand = token.text in "(," or lower == "bool" or (is_operand and token.text in "+-")
        at += 1
    return selectors, calls, aggregations, operators


def _aggregates(after: Token) -> bool:
    return after.text == "(" or after.text.lower() in ("by", "without")


def _closing(words: list[Token], at: int) -> int:
    """Where the bracket that opens at `at` is closed."""
    depth = 0
    while words[at].kind != "end":
        if words[at].kind == "symbol" and words[at].text in _OPENING:
            depth += 1
        elif words[at].kind == "symbol" and words[at].text in ")}]":
            depth -= 1
            if depth == 0:
                break
        at += 1
    return at


def _aggregation_end(words: list[Token], at: int) -> int:
    """The last token of an aggregation that begins at `at`; the labels may stand before or after what it takes."""
    at += 1
    if words[at].text != "(":
        return _closing(words, _closing(words, at + 1) + 1)
    end = _closing(words, at)
    if (
        words[end].kind != "end"
        and words[end + 1].text.lower() in ("by", "without")
        and words[end + 2].text == "("
    ):
        end = _closing(words, end + 2)
    return end


def _selector_end(words: list[Token], at: int) -> int:
    """The last token of a selector: of its matchers and its range, if it has such."""
    if words[at].text == "{":
        at = _closing(words, at)
    elif words[at + 1].text == "{":
        at = _closing(words, at + 1)
    return _closing(words, at + 1) if words[at + 1].text == "[" else at
