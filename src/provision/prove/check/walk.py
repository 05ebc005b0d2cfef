"""The walk through all there is: each dashboard, expression and rule is looked at once, by all that look at one. What is
found out about an expression is kept only while it is looked at.

Many dashboards are shared out among processes. Each is a fork, so it has everything at once and gives back findings
only; a part that one of them doesn't finish is walked through here, where its error can be told.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from typing import Final

from provision.model import Finding
from provision.promql.facts import forget
from provision.promql.parse import SyntaxProblem, parse
from provision.prove.check.checks.project import promql
from provision.prove.check.checks.rules import OF_ANY_ENGINE
from provision.prove.check.estate import Dashboard, Estate, Expression, Group
from provision.prove.check.registry import Checks

MANY: Final = 200
"""So many dashboards are worth another process: a fork takes 10 ms, as long as a dozen of 20 panels."""

_REMEMBERED: Final = 20
"""After so many dashboards what is known of their expressions is forgotten: nobody asks for it once they were looked at."""


def walk(estate: Estate, checks: Checks) -> Iterator[Finding]:
    """What these checks say."""
    try:
        yield from _walked(estate, checks)
    finally:
        forget()


def _walked(estate: Estate, checks: Checks) -> Iterator[Finding]:
    yield from _of_grafana(estate, checks)
    parts = _parts(estate) if checks.dashboards or checks.expressions else 1
    others = [each for each in checks.project if each is not promql]
    if parts == 1:
        # First, as then what is known of an expression when its verdict is found serves all that come after.
        yield from _walk(estate, checks, estate.dashboards, estate.groups)
        for of_all in others:
            yield from of_all.check(estate)
        return
    workers = [_Worker(estate, checks, number, parts) for number in range(parts)]
    try:
        yield from _walk(estate, checks, (), estate.groups)
        for of_all in others:
            yield from of_all.check(estate)
        for number, worker in enumerate(workers):
            found = worker.found()
            yield from _part(estate, checks, number, parts) if found is None else found
    finally:
        for worker in workers:
            worker.end()


def _of_grafana(estate: Estate, checks: Checks) -> Iterator[Finding]:
    """What is said of rules of Grafana's own by those checks that look at them."""
    looking = [each for each in checks.rules if each in OF_ANY_ENGINE]
    for group in estate.groups_of_grafana:
        for rule in group.rules:
            for of_a_rule in looking:
                yield from of_a_rule.check(estate, group, rule)


class _Worker:
    """A process that walks through a part of the dashboards."""

    def __init__(self, estate: Estate, checks: Checks, number: int, parts: int) -> None:
        context = multiprocessing.get_context("fork")
        self._answer, into = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(estate, checks, number, parts, into), name="check", daemon=True
        )
        self._process.start()
        into.close()

    def found(self) -> list[Finding] | None:
        """What it has found; None when it has not come to an end."""
        try:
            found: list[Finding] | None = self._answer.recv()
        except EOFError:
            return None
        return found

    def end(self) -> None:
        """It is no longer needed."""
        self._answer.close()
        self._process.kill()
        self._process.join()


def _work(estate: Estate, checks: Checks, number: int, parts: int, into: Connection) -> None:
    try:
        into.send(list(_part(estate, checks, number, parts)))
    except (Exception, KeyboardInterrupt):  # noqa: BLE001  # it is done once more where errors and interruptions are told
        os._exit(1)


def _part(estate: Estate, checks: Checks, number: int, parts: int) -> Iterator[Finding]:
    return _walk(estate, checks, estate.dashboards.part(number, parts), ())


def _parts(estate: Estate) -> int:
    """How many processes share the dashboards; 1 for none but this."""
    # Elsewhere a fork isn't safe, nor is it beside other threads, which may hold a lock.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), max(1, len(estate.dashboards) // (MANY // 2)))


def _walk(
    estate: Estate, checks: Checks, dashboards: Iterable[Dashboard], groups: Iterable[Group]
) -> Iterator[Finding]:
    refused: list[tuple[Expression, SyntaxProblem]] | None = [] if promql in checks.project else None
    features = promql.features_of(estate.project)

    def of_expressions(owner: Dashboard | Group) -> Iterator[Finding]:
        if refused is None and not checks.expressions:
            return
        for expression in estate.expressions_of(owner):
            if refused is not None and (problem := parse(expression.plain, features)) is not None:
                refused.append((expression, problem))
            for of_an_expression in checks.expressions:
                yield from of_an_expression.check(estate, expression)

    for number, dashboard in enumerate(dashboards, 1):
        if number % _REMEMBERED == 0:
            forget()
        for of_a_dashboard in checks.dashboards:
            yield from of_a_dashboard.check(estate, dashboard)
        yield from of_expressions(dashboard)
    for group in groups:
        for rule in group.rules:
            for of_a_rule in checks.rules:
                yield from of_a_rule.check(estate, group, rule)
        yield from of_expressions(group)
    if refused:
        yield from promql.told(estate, refused)
