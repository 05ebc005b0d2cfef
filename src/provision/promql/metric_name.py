"""Whether what an expression returns still carries the name of a metric."""

from __future__ import annotations

import promql_parser as ast

from provision.promql.nodes import COMPARISONS, SAMPLING, SETS
from provision.promql.parse import tree

_KEEPING_CALLS = frozenset({
    "first_over_time", "info", "label_join", "label_replace", "last_over_time", "sort", "sort_by_label",
    "sort_by_label_desc", "sort_desc",
})  # fmt: skip


def keeps_name(expr: str) -> bool:
    """Whether a series that `expr` returns may have a `__name__`. Prometheus drops it from alerts; others don't.

    Source: Prometheus' engine; where it isn't certain that the name is dropped, it may be there.
    """
    found = tree(expr)
    return found is None or _keeps(found)


def _keeps(node: ast.Expr) -> bool:
    if isinstance(node, ast.ParenExpr):
        return _keeps(node.expr)
    if isinstance(node, ast.NumberLiteral | ast.StringLiteral | ast.UnaryExpr):
        return False
    if isinstance(node, ast.AggregateExpr):
        if str(node.op).lower() in SAMPLING:
            return True
        modifier = node.modifier
        return modifier is not None and "__name__" in list(modifier.labels)
    if isinstance(node, ast.Call):
        return node.func.name in _KEEPING_CALLS
    if isinstance(node, ast.BinaryExpr):
        operator = str(node.op).lower()
        if operator in SETS:
            return _keeps(node.lhs) or (operator == "or" and _keeps(node.rhs))
        if operator not in COMPARISONS or (node.modifier is not None and node.modifier.return_bool):
            return False
        return _keeps(node.lhs) or _keeps(node.rhs)
    return True
