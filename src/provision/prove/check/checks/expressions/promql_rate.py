"""`rate()` and its like find two samples in their range, and what they are given is a counter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.author.durations import shown
from provision.catalogue.conventions import is_counter, is_gauge, is_rate
from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import Aggregation, Call, Node, Subquery, VectorSelector
from provision.promql.standins import stands_in
from provision.prove.check.bodies import text_of
from provision.prove.check.estate import Estate
from provision.prove.check.expressed import facts_of, is_written, rule_of, said
from provision.prove.check.parts import Expression
from provision.prove.check.scrapes import interval_of

ID = "promql-rate"

_OF_COUNTERS: Final = frozenset({"rate", "irate", "increase"})
_OF_GAUGES: Final = frozenset({"delta", "idelta", "deriv"})
_MOMENTS: Final = ("_start_time_seconds", "_boot_time_seconds", "_timestamp_seconds")
"""How metrics end that hold when something was: how far that moves says nothing."""
_INSTEAD_OF_A_MOMENT: Final = (
    "use changes() for how often it moved, or time() less it for how long ago it was"
)
_NEEDED: Final = 2
"""Samples, to see a change. Source: Prometheus' `extrapolatedRate`."""
_ADVISED: Final = 4
"""Scrapes, so that one may be late or lost: https://www.robustperception.io/what-range-should-i-use-with-rate."""


def check(estate: Estate, expression: Expression) -> Iterator[Finding]:
    """Ranges that are too short for the scrape interval, and changes of what has another type."""
    plain = expression.plain
    if "rate" not in plain and "increase" not in plain and "delta" not in plain and "deriv" not in plain:
        return
    found = facts_of(expression)
    for call in found.calls if found else ():
        if call.function in _OF_COUNTERS or call.function in _OF_GAUGES:
            argument = call.arguments[0]
            if isinstance(argument, VectorSelector):
                yield from _of_series(estate, expression, call, argument)
            elif isinstance(argument, Subquery) and call.function in _OF_COUNTERS:
                yield from _of_subquery(estate, expression, call, argument.operand)


def _of_series(
    estate: Estate, expression: Expression, call: Call, selector: VectorSelector
) -> Iterator[Finding]:
    yield from _too_short(estate, expression, call, selector)
    name = selector.name or ""
    if not name or stands_in(name):
        return
    function = call.function
    if function in _OF_GAUGES and is_counter(name):
        yield said(
            estate, ID, "warning", expression,
            f"{function}() takes each restart of what {name} counts for a fall: by its name it is a counter",
            "use rate() or increase()", node=call,
        )  # fmt: skip
    elif function in _OF_COUNTERS and is_gauge(name):
        yield said(
            estate, ID, "warning", expression,
            f"{function}() takes each fall of {name} for a restart: by its name it is no counter",
            _INSTEAD_OF_A_MOMENT if name.endswith(_MOMENTS) else "use delta() or deriv()", node=call,
        )  # fmt: skip
    elif function in _OF_COUNTERS and ":" in name:
        yield from _of_record(estate, expression, call, name)


def _of_record(estate: Estate, expression: Expression, call: Call, name: str) -> Iterator[Finding]:
    recorded = [
        known
        for _, rule in estate.records.get(name, ())
        if (known := facts(text_of(rule.body, "expr"))) is not None
    ]
    if recorded and all(isinstance(each.root, VectorSelector) for each in recorded):
        return
    summed = [each.root.operation for each in recorded if isinstance(each.root, Aggregation)]
    if is_rate(name):
        yield said(
            estate, ID, "warning", expression,
            f"{call.function}() of {name}, which by its name is a rate already",
            "use avg_over_time() for its mean over a while, or deriv() for its trend", node=call,
        )  # fmt: skip
    elif summed:
        yield said(
            estate, ID, "warning", expression,
            f"{call.function}() of {name}, which records {summed[0]}(): when one process restarts, "
            "all that the others counted shows once more",
            "record the sum of the rates, and read that", node=call,
        )  # fmt: skip


def _of_subquery(estate: Estate, expression: Expression, call: Call, operand: Node) -> Iterator[Finding]:
    if isinstance(operand, Aggregation):
        yield said(
            estate, ID, "warning", expression,
            f"{call.function}() of {operand.operation}(): when one process restarts, "
            "all that the others counted shows once more",
            f"turn it round: {operand.operation}({call.function}(…))", node=call,
        )  # fmt: skip
    elif isinstance(operand, Call) and operand.function in _OF_COUNTERS | _OF_GAUGES:
        yield said(
            estate, ID, "warning", expression,
            f"{call.function}() of {operand.function}(), which is no counter",
            "use avg_over_time() for its mean over a while, or deriv() for its trend", node=call,
        )  # fmt: skip


def _too_short(
    estate: Estate, expression: Expression, call: Call, selector: VectorSelector
) -> Iterator[Finding]:
    length = selector.range_seconds
    interval = interval_of(estate, expression, selector)
    if length is None or interval is None or length >= _ADVISED * interval:
        return
    if not is_written(expression, length):
        return
    looks = f"{call.function}() looks back {shown(length)} at a scrape each {shown(interval)}"
    remedy = f"look back {shown(_ADVISED * interval)} or longer"
    if rule_of(expression) is None:
        remedy = "write [$__rate_interval]"
    if length <= interval:
        yield said(estate, ID, "error", expression, f"{looks} and never finds two samples", remedy, node=call)
    elif length < _NEEDED * interval:
        yield said(
            estate, ID, "warning", expression, f"{looks} and often finds a single sample", remedy, node=call
        )
    else:
        lost = "one sample is late" if length < 3 * interval else "two samples are lost"
        yield said(
            estate, ID, "info", expression, f"{looks} and finds nothing once {lost}", remedy, node=call
        )
