"""An alert fires for the same series as long as their condition lasts, and not because the server has just started."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.promql.branches import Branch, branches
from provision.promql.nodes import (
    ARITHMETIC,
    SAMPLING,
    Aggregation,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Text,
    is_scalar,
)
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, rule_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.rulefields import seconds_of

ID = "promql-fragile"


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Alerts on whichever series are the greatest just now, and on sums of different jobs without `for`."""
    rule = rule_of(expression)
    if rule is None or rule.kind != "alert":
        return
    found = facts_of(expression)
    if found is None:
        return
    for node in _returned(found.root):
        if isinstance(node, Aggregation):
            yield said(
                estate, ID, "warning", expression,
                f"{node.operation}() returns other series each time, so that alerts resolve and fire anew",
                "alert on every series that meets the condition, and let the notifications be grouped", node=node,
            )  # fmt: skip
    if not seconds_of(rule.body.get("for")):
        for operation in found.operations:
            jobs = _different_jobs(operation)
            if jobs:
                yield said(
                    estate, ID, "warning", expression,
                    f"{operation.operator} puts together the jobs {jobs[0]} and {jobs[1]}: after a start of Prometheus, "
                    "when one is scraped and the other isn't yet, the alert may fire",
                    "give it a for of at least two scrape intervals", node=operation,
                )  # fmt: skip


def _returned(node: Node) -> Iterator[Aggregation]:
    """The aggregations that choose which series come out in the end."""
    if isinstance(node, Aggregation):
        if node.operation in SAMPLING and not _is_one_of_each(node):
            yield node
    elif isinstance(node, Negation):
        yield from _returned(node.operand)
    elif isinstance(node, Call) and node.function not in ("scalar", "absent", "vector"):
        for argument in node.arguments:
            if not isinstance(argument, Number | Text):
                yield from _returned(argument)
    elif isinstance(node, Operation):
        if node.operator == "or":
            yield from _returned(node.left)
            yield from _returned(node.right)
        else:
            is_right = node.group == "right" or is_scalar(node.left)
            yield from _returned(node.right if is_right else node.left)


def _is_one_of_each(node: Aggregation) -> bool:
    """Whether it takes one series of each group, mostly of equal ones, as in `topk by (cluster) (1, …)`."""
    return bool(node.grouping) and isinstance(node.parameter, Number) and node.parameter.value == 1


def _different_jobs(node: Operation) -> tuple[str, str] | None:
    if node.operator not in ARITHMETIC or not _is_aggregated(node.left) or not _is_aggregated(node.right):
        return None
    left, right = _jobs(branches(node.left)), _jobs(branches(node.right))
    if left is None or right is None or left == right:
        return None
    return left, right


def _is_aggregated(node: Node) -> bool:
    return isinstance(node, Aggregation) and node.operation not in SAMPLING


def _jobs(found: tuple[Branch, ...]) -> str | None:
    """The job that all series of a side are of, if its selector says."""
    if len(found) != 1 or found[0].selector is None:
        return None
    return next((m.value for m in found[0].selector.matchers if m.label == "job" and m.op == "="), None)
