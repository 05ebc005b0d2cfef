"""A quantile is a share between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.nodes import Node, Number
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, is_number_written, said
from provision.prove.check.parts import Expression

ID = "impossible-quantile"

_CALLS: Final = frozenset({"histogram_quantile", "quantile_over_time"})


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Quantiles in percent, which give infinity."""
    if "quantile" not in expression.plain:
        return
    found = facts_of(expression)
    if found is None:
        return
    asked: list[tuple[Node, str, Node | None]] = [
        (call, call.function, call.arguments[0]) for call in found.calls if call.function in _CALLS
    ]
    asked += [
        (each, each.operation, each.parameter) for each in found.aggregations if each.operation == "quantile"
    ]
    for node, name, share in asked:
        if (
            isinstance(share, Number)
            and not 0 <= share.value <= 1
            and is_number_written(expression, share.value)
        ):
            infinite = "infinity" if share.value > 1 else "minus infinity"
            yield said(
                estate, ID, "error", expression,
                f"{name}({share.value:g}, …) gives {infinite}: a quantile lies between 0 and 1",
                f"write {share.value / 100:g}" if 1 < share.value <= 100 else "", node=node,
            )  # fmt: skip
