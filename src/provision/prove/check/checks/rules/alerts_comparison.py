"""An alert's expression has a condition: without one it fires for every series that it reads, whatever its value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.model import Finding
from provision.promql.facts import Facts, facts
from provision.promql.nodes import Node, Operation, above
from provision.prove.check.bodies import text_of
from provision.prove.check.conditions import Recorded, Returns, is_condition, returns, sides
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Group, Rule

ID = "alerts-comparison"

_DEEPEST_RECORDS: Final = 5
"""Records that are read through to find the condition."""


def check(estate: Estate, group: Group, rule: Rule) -> Iterator[Finding]:
    """An alert that fires whether or not anything is wrong. One that reads nothing, such as `vector(1)`, is meant to:
    it shows that alerts arrive."""
    if rule.kind != "alert":
        return
    found = facts(text_of(rule.body, "expr"))
    if found is None or not found.selectors:
        return
    recorded = _recorded(estate)
    when = returns(found.root, recorded)
    if when is Returns.SOMETIMES:
        return
    message, remedy = _of_or(found, when, recorded) or _bare(found)
    is_sure = when is Returns.ALWAYS or "bool" in message
    yield estate.finding(
        ID, "error" if is_sure else "warning", group.definition, f"{rule.pointer}/expr", group.about(rule),
        message, remedy,
    )  # fmt: skip


def _bare(found: Facts) -> tuple[str, str]:
    with_bool = next((each for each in found.operations if each.is_bool), None)
    if with_bool is not None:
        return (
            f"it always fires: `{with_bool.operator} bool` gives 0 or 1 for every series, and an alert fires for every "
            "series, whatever its value",
            "leave out bool",
        )
    return (
        "it has no condition, so it fires for every series that is there, whatever its value",
        "compare it with something, such as > 0",
    )


def _of_or(found: Facts, when: Returns, recorded: Recorded) -> tuple[str, str] | None:
    """Of an `or` with a side that has no condition, message and remedy."""
    parts = list(sides(found.root))
    if len(parts) == 1:
        return None
    loose = next(part for part in parts if returns(part, recorded) is when)
    name = _named(loose, found)
    always = "it always fires" if when is Returns.ALWAYS else f"it fires wherever {name} is there"
    last = parts[-1]
    if isinstance(last, Operation) and is_condition(last) and (loose is not last or when is Returns.ALWAYS):
        return (
            f"{always}: a comparison binds tighter than `or`, so only what stands beside it is compared",
            f"put the `or` into parentheses: (… or …) {last.operator} …",
        )
    return f"{always}: {name} beside `or` has no condition of its own", "compare it, too, or leave it out"


def _named(part: Node, found: Facts) -> str:
    """What people call a side of an `or`."""
    for selector in found.selectors:
        if selector is part or part in above(selector):
            return f"`{selector.name}`" if selector.name else "what is read"
    return "a number"


def _recorded(estate: Estate) -> Recorded:
    """What is recorded only under a condition is there only then."""
    known: dict[str, Returns] = {}
    reading: list[str] = []

    def recorded(name: str) -> Returns:
        if name not in known and name not in reading and len(reading) < _DEEPEST_RECORDS:
            reading.append(name)
            exprs = [text_of(rule.body, "expr") for _, rule in estate.records.get(name, ())]
            each = [found.root for expr in exprs if (found := facts(expr)) is not None]
            known[name] = max((returns(root, recorded) for root in each), default=Returns.PRESENT)
            reading.pop()
        return known.get(name, Returns.PRESENT)

    return recorded
