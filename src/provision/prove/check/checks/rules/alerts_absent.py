"""An alert of `absent()` waits two scrapes, and what it asks for can be missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.facts import facts
from provision.promql.nodes import Aggregation, Call, Node, Operation, VectorSelector
from provision.prove.check.bodies import text_of
from provision.prove.check.conditions import Returns, returns, sides
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule
from provision.prove.check.rulefields import scrape_seconds, seconds_of

ID = "alerts-absent"

_SCRAPES: Final = 2


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """Alerts that fire whenever Prometheus starts, before it has scraped anything; and those that never fire."""
    expr = text_of(rule.body, "expr")
    if rule.kind != "alert" or "absent" not in expr:
        return
    found = facts(expr)
    calls = [] if found is None else [call for side in sides(found.root) for call in _absent(side)]
    for call in calls:
        if returns(call.arguments[0]) is Returns.ALWAYS:
            yield estate.finding(
                ID, "error", group.definition, f"{rule.pointer}/expr", group.about(rule),
                f"it never fires: what is in `{call.function}()` always returns something",
                "leave out what always returns something, such as `or vector(0)`",
            )  # fmt: skip
    if not any(call.function == "absent" for call in calls):
        return
    waits = seconds_of(rule.body.get("for")) or 0.0
    scrape = _scrape(estate, group, calls)
    if waits == 0 or (scrape is not None and waits < _SCRAPES * scrape):
        waiting = f"after {waits:g} s" if waits else "without `for`"
        yield estate.finding(
            ID, "warning", group.definition, f"{rule.pointer}/expr", group.about(rule),
            f"it fires {waiting} when Prometheus starts and hasn't scraped anything yet, as everything is absent then",
            f"say `for`: at least two scrapes, {_SCRAPES * scrape:g} s" if scrape else "say `for`: at least two scrapes",
        )  # fmt: skip


def _scrape(estate: Estate, group: Group, calls: list[Call]) -> float | None:
    """Seconds between two scrapes of what is asked for: of the job that a selector names, or else of any."""
    usual = scrape_seconds(estate, group)
    if usual is None:
        return None
    jobs = [
        matcher.value
        for call in calls
        if isinstance(call.arguments[0], VectorSelector)
        for matcher in call.arguments[0].matchers
        if matcher.label == "job" and matcher.op == "="
    ]
    return max([estate.scrapes.jobs.get(job, usual) for job in jobs], default=usual)


def _absent(node: Node) -> Iterator[Call]:
    """The calls of `absent()` whose result is what the expression returns."""
    if isinstance(node, Call):
        if node.function in ("absent", "absent_over_time"):
            yield node
        elif node.function in ("label_replace", "label_join"):
            yield from _absent(node.arguments[0])
    elif isinstance(node, Aggregation):
        yield from _absent(node.operand)
    elif isinstance(node, Operation):
        yield from _absent(node.left)
