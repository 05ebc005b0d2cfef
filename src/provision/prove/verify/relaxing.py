"""An expression made such that it has data as soon as what it reads has, and the question whether it has."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import promql_parser as ast

from provision.promql.parse import tree
from provision.promql.tokens import Misplaced, tokens

_COMPARISONS: Final = frozenset({"==", "!=", ">=", "<=", ">", "<"})
_ABSENCE: Final = {"absent": "", "absent_over_time": "last_over_time"}
_HIDING: Final = frozenset({"or", "unless", "absent", "absent_over_time"})
_SCALARS: Final = frozenset({"scalar", "time", "pi", "start", "end", "step", "range", "max_of", "min_of"})


@lru_cache(maxsize=16384)
def relaxed(expr: str) -> str:
    """`expr` as it has data when nothing is wrong and nothing is missing: its comparisons drop nothing (`> bool 0`),
    `absent(x)` is `x`, and `unless` takes nothing away. It is the same text when it has none of these.

    An alert that isn't firing returns nothing, and that is as it should be: what can be proved is that the two sides of
    its comparison have data.
    """
    try:
        listed = tokens(expr)
    except Misplaced:
        return expr
    parts, position, in_braces = [], 0, False
    for token, following in pairwise(listed):
        word = token.text.lower()
        start, end, words = token.end, token.end, ""
        if token.text in "{}" and token.kind == "symbol":
            in_braces = token.text == "{"
        elif in_braces:
            continue
        elif token.kind == "symbol" and token.text in _COMPARISONS and following.text.lower() != "bool":
            words = " bool"
        elif token.kind == "word" and word in _ABSENCE and following.text == "(":
            start, words = token.start, _ABSENCE[word]
        elif token.kind == "word" and word == "unless":
            start, words = token.start, "or"
        if start != end or words:
            parts += [expr[position:start], words]
            position = end
    return "".join((*parts, expr[position:]))


def hides(expr: str) -> bool:
    """Whether `expr` may have data although something that it reads has none: `or`, `unless`, `absent`."""
    try:
        listed = tokens(expr)
    except Misplaced:
        return False
    return any(
        token.kind == "word"
        and token.text.lower() in _HIDING
        and following.text not in ("=", "!=", "=~", "!~")
        for token, following in pairwise(listed)
    )


@lru_cache(maxsize=16384)
def counting(expr: str) -> str:
    """The question how many series `expr` has, whose answer is always small; `expr` itself where it is a number, or
    can't be read."""
    found = tree(expr)
    kind = None if found is None else value_type(found)
    if kind == "vector":
        return f"count({expr}\n)"  # on a line of its own, as the expression may end with a comment
    if kind == "matrix":
        return f"count(last_over_time({expr}\n))"
    return expr


def value_type(node: Any) -> str:
    """`vector`, `matrix`, `scalar` or `string`."""
    if isinstance(node, ast.ParenExpr | ast.UnaryExpr):
        return value_type(node.expr)
    if isinstance(node, ast.MatrixSelector | ast.SubqueryExpr):
        return "matrix"
    if isinstance(node, ast.NumberLiteral):
        return "scalar"
    if isinstance(node, ast.StringLiteral):
        return "string"
    if isinstance(node, ast.BinaryExpr):
        both = {value_type(node.lhs), value_type(node.rhs)}
        return "scalar" if both == {"scalar"} else "vector"
    if isinstance(node, ast.Call) and node.func.name in _SCALARS:
        return "scalar"
    return "vector"
