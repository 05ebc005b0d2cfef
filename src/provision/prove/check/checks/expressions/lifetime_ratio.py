"""A ratio or an average is of a while, not of all time since the processes started."""

from __future__ import annotations

from collections.abc import Iterator

from provision.model import Finding
from provision.prove.check import ratios
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, rule_of, said
from provision.prove.check.parts import Expression

ID = "lifetime-ratio"


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Counters that are divided as they stand."""
    if "/" not in expression.plain:
        return
    found = facts_of(expression)
    for node in found.operations if found else ():
        ratio = ratios.lifetime_ratio(node)
        if ratio is not None:
            range_ = "[$__rate_interval]" if rule_of(expression) is None else "[5m]"
            yield said(
                estate, ID, "warning", expression,
                f"{ratio.left} / {ratio.right} is the mean since the processes started: "
                "the longer they run, the less it shows of what happens now",
                f"divide rates: rate({ratio.left}{range_}) / rate({ratio.right}{range_})", node=node,
            )  # fmt: skip
