"""What an alert compares: its conditions with their thresholds, and the windows that each looks back over, through the
records that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from provision.promql.facts import facts
from provision.promql.nodes import (
    COMPARISONS,
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Subquery,
    VectorSelector,
)

_EXTREMES: Final[Mapping[str, Literal["max", "min"]]] = {"max_over_time": "max", "min_over_time": "min"}
_MIRRORED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Chain:
    """What a value looks back over.

    Attributes:
        windows: those that average, in seconds, the innermost first.
        max_seconds, min_seconds: the windows of which the largest, or the smallest value counts, added up.
        records: how many records in other groups lie between, each evaluated at a moment of its own.
    """

    windows: tuple[float, ...] = ()
    max_seconds: float = 0.0
    min_seconds: float = 0.0
    records: int = 0

    @property
    def seconds(self) -> float:
        """How far back it looks."""
        return sum(self.windows) + self.max_seconds + self.min_seconds


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison with a number.

    Attributes:
        operator: such as `>`.
        threshold: the number.
        chain: what the compared value looks back over.
    """

    operator: str
    threshold: float
    chain: Chain


Alternatives = tuple[tuple[Condition, ...], ...]
"""Conditions that must hold together, in each of several ways of which one suffices."""


@dataclass(frozen=True, slots=True)
class Record:
    """A recording rule: its expression, and the group that evaluates it."""

    expr: str
    group: str


def conditions(expr: str, group: str, records: Mapping[str, Record]) -> Alternatives:
    """What the alert with that expression compares with numbers. What `unless` takes away isn't looked at, nor what
    is compared with another series.

    Args:
        group: the group that evaluates it.
        records: the recording rules by name.

    Raises:
        ValueError: it isn't PromQL.
    """
    found = facts(expr)
    if found is None:
        raise ValueError(f"{expr!r} isn't PromQL")
    return _alternatives(found.root, group, records)


def _alternatives(node: Node, group: str, records: Mapping[str, Record]) -> Alternatives:
    if isinstance(node, Operation):
        if node.operator == "or":
            left, right = (_alternatives(side, group, records) for side in (node.left, node.right))
            return left + right
        if node.operator == "and":
            left, right = (_alternatives(side, group, records) for side in (node.left, node.right))
            return tuple(one + other for one in left for other in right)
        if node.operator == "unless":
            return _alternatives(node.left, group, records)
        if node.operator in COMPARISONS:
            return ((_comparison(node, group, records),),) if _with_number(node) else ((),)
    if isinstance(node, Aggregation):
        return _alternatives(node.operand, group, records)
    if isinstance(node, Call) and node.arguments:
        return _alternatives(node.arguments[0], group, records)
    return ((),)


def _with_number(node: Operation) -> bool:
    return isinstance(node.left, Number) or isinstance(node.right, Number)


def _comparison(node: Operation, group: str, records: Mapping[str, Record]) -> Condition:
    if isinstance(node.right, Number):
        return Condition(node.operator, node.right.value, _chain(node.left, group, records, 0))
    assert isinstance(node.left, Number)
    operator = _MIRRORED.get(node.operator, node.operator)
    return Condition(operator, node.left.value, _chain(node.right, group, records, 0))


def _chain(node: Node, group: str, records: Mapping[str, Record], depth: int) -> Chain:
    """The longest way from a node to what is scraped."""
    if depth > _DEEPEST:
        return Chain()
    if isinstance(node, VectorSelector):
        return _of_selector(node, group, records, depth)
    if isinstance(node, Call):
        return max(
            (_called(node, each, group, records, depth) for each in node.arguments),
            key=_length,
            default=Chain(),
        )
    if isinstance(node, Operation):
        sides = [node.left] if node.operator == "unless" else [node.left, node.right]
        return max((_chain(side, group, records, depth + 1) for side in sides), key=_length)
    if isinstance(node, Aggregation | Negation | Subquery):
        return _chain(node.operand, group, records, depth + 1)
    return Chain()


def _called(node: Call, argument: Node, group: str, records: Mapping[str, Record], depth: int) -> Chain:
    inner = _chain(argument, group, records, depth + 1)
    window = argument.range_seconds if isinstance(argument, VectorSelector | Subquery) else None
    if window is None:
        return inner
    extreme = _EXTREMES.get(node.function)
    if extreme == "max":
        return replace(inner, max_seconds=inner.max_seconds + window)
    if extreme == "min":
        return replace(inner, min_seconds=inner.min_seconds + window)
    if node.function == "last_over_time":
        return inner
    return replace(inner, windows=(*inner.windows, window))


def _of_selector(node: VectorSelector, group: str, records: Mapping[str, Record], depth: int) -> Chain:
    record = records.get(node.name or "")
    if record is None:
        return Chain()
    found = facts(record.expr)
    if found is None:
        return Chain()
    inner = _chain(found.root, record.group, records, depth + 1)
    return replace(inner, records=inner.records + (record.group != group))


def _length(chain: Chain) -> float:
    return chain.seconds
