"""Each part of an expression can return something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.bounds import Bounds, bounds
from provision.promql.branches import branches
from provision.promql.facts import Facts
from provision.promql.matching import impossible_everywhere, is_matched, mismatch
from provision.promql.nodes import (
    COMPARISONS,
    Aggregation,
    Call,
    Node,
    Number,
    Operation,
    VectorSelector,
    is_scalar,
    vector_of,
)
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, is_number_written, said
from provision.prove.check.parts import Expression

ID = "promql-impossible"

_DROPPING: Final = frozenset({"absent", "absent_over_time", "vector", "histogram_quantile"})
"""Functions after which a label may be gone."""


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Selectors, matches and comparisons that nothing can meet, whatever is stored."""
    found = facts_of(expression)
    if found is None:
        return
    for selector in found.selectors:
        if len(selector.matchers) > 1:
            yield from _contradicted(estate, expression, selector)
    for operation in found.operations:
        if is_matched(operation):
            yield from _never_matched(estate, expression, operation)
        if operation.operator in COMPARISONS:
            yield from _never_met(estate, expression, operation)
    if (
        len(found.aggregations) > 1
        or found.operations
        or any(each.function in _DROPPING for each in found.calls)
    ):
        yield from _dropped_before(estate, expression, found)


def _contradicted(estate: Estate, expression: Expression, selector: VectorSelector) -> Iterator[Finding]:
    wanted: dict[str, str] = {}
    for label, op, value in selector.matchers:
        if stands_in(value) or stands_in(label):
            continue
        other = wanted.setdefault(label, value) if op == "=" else value
        if other != value:
            both = f'"{other}" and "{value}"'
        elif op == "!=" and wanted.get(label) == value:
            both = f'"{value}" and not "{value}"'
        else:
            continue
        name = selector.name if selector.name and not stands_in(selector.name) else "the selector"
        yield said(
            estate, ID, "error", expression,
            f"{name} returns nothing: {label} is to be {both} at once",
            f'write {label}=~"{other}|{value}" for either' if other != value else "leave one of them out", node=selector,
        )  # fmt: skip
        return


def _never_matched(estate: Estate, expression: Expression, node: Operation) -> Iterator[Finding]:
    left, right = branches(node.left), branches(node.right)
    operator = node.operator
    if operator == "or":
        if all(each.is_always and not each.labels.possible for each in left) and all(
            each.labels.possible == frozenset() for each in right
        ):
            message = (
                "the right side of or is never used: the left side always has a result, with as few labels"
            )
            yield said(estate, ID, "warning", expression, message, "turn them round", node=node)
        return
    found = mismatch(node)
    if found is not None and found.is_certain:
        effect = "leaves nothing out" if operator == "unless" else "returns nothing"
        if found.values:
            why = f'{found.label} is "{found.values[0]}" left of it, "{found.values[1]}" right of it'
        else:
            other = "right" if found.side == "left" else "left"
            why = f"every series on the {found.side} has the label {found.label}, none on the {other}"
        severity: Severity = "warning" if operator == "unless" else "error"
        remedy = "say with on (…) or ignoring (…) which labels are to match"
        yield said(estate, ID, severity, expression, f"{operator} {effect}: {why}", remedy, node=node)
        return
    if node.matching == "on":
        for label in node.labels:
            if (
                not stands_in(label)
                and impossible_everywhere(label, left)
                and impossible_everywhere(label, right)
            ):
                message = f"neither side of {operator} has the label {label} that on ({', '.join(node.labels)}) matches"
                yield said(
                    estate,
                    ID,
                    "warning",
                    expression,
                    message,
                    f"keep {label} on both sides, or leave it out",
                    node=node,
                )
    for label in node.included:
        if not stands_in(label) and impossible_everywhere(label, left if node.group == "right" else right):
            other = "left" if node.group == "right" else "right"
            message = f"group_{node.group} ({label}) brings nothing: the {other} side has no {label}"
            yield said(
                estate,
                ID,
                "warning",
                expression,
                message,
                f"keep {label} on the {other}, or leave it out",
                node=node,
            )


def _dropped_before(estate: Estate, expression: Expression, found: Facts) -> Iterator[Finding]:
    for node in found.aggregations:
        if node.grouping != "by" or _keeps_all(node.operand):
            continue
        operand = branches(node.operand)
        for label in node.labels:
            if not stands_in(label) and label != "__name__" and impossible_everywhere(label, operand):
                yield said(
                    estate, ID, "warning", expression,
                    f"{node.operation} by ({label}) finds no {label}: it was dropped before",
                    f"keep {label} within, or leave it out here", node=node,
                )  # fmt: skip


def _keeps_all(node: Node) -> bool:
    """Whether it has all labels of the series it reads."""
    while isinstance(node, Call) and node.function not in _DROPPING and node.arguments:
        node = vector_of(node) or node.arguments[0]
    return isinstance(node, VectorSelector)


def _never_met(estate: Estate, expression: Expression, node: Operation) -> Iterator[Finding]:
    if is_scalar(node.left) and is_scalar(node.right):
        return
    if any(
        isinstance(side, Number) and not is_number_written(expression, side.value)
        for side in (node.left, node.right)
    ):
        return
    left, right = bounds(node.left), bounds(node.right)
    if _may_be(node.operator, left, right):
        return
    what = _called(node.left if not isinstance(node.left, Number) else node.right)
    always = "always gives 0" if node.is_bool else "never returns anything"
    remedy = (
        "a sum or count of nothing is nothing: use absent(…), or … or vector(0)" if what == "count()" else ""
    )
    yield said(
        estate, ID, "error", expression,
        f"the comparison {node.operator} {always}: {what or 'its left side'} is {_spelled(node, left, right)}",
        remedy, node=node,
    )  # fmt: skip


def _may_be(operator: str, left: Bounds, right: Bounds) -> bool:
    if operator in ("<", "<="):
        return left[0] < right[1] or (operator == "<=" and left[0] == right[1])
    if operator in (">", ">="):
        return left[1] > right[0] or (operator == ">=" and left[1] == right[0])
    if operator == "==":
        return left[0] <= right[1] and right[0] <= left[1]
    return not left[0] == left[1] == right[0] == right[1]


def _called(node: Node) -> str:
    if isinstance(node, Call):
        return f"{node.function}()"
    return f"{node.operation}()" if isinstance(node, Aggregation) else ""


def _spelled(node: Operation, left: Bounds, right: Bounds) -> str:
    low, high = right if isinstance(node.left, Number) else left
    if low == high:
        return f"always {low:g}"
    if high == float("inf"):
        return f"never below {low:g}"
    if low == float("-inf"):
        return f"never above {high:g}"
    return f"between {low:g} and {high:g}"
