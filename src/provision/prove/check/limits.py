"""What an alert limits and a panel shows, so that both can be recognised as the same: a quantile of a histogram, a
quotient of two sums, or a metric's value, whatever is recorded of it and over which window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from provision.promql.facts import facts
from provision.promql.nodes import (
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    VectorSelector,
)
from provision.promql.standins import stands_in

Series = frozenset[tuple[str, frozenset[tuple[str, str, str]]]]
"""Metrics by name, each with its matchers that no variable stands in."""


class Subject(NamedTuple):
    """What is limited or shown.

    Attributes:
        form: `quantile 0.99`, `quotient`, or the functions around a metric, such as `rate` or `increase 300`.
        parts: the metrics of which it is made; of a quotient, above and below.
    """

    form: str
    parts: tuple[Series, ...]


class Scaled(NamedTuple):
    """A subject, multiplied by a number.

    Attributes:
        factor: 1000 for seconds in milliseconds.
    """

    subject: Subject
    factor: float


class Limit(NamedTuple):
    """What an alert fires beyond.

    Attributes:
        is_upper: whether it fires above rather than below.
        value: of the subject itself, not multiplied.
    """

    subject: Subject
    is_upper: bool
    value: float


Records = Mapping[str, Sequence[tuple[Any, Any]]]
"""The recording rules by the name they record, each with its group."""

_UPPER: Final = {">": True, ">=": True, "<": False, "<=": False}
_CHOOSING: Final = frozenset({"avg", "bottomk", "limitk", "max", "min", "topk"})
_IDLE: Final = frozenset({"label_join", "label_replace", "sort", "sort_desc", "abs", "ceil", "floor", "round", "clamp_min",
                          "clamp_max", "clamp", "scalar"})  # fmt: skip
_OVER_TIME: Final = frozenset({"rate", "irate", "increase", "delta", "deriv"})
_DEEPEST: Final = 6
"""Records within records that are looked into."""


def limits(expr: str, records: Records) -> list[Limit]:
    """The limits of an alert. One whose subject is compared more than once at a time is left out: an alert on how fast
    a budget burns compares multiples of what is promised."""
    found = facts(expr)
    made = list(_limits(found.root, records)) if found else []
    subjects = [limit.subject for limit in made]
    return [limit for limit in made if subjects.count(limit.subject) == 1 and limit.value]


def shown(expr: str, records: Records) -> Scaled | None:
    """What an expression shows; None when it isn't of one of the forms."""
    found = facts(expr)
    return _scaled(found.root, records, 0) if found else None


def _limits(node: Node, records: Records) -> Iterator[Limit]:
    if not isinstance(node, Operation):
        return
    if node.operator in ("and", "or", "unless"):
        yield from _limits(node.left, records)
        if node.operator != "unless":
            yield from _limits(node.right, records)
    elif node.operator in _UPPER:
        is_upper = _UPPER[node.operator]
        limited, number = node.left, node.right
        if isinstance(limited, Number):
            limited, number, is_upper = number, limited, not is_upper
        scaled = _scaled(limited, records, 0)
        if scaled and isinstance(number, Number):
            yield Limit(scaled.subject, is_upper, number.value / scaled.factor)


def _scaled(node: Node, records: Records, depth: int) -> Scaled | None:
    factor = 1.0
    while (layer := _layer(node)) is not None:
        node, times = layer
        factor *= times
    around: list[str] = []
    while isinstance(node, Aggregation) and node.operation == "sum":
        around.append("sum")
        node = node.operand
    if (
        isinstance(node, Call)
        and node.function in _OVER_TIME
        and isinstance(node.arguments[0], VectorSelector)
    ):
        counted = node.arguments[0]
        around.append(f"increase {counted.range_seconds:g}" if node.function == "increase" else node.function)
        node = counted
    if isinstance(node, VectorSelector) and not around and depth < _DEEPEST:
        recorded = _recorded(node, records)
        inner = _scaled(recorded, records, depth + 1) if recorded else None
        if inner:
            return Scaled(inner.subject, inner.factor * factor)
    subject = _subject(node, around, records)
    return Scaled(subject, factor) if subject and factor else None


def _layer(node: Node) -> tuple[Node, float] | None:
    """What stands within a node that leaves it the same subject, and by what it is multiplied; None for other nodes."""
    if isinstance(node, Operation):
        if node.operator in ("and", "unless", "or"):
            return node.left, 1.0
        if node.operator == "*" and isinstance(node.left, Number):
            return node.right, node.left.value
        if node.operator == "*" and isinstance(node.right, Number):
            return node.left, node.right.value
        if node.operator == "/" and isinstance(node.right, Number) and node.right.value:
            return node.left, 1 / node.right.value
    if isinstance(node, Aggregation) and node.operation in _CHOOSING:
        return node.operand, 1.0
    if isinstance(node, Call) and node.function in _IDLE and node.arguments:
        return node.arguments[0], 1.0
    return None


def _subject(node: Node, around: list[str], records: Records) -> Subject | None:
    if isinstance(node, VectorSelector):
        series = _series(node, records, 0)
        return Subject(" ".join(around), (series,)) if series else None
    if around:
        return None
    if isinstance(node, Call) and node.function == "histogram_quantile":
        quantile, of = node.arguments[0], _series(node.arguments[1], records, 0)
        if isinstance(quantile, Number) and of:
            return Subject(f"quantile {quantile.value:g}", (of,))
    if isinstance(node, Operation) and node.operator == "/":
        above, below = _series(node.left, records, 0), _series(node.right, records, 0)
        return Subject("quotient", (above, below)) if above and below else None
    return None


def _series(node: Node, records: Records, depth: int) -> Series:
    """The metrics that an expression reads, those that records are made of rather than the records. `up` only says
    whether there is something."""
    if isinstance(node, VectorSelector):
        name = node.name or ""
        if not name or stands_in(name) or name == "up":
            return frozenset()
        own = frozenset((one.label, one.op, one.value) for one in node.matchers if not stands_in(one.value))
        recorded = _recorded(node, records) if depth < _DEEPEST else None
        if recorded is None:
            return frozenset({(name, own)})
        return frozenset((inner, more | own) for inner, more in _series(recorded, records, depth + 1))
    if depth > 40 * _DEEPEST:
        return frozenset()
    parts: tuple[Node, ...] = ()
    if isinstance(node, Operation):
        parts = (node.left, node.right)
    elif isinstance(node, Call):
        parts = node.arguments
    elif isinstance(node, Aggregation | Subquery | Negation):
        parts = (node.operand,)
    return frozenset().union(*(_series(part, records, depth) for part in parts))


def _recorded(node: VectorSelector, records: Records) -> Node | None:
    """What a record is made of, when one rule alone records it."""
    rules = records.get(node.name or "", ())
    if len(rules) != 1:
        return None
    expr = rules[0][1].body.get("expr")
    found = facts(expr) if isinstance(expr, str) else None
    return found.root if found else None
