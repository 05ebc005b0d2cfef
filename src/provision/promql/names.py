"""What an expression reads: its selectors, with the metric's name and the matchers of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import promql_parser

from provision.promql.parse import tree

_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label matcher.

    Attributes:
        op: `=`, `!=`, `=~` or `!~`.
    """

    label: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """A set of series that an expression reads.

    Attributes:
        name: the metric's name, None when it is given by no name or by a pattern.
        matchers: the others, a pattern for `__name__` included.
    """

    name: str | None
    matchers: tuple[Matcher, ...] = ()


@lru_cache(maxsize=16384)
def selectors(expr: str) -> tuple[Selector, ...]:
    """The selectors of `expr` from left to right; none when it isn't PromQL. Grafana variables must be
    replaced before."""
    parsed = tree(expr)
    if parsed is None:
        return ()
    found: list[Selector] = []

    def visit(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(_selector(node))

    promql_parser.walk(parsed, visit)
    return tuple(found)


def _selector(node: promql_parser.VectorSelector) -> Selector:
    name = node.name
    matchers = []
    for matcher in node.matchers.matchers:
        op = _OPERATORS[str(matcher.op)]
        if matcher.name == "__name__" and op == "=" and name is None:
            name = matcher.value
        else:
            matchers.append(Matcher(matcher.name, op, matcher.value))
    return Selector(name, tuple(matchers))
