"""What an expression is made of: a tree of PromQL, without parentheses and in the words of its grammar.

A node knows its parent, so that a check can ask what stands around it. Nodes are made once, by
`provision.promql.facts`, and never changed after; two nodes are equal only when they are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from provision.promql.branches import Branch


class Matcher(NamedTuple):
    """A label matcher.

    Attributes:
        op: `=`, `!=`, `=~` or `!~`.
    """

    label: str
    op: str
    value: str


@dataclass(slots=True, eq=False)
class Number:
    """A number; a duration that stands for one, in seconds."""

    parent: Node | None
    value: float
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Text:
    """A string."""

    parent: Node | None
    value: str
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class VectorSelector:
    """Series that are read, as an instant vector, or as a range vector when it has a range.

    Attributes:
        name: the metric's name, None when it is given by no name or by a pattern.
        matchers: the others, a pattern for `__name__` included.
        range_seconds: how far back it reads; None for an instant vector.
        offset_seconds: how long ago; 0 when none is given, negative for the future.
        is_pinned: whether `@` gives the time.
    """

    parent: Node | None
    name: str | None
    matchers: tuple[Matcher, ...]
    range_seconds: float | None
    offset_seconds: float
    is_pinned: bool
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Subquery:
    """An expression evaluated again and again, such as `max_over_time(x[1h:5m])`.

    Attributes:
        step_seconds: how often; None for the server's own interval.
    """

    parent: Node | None
    operand: Node
    range_seconds: float
    step_seconds: float | None
    offset_seconds: float
    is_pinned: bool
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Call:
    """A function called, such as `rate(…)`."""

    parent: Node | None
    function: str
    arguments: tuple[Node, ...]
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Aggregation:
    """Series aggregated, such as `sum by (job) (…)`.

    Attributes:
        operation: in small letters.
        parameter: the first argument of `topk`, `quantile`, `count_values` and their like.
        grouping: `by`, `without`, or empty.
        labels: what stands after it.
    """

    parent: Node | None
    operation: str
    parameter: Node | None
    operand: Node
    grouping: Literal["by", "without", ""]
    labels: tuple[str, ...]
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Operation:
    """Two operands with an operator between them.

    Attributes:
        operator: in small letters.
        is_bool: whether a comparison gives 0 or 1 rather than filtering.
        matching: `on`, `ignoring`, or empty.
        labels: what stands after it.
        group: `left`, `right`, or empty.
        included: the labels after `group_left` or `group_right`.
        is_filled: whether `fill` gives a value where the other side has nothing.
    """

    parent: Node | None
    operator: str
    left: Node
    right: Node
    is_bool: bool = False
    matching: Literal["on", "ignoring", ""] = ""
    labels: tuple[str, ...] = ()
    group: Literal["left", "right", ""] = ""
    included: tuple[str, ...] = ()
    is_filled: bool = False
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Negation:
    """A minus before an operand."""

    parent: Node | None
    operand: Node
    branches: tuple[Branch, ...] | None = field(default=None, repr=False)


Node = Number | Text | VectorSelector | Subquery | Call | Aggregation | Operation | Negation

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SETS = frozenset({"and", "or", "unless"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})

SCALARS = frozenset({"scalar", "time", "pi", "start", "end", "step", "range", "max_of", "min_of"})
"""Functions that give a number rather than series."""

SAMPLING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that return some of their series as they are."""


def above(node: Node) -> Iterator[Node]:
    """What stands around a node, from its parent outwards."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def is_scalar(node: Node) -> bool:
    """Whether a node gives a number rather than series."""
    if isinstance(node, Number):
        return True
    if isinstance(node, Call):
        return node.function in SCALARS
    if isinstance(node, Negation):
        return is_scalar(node.operand)
    return isinstance(node, Operation) and is_scalar(node.left) and is_scalar(node.right)


def vector_of(node: Call) -> Node | None:
    """The argument of a call whose series it returns in another form; None when it takes none."""
    for argument in node.arguments:
        if type(argument) is VectorSelector or not (
            isinstance(argument, Text | Number) or is_scalar(argument)
        ):
            return argument
    return None


def within(node: Node) -> Iterator[Node]:
    """A node and all in it."""
    yield node
    for child in children(node):
        yield from within(child)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes that stand directly in one."""
    if isinstance(node, Operation):
        return node.left, node.right
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Aggregation):
        return (node.operand,) if node.parameter is None else (node.parameter, node.operand)
    return (node.operand,) if isinstance(node, Subquery | Negation) else ()
