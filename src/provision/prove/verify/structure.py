"""Why an expression is empty although everything that it reads has data."""

from __future__ import annotations

from typing import Any, Final

import promql_parser as ast

from provision.client.prometheus import Refusal
from provision.promql.parse import tree
from provision.prove.verify.knowledge import Knowledge
from provision.prove.verify.relaxing import relaxed, value_type
from provision.prove.verify.verdicts import Verdict

_SETS: Final = frozenset({"and", "or", "unless"})
_GROWTH: Final = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"})
_MOST_STEPS: Final = 40
"""So many parts of an expression are asked for on the way to the one that loses the data."""


def nothing_because(loose: str, known: Knowledge) -> Verdict:
    """The verdict on an expression that is empty although its selectors find something.

    Args:
        loose: the expression with its conditions left aside.
    """
    found = tree(loose)
    node = None if found is None else _culprit(found, known)
    if isinstance(node, ast.BinaryExpr):
        return _unmatched(node, known)
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.VectorSelector | ast.MatrixSelector):
        return Verdict("empty", message=f"{_shown(node)} has nothing at the moment that it asks for")
    return Verdict("empty", message="it returns nothing, although everything that it reads has data")


def _culprit(node: Any, known: Knowledge) -> Any:
    """The smallest part that is empty while its own parts aren't."""
    for _ in range(_MOST_STEPS):
        empty = next((part for part in _parts(node) if _is_empty(part, known)), None)
        if empty is None:
            return node
        node = empty
    return node


def _parts(node: Any) -> list[Any]:
    if isinstance(node, ast.BinaryExpr):
        return [part for part in (node.lhs, node.rhs) if value_type(part) == "vector"]
    if isinstance(node, ast.Call):
        return [part for part in node.args if value_type(part) in ("vector", "matrix")]
    if isinstance(node, ast.ParenExpr | ast.UnaryExpr | ast.AggregateExpr | ast.SubqueryExpr):
        return [node.expr]
    return []


def _is_empty(node: Any, known: Knowledge) -> bool:
    count = known.count(relaxed(str(node)))
    return not isinstance(count, Refusal) and not count.series


def _unmatched(node: Any, known: Knowledge) -> Verdict:
    left, right = known.sample(str(node.lhs)), known.sample(str(node.rhs))
    operator = str(node.op)
    matching = node.modifier.matching if node.modifier is not None else None
    said = []
    for side, sample in (("left", left), ("right", right)):
        if sample is not None:
            labels = {name: value for name, value in sample.labels.items() if name != "__name__"}
            said.append(f"one on the {side} is {_written(labels)}")
    by = "" if matching is not None else "; without on(…) all labels must be the same"
    return Verdict(
        "empty",
        message=f"no series on the left of {operator!r} has a partner on the right: {', '.join(said)}{by}"
        if said
        else f"no series on the left of {operator!r} has a partner on the right",
        remedy="name with on(…) the labels that both sides have",
    )


def _call(node: Any) -> Verdict:
    name = node.func.name
    if name in _GROWTH:
        return Verdict(
            "empty",
            message=f"{_shown(node)} has less than two samples of any series in its range",
            remedy="make the range at least four times the scrape interval",
        )
    if name == "histogram_quantile":
        return Verdict(
            "empty",
            message="histogram_quantile gets no series with a label le",
            remedy="keep le: sum by (le, …) (rate(…_bucket[…]))",
        )
    return Verdict("empty", message=f"{name}() returns nothing, although what it gets has data")


def _shown(node: Any) -> str:
    return str(node).strip().replace("{}", "")


def _written(labels: dict[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"
