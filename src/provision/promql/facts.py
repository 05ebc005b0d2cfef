"""What checks want to know of an expression, found in one walk: its tree, and all of its selectors, calls,
aggregations, operations and subqueries.

`facts(expr)` keeps what it found, so that every check may ask again. Grafana variables must be replaced before
(`provision.promql.variables.placeholder`); `provision.promql.standins.stands_in` tells the words that took their
place from those that somebody wrote. What labels a node's result has is said by `provision.promql.branches`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

import promql_parser as ast

from provision.promql.lightened import matched
from provision.promql.nodes import (
    Aggregation,
    Call,
    Matcher,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    Text,
    VectorSelector,
)
from provision.promql.parse import forget_trees, is_deep, light_tree

_KEPT = 12_288
"""Facts that are kept, each of 5 KB: as many as the rules of a large project, which several checks look at by turns."""


@dataclass(slots=True)
class Facts:
    """An expression's tree, and its nodes of each kind in the order of the text.

    Attributes:
        root: the node that holds all others.
    """

    root: Node = field(init=False)
    selectors: list[VectorSelector] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    aggregations: list[Aggregation] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    subqueries: list[Subquery] = field(default_factory=list)

    @property
    def timed(self) -> list[VectorSelector | Subquery]:
        """What may have a range, an offset and a time."""
        return [*self.selectors, *self.subqueries]


@lru_cache(maxsize=_KEPT)
def facts(expr: str) -> Facts | None:
    """The facts of `expr`; None when it isn't PromQL, or is longer than anybody looks at (some hundred operators or
    brackets in one another)."""
    parsed = light_tree(expr)
    if parsed is None or is_deep(expr):
        return None
    found = Facts()
    found.root = _MADE[type(parsed)](parsed, None, found)
    return found


def forget() -> None:
    """Free what is kept of expressions, up to 100 MB, when all who look at them are done."""
    facts.cache_clear()
    forget_trees()


def _number(parsed: Any, parent: Node | None, _: Facts) -> Node:
    return Number(parent, parsed.val)


def _text(parsed: Any, parent: Node | None, _: Facts) -> Node:
    return Text(parent, parsed.val)


def _in_parentheses(parsed: Any, parent: Node | None, found: Facts) -> Node:
    return _MADE[type(parsed.expr)](parsed.expr, parent, found)


def _selector(parsed: Any, parent: Node | None, found: Facts, range_: float | None = None) -> Node:
    name = parsed.name
    matchers = []
    for matcher in parsed.matchers.matchers:
        label, (op, value) = matcher.name, matched(_OPS[str(matcher.op)], matcher.value)
        if label == "__name__" and op == "=" and name is None:
            name = value
        else:
            matchers.append(Matcher(label, op, value))
    made = VectorSelector(
        parent, name, tuple(matchers), range_, _seconds(parsed.offset) or 0.0, parsed.at is not None
    )
    found.selectors.append(made)
    return made


def _range(parsed: Any, parent: Node | None, found: Facts) -> Node:
    return _selector(parsed.vector_selector, parent, found, parsed.range.total_seconds())


def _call(parsed: Any, parent: Node | None, found: Facts) -> Node:
    made = Call(parent, parsed.func.name, ())
    found.calls.append(made)
    made.arguments = tuple([_MADE[type(argument)](argument, made, found) for argument in parsed.args])
    return made


def _aggregation(parsed: Any, parent: Node | None, found: Facts) -> Node:
    modifier = parsed.modifier
    grouping: Literal["by", "without", ""] = ""
    labels: tuple[str, ...] = ()
    if modifier is not None:
        grouping = "by" if str(modifier.type) == "AggModifierType.By" else "without"
        labels = tuple(modifier.labels)
    made = Aggregation(parent, str(parsed.op).lower(), None, _NOTHING, grouping, labels)
    found.aggregations.append(made)
    if parsed.param is not None:
        made.parameter = _MADE[type(parsed.param)](parsed.param, made, found)
    made.operand = _MADE[type(parsed.expr)](parsed.expr, made, found)
    return made


def _operation(parsed: Any, parent: Node | None, found: Facts) -> Node:
    made = Operation(parent, str(parsed.op).lower(), _NOTHING, _NOTHING)
    modifier = parsed.modifier
    if modifier is not None:
        made.is_bool = modifier.return_bool
        fill = modifier.fill_values
        made.is_filled = fill is not None and (fill.lhs is not None or fill.rhs is not None)
        matching = modifier.matching
        if matching is not None:
            made.matching = "on" if str(matching.type) == "LabelModifierType.Include" else "ignoring"
            made.labels = tuple(matching.labels)
        made.group = _GROUPS.get(str(modifier.card), "")
        if made.group:
            made.included = tuple(modifier.group_labels or ())
    made.left = _MADE[type(parsed.lhs)](parsed.lhs, made, found)
    found.operations.append(made)
    made.right = _MADE[type(parsed.rhs)](parsed.rhs, made, found)
    return made


def _subquery(parsed: Any, parent: Node | None, found: Facts) -> Node:
    made = Subquery(
        parent,
        _NOTHING,
        parsed.range.total_seconds(),
        _seconds(parsed.step),
        _seconds(parsed.offset) or 0.0,
        parsed.at is not None,
    )
    made.operand = _MADE[type(parsed.expr)](parsed.expr, made, found)
    found.subqueries.append(made)
    return made


def _negation(parsed: Any, parent: Node | None, found: Facts) -> Node:
    made = Negation(parent, _NOTHING)
    made.operand = _MADE[type(parsed.expr)](parsed.expr, made, found)
    return made


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


_NOTHING = Number(None, 0.0)
"""What stands in the place of an operand until it is known: a parent is made before its children."""

_OPS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_GROUPS: dict[str, Literal["left", "right"]] = {
    "VectorMatchCardinality.ManyToOne": "left",
    "VectorMatchCardinality.OneToMany": "right",
}
_MADE: dict[type, Callable[[Any, Node | None, Facts], Node]] = {
    ast.NumberLiteral: _number,
    ast.StringLiteral: _text,
    ast.ParenExpr: _in_parentheses,
    ast.VectorSelector: _selector,
    ast.MatrixSelector: _range,
    ast.Call: _call,
    ast.AggregateExpr: _aggregation,
    ast.BinaryExpr: _operation,
    ast.SubqueryExpr: _subquery,
    ast.UnaryExpr: _negation,
}
