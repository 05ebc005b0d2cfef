"""The walk through all there is: each dashboard, expression and rule is looked at once, by all that look at one. What is
found out about an expression is kept only while it is looked at.

Much of it is shared out among processes (`provision.prove.check.sharing`): dashboards one by one, rules by parts of
their groups.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

from provision.model import Finding
from provision.promql.facts import forget
from provision.promql.parse import SyntaxProblem, parse
from provision.prove.check.checks.project import promql
from provision.prove.check.checks.rules import OF_ANY_ENGINE
from provision.prove.check.estate import Estate
from provision.prove.check.parts import Dashboard, Expression, Group, Rule
from provision.prove.check.registry import Checks
from provision.prove.check.sharing import shared

MANY: Final = 200
"""So many dashboards are worth another process: a fork takes 10 ms, as long as a dozen of 20 panels."""

_RULES: Final = 10
"""So many rules take as long as a dashboard of 20 panels."""

_SHARES: Final = 16
"""For each process, so that none is left with much to do when the others have come to an end."""

_REMEMBERED: Final = 20
"""After so many dashboards what is known of their expressions is forgotten: nobody asks for it once they were looked at."""


class SomeRules(NamedTuple):
    """Some rules of a group."""

    group: Group
    rules: tuple[Rule, ...]


_Share = Callable[[], Iterable[Dashboard | SomeRules]]
"""Gives what is in it, decoded only then."""


def walk(estate: Estate, checks: Checks) -> Iterator[Finding]:
    """What these checks say."""
    try:
        yield from _walked(estate, checks)
    finally:
        forget()


def _walked(estate: Estate, checks: Checks) -> Iterator[Finding]:
    yield from _of_grafana(estate, checks)
    others = [each for each in checks.project if each is not promql]
    processes = _processes(estate)
    if processes == 1:
        # First, as then what is known of an expression when its verdict is found serves all that come after.
        yield from _walk(estate, checks, chain(estate.dashboards, _whole(estate.groups)))
        for of_all in others:
            yield from of_all.check(estate)
        return
    shares = [*_of_rules(estate, processes * _SHARES), *_of_dashboards(estate, processes * _SHARES)]

    def work(numbers: Iterator[int]) -> Iterator[Finding]:
        return _walk(estate, checks, chain.from_iterable(shares[number]() for number in numbers))

    with shared(len(shares), processes - 1, work) as findings:
        for of_all in others:
            yield from of_all.check(estate)
        yield from findings


def _of_grafana(estate: Estate, checks: Checks) -> Iterator[Finding]:
    """What is said of rules of Grafana's own by those checks that look at them."""
    looking = [each for each in checks.rules if each in OF_ANY_ENGINE]
    for group in estate.groups_of_grafana:
        for rule in group.rules:
            for of_a_rule in looking:
                yield from of_a_rule.check(estate, group, rule)


def _processes(estate: Estate) -> int:
    """How many processes share the work; 1 for none but this."""
    # Elsewhere a fork isn't safe, nor is it beside other threads, which may hold a lock.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    rules = sum(len(group.rules) for group in estate.groups)
    size = len(estate.dashboards) + rules // _RULES
    return min(len(os.sched_getaffinity(0)), max(1, size // (MANY // 2)))


def _whole(groups: Iterable[Group]) -> Iterator[SomeRules]:
    return (SomeRules(group, group.rules) for group in groups)


def _of_rules(estate: Estate, most: int) -> Iterator[_Share]:
    """All rules in at most that many shares: of several groups each, or of a part of one."""
    size = -(-sum(len(group.rules) for group in estate.groups) // most)
    share: list[SomeRules] = []
    room = size
    for group in estate.groups:
        start = 0
        while start < len(group.rules):
            taken = group.rules[start : start + room]
            share.append(SomeRules(group, taken))
            start += len(taken)
            room -= len(taken)
            if room == 0:
                yield partial(iter, share)
                share, room = [], size
    if share:
        yield partial(iter, share)


def _of_dashboards(estate: Estate, most: int) -> Iterator[_Share]:
    count = min(most, len(estate.dashboards))
    return (partial(estate.dashboards.part, number, count) for number in range(count))


def _walk(estate: Estate, checks: Checks, owners: Iterable[Dashboard | SomeRules]) -> Iterator[Finding]:
    refused: list[tuple[Expression, SyntaxProblem]] | None = [] if promql in checks.project else None
    features = promql.features_of(estate.project)

    def of_expressions(expressions: Iterable[Expression]) -> Iterator[Finding]:
        for expression in expressions if refused is not None or checks.expressions else ():
            if refused is not None and (problem := parse(expression.plain, features)) is not None:
                refused.append((expression, problem))
            for of_an_expression in checks.expressions:
                yield from of_an_expression.check(estate, expression)

    dashboards = 0
    for owner in owners:
        if isinstance(owner, Dashboard):
            dashboards += 1
            if dashboards % _REMEMBERED == 0:
                forget()
            for of_a_dashboard in checks.dashboards:
                yield from of_a_dashboard.check(estate, owner)
            yield from of_expressions(estate.expressions_of(owner))
        else:
            for rule in owner.rules:
                for of_a_rule in checks.rules:
                    yield from of_a_rule.check(estate, owner.group, rule)
            yield from of_expressions(_expressions(estate, owner))
    if refused:
        yield from promql.told(estate, refused)


def _expressions(estate: Estate, part: SomeRules) -> Iterable[Expression]:
    found = estate.expressions_of(part.group)
    if len(part.rules) == len(part.group.rules):
        return found
    pointers = {f"{rule.pointer}/expr" for rule in part.rules}
    return (expression for expression in found if expression.pointer in pointers)
