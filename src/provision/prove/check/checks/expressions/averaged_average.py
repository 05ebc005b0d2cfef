"""No average is taken of averages, ratios or quantiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.nodes import Aggregation, Call, Node, Operation, VectorSelector, is_scalar
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.ratios import is_per_instance, reads_changes

ID = "averaged-average"

_QUANTILES: Final = frozenset({"histogram_quantile", "histogram_avg", "histogram_fraction"})
_LONG: Final = 300
_RECORDED: Final = re.compile(r".*:(?:\w*_)?(?:ratio|p\d+|quantile|avg|mean)(?:_?\w*)", re.ASCII)


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Averages in which a quiet instance weighs like a busy one, and sums of what doesn't add up."""
    plain = expression.plain
    if "avg" not in plain and "sum" not in plain:
        return
    found = facts_of(expression)
    for node in found.aggregations if found else ():
        if node.operation in ("avg", "sum") and not is_per_instance(node):
            averaged = _averaged(node.operand, node.operation)
            if averaged:
                what, remedy = averaged
                effect = (
                    "weighs a quiet series like a busy one" if node.operation == "avg" else "doesn't add up"
                )
                message = f"{node.operation}() of {what} {effect}"
                severity: Severity = "info" if "by its name" in what else "warning"
                yield said(estate, ID, severity, expression, message, remedy, node=node)


def _averaged(node: Node, operation: str) -> tuple[str, str] | None:
    """What an average is taken of, where that is one already, and what to do instead."""
    if isinstance(node, Operation) and is_scalar(node.right):
        return _averaged(node.left, operation)
    if isinstance(node, Operation) and is_scalar(node.left):
        return _averaged(node.right, operation)
    if isinstance(node, Operation) and node.operator == "/" and _is_ratio(node):
        return "a ratio of rates", "divide the sums: sum(…) / sum(…)"
    if isinstance(node, Call) and node.function in _QUANTILES:
        return f"{node.function}()", "aggregate the buckets first: histogram_quantile(…, sum by (le) (…))"
    if isinstance(node, Aggregation) and node.operation in ("avg", "quantile"):
        if operation == "sum" and node.operation == "avg":
            return None  # the sum of the averages of groups may be meant
        return f"{node.operation}()", "aggregate once, over what is to be averaged"
    return _of_series(node)


def _is_ratio(node: Operation) -> bool:
    return reads_changes(node.left) and reads_changes(node.right)


def _of_series(node: Node) -> tuple[str, str] | None:
    if not isinstance(node, VectorSelector) or not node.name or stands_in(node.name):
        return None
    if len(node.name) < _LONG and _RECORDED.fullmatch(node.name):
        return (
            f"{node.name}, which is one by its name,",
            "record the numerator and the denominator, and divide their sums",
        )
    quantile = next((each for each in node.matchers if each.label == "quantile" and each.op == "="), None)
    if quantile is not None:
        remedy = "read its _sum and _count for the mean, or expose a histogram"
        return f"the quantiles of the summary {node.name}", remedy
    return None
