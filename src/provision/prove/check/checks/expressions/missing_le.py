"""The buckets that a quantile is made of keep their `le`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.branches import Branch, branches
from provision.promql.nodes import Aggregation, Call, Node
from provision.promql.standins import stands_in
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, said
from provision.prove.check.parts import Expression

ID = "missing-le"

_BUCKETS: Final = {
    "histogram_quantile": 1,
    "histogram_fraction": 2,
    "histogram_quantiles": 0,
}
"""Which argument of which function takes buckets."""


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Quantiles of buckets that were added up over `le`, which gives nothing at all."""
    if "histogram_" not in expression.plain:
        return
    found = facts_of(expression)
    for call in found.calls if found else ():
        if call.function in _BUCKETS:
            argument = call.arguments[_BUCKETS[call.function]]
            for branch in branches(argument):
                if _is_classic(branch) and not branch.labels.may_have("le"):
                    yield _finding(estate, expression, call, argument, branch)


def _is_classic(branch: Branch) -> bool:
    """Whether it certainly stems from the buckets of a classic histogram: those of a native one have no `le`, and those of
    VictoriaMetrics' own a `vmrange` instead."""
    name = branch.selector.name if branch.selector else None
    named = name is not None and not stands_in(name) and "_bucket" in name
    return named and "vmrange" not in branch.labels.likely


def _finding(estate: Estate, expression: Expression, call: Call, argument: Node, branch: Branch) -> Finding:
    assert branch.selector is not None
    return said(
        estate, ID, "error", expression,
        f"{call.function}() of {branch.selector.name} without its le gives nothing: "
        "the buckets were added up over all bounds",
        _remedy(argument), node=call,
    )  # fmt: skip


def _remedy(argument: Node) -> str:
    if isinstance(argument, Aggregation) and argument.grouping != "without" and "le" not in argument.labels:
        labels = ", ".join(label for label in argument.labels if not stands_in(label))
        return f"write {argument.operation} by (le{', ' if labels else ''}{labels}) (…)"
    return "keep le in every aggregation around the buckets"
