"""What checks of expressions ask of one besides its tree: what was written by hand, and the rule it is of."""

from __future__ import annotations

import re
from functools import lru_cache

from provision.author.durations import seconds
from provision.model import Finding
from provision.model.finding import Severity
from provision.promql.facts import Facts, facts
from provision.promql.nodes import Node
from provision.promql.parse import position
from provision.promql.spans import Span, span
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Expression, Group, Rule

_CALLED = re.compile(r"(?:\$(?:\w+|\{[^}]{0,200}\})|\[\[\w+\]\])\s*(?:\(|(?:by|without)\s*\()", re.ASCII)
"""A variable that is called, or aggregates."""


_NUMBER = re.compile(r"(?<![\w.$:])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.:$])", re.ASCII)
_RANGE = re.compile(r"\[\s*([0-9][0-9a-z]*)\s*[\]:]")


def facts_of(expression: Expression) -> Facts | None:
    """Its facts; None when it isn't PromQL, or calls a function that a Grafana variable names."""
    known = expression.known
    if not known:
        known.append(None if _calls_variable(expression.text) else facts(expression.plain))
    return known[0]


def _calls_variable(text: str) -> bool:
    return ("$" in text or "[[" in text) and _CALLED.search(text) is not None


def is_written(expression: Expression, range_seconds: float) -> bool:
    """Whether a range of that length was written, rather than a variable or a calculation that stands for one."""
    return range_seconds in _ranges(expression.text)


@lru_cache(maxsize=64)
def _ranges(text: str) -> frozenset[float]:
    found = set()
    for match in _RANGE.finditer(text):
        try:
            found.add(float(seconds(match[1])))
        except ValueError:
            continue  # a number, which counts seconds, stands for a duration only in Prometheus 3
    return frozenset(found)


def is_number_written(expression: Expression, value: float) -> bool:
    """Whether a number was written, rather than a variable that stands for one."""
    return expression.text == expression.plain or abs(value) in _numbers(expression.text)


@lru_cache(maxsize=64)
def _numbers(text: str) -> frozenset[float]:
    return frozenset(map(float, _NUMBER.findall(text)))


def rule_of(expression: Expression) -> Rule | None:
    """The rule whose expression it is; None when a dashboard holds it."""
    owner = expression.owner
    if not isinstance(owner, Group):
        return None
    pointer = expression.pointer.removesuffix("/expr")
    number = pointer.rpartition("/")[2]
    at = int(number) if number.isdigit() else len(owner.rules)
    if at < len(owner.rules) and owner.rules[at].pointer == pointer:
        return owner.rules[at]
    # In a broken group something that is no rule stands before it.
    return next((rule for rule in owner.rules if rule.pointer == pointer), None)


def said(
    estate: Estate,
    id_: str,
    severity: Severity,
    expression: Expression,
    message: str,
    remedy: str = "",
    *,
    node: Node | None = None,
) -> Finding:
    """A finding about an expression.

    Args:
        node: the part of it that is wrong, which is marked where it can be told.
    """
    place = _span(expression, node)
    return estate.finding(
        id_,
        severity,
        expression.owner.definition,
        expression.pointer,
        expression.subject,
        message,
        remedy,
        line_within=1 if place is None else position(expression.text, place[0])[0],
        span=None if place is None else expression.span(*place),
    )


def _span(expression: Expression, node: Node | None) -> Span | None:
    found = facts(expression.plain) if node is not None else None
    # What takes the place of a variable is mostly as long; where it isn't, columns are others.
    if node is None or found is None or len(expression.plain) != len(expression.text):
        return None
    return span(expression.plain, found, node)
