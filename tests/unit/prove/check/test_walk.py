"""Many dashboards and rules are walked through by several processes, with the same findings and the same errors."""

from __future__ import annotations

import os
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.model import Definition
from provision.project import Project
from provision.prove.check import sharing, walk
from provision.prove.check.reading import estate_of
from provision.prove.check.registry import BUILT_IN, Checks
from provision.prove.check.tools import Tools
from support.checking import dashboard, found, group, panel

FAULTY = [
    *(dashboard(panel("sum(" if n % 3 else "rate(up[5m]) + $no"), uid=f"d{n}", path=f"dashboards/{n}.py") for n in range(9)),
    dashboard({"title": "C", "datasource": {"uid": "none"}}, uid="d1", folder="nowhere"),
    group({"record": "a:b:c", "expr": "rate(x)"}, {"alert": "A", "expr": "up"}),
]  # fmt: skip


def walked(definitions: list[Definition], checks: Checks = BUILT_IN) -> list[str]:
    estate = estate_of(definitions, Project(root=Path("/nowhere"), name="test"), Tools())
    return sorted(map(str, walk.walk(estate, checks)))


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> list[BaseProcess]:
    """The processes that walked beside this one."""
    begun: list[BaseProcess] = []
    begin = sharing._Helper.__init__

    def beginning(self: sharing._Helper[object], *given: object) -> None:
        begin(self, *given)  # type: ignore[arg-type]
        begun.append(self._process)

    monkeypatch.setattr(sharing._Helper, "__init__", beginning)
    monkeypatch.setattr(walk, "_processes", lambda _: 3)
    return begun


class Awaiting:
    """A check of all there is that lets the other processes do everything first."""

    ID = "awaiting"

    def __init__(self, helpers: list[BaseProcess]) -> None:
        self.helpers = helpers

    def check(self, *_: object) -> list[object]:
        for helper in self.helpers:
            assert wait([helper.sentinel], timeout=30)
        return []


@pytest.mark.parametrize("awaited", [False, True])
def test_processes_find_what_one_finds(
    helpers: list[BaseProcess], awaited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = BUILT_IN
    if awaited:
        checks = replace(checks, project=(*checks.project, Awaiting(helpers)))  # type: ignore[arg-type]
    found = walked(FAULTY, checks)
    assert len(helpers) == 2
    monkeypatch.setattr(walk, "_processes", lambda _: 1)
    assert walked(FAULTY) == found
    assert {"promql", "unknown-variable", "duplicate-key"} <= {
        each.split("id='")[1].split("'")[0] for each in found
    }
    assert len(helpers) == 2


def test_rules_of_one_large_group_and_of_many_small_ones_are_each_looked_at_once(
    helpers: list[BaseProcess],
) -> None:
    sizes = [1, 0, 130, 2, 49, 0, 7]
    groups = [
        group(
            *({"alert": f"A{n}", "expr": "up ==", "annotations": {"summary": "{{ .Nothing }}"}} for n in range(size)),
            name=f"g{number}",
        )
        for number, size in enumerate(sizes)
    ]  # fmt: skip
    found = walked(groups)
    for id_ in ("promql", "alerts-template"):
        assert sum(f"id='{id_}'" in each for each in found) == sum(sizes)
    assert len(helpers) == 2


class Failing:
    """A check of a dashboard that fails wherever it runs."""

    ID = "failing"

    def check(self, *_: object) -> list[object]:
        raise ProvisionError("this check fails")


class Dying:
    """A check that ends the process that runs it, but for this one."""

    ID = "dying"

    def __init__(self) -> None:
        self.here = os.getpid()

    def check(self, *_: object) -> list[object]:
        if os.getpid() != self.here:
            os.kill(os.getpid(), 9)
        return []


def test_an_error_in_a_process_is_told_here(helpers: list[BaseProcess]) -> None:
    checks = Checks(project=(Awaiting(helpers),), dashboards=(Failing(),))  # type: ignore[arg-type]
    with pytest.raises(ProvisionError, match="this check fails"):
        walked(FAULTY, checks)
    assert [helper.exitcode for helper in helpers] == [1, 1]


def test_what_a_process_that_was_killed_leaves_is_done_here(helpers: list[BaseProcess]) -> None:
    promql = tuple(each for each in BUILT_IN.project if each.ID == "promql")
    checks = Checks(project=(*promql, Awaiting(helpers)), dashboards=(Dying(),))  # type: ignore[arg-type]
    assert len(walked(FAULTY, checks)) == 7  # 6 panels and a rule
    assert [helper.exitcode for helper in helpers] == [-9, -9]


def test_few_dashboards_are_walked_through_by_this_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "shared", None)
    assert walked(FAULTY)


def test_beside_other_threads_there_is_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MANY", 2)
    monkeypatch.setattr(walk.os, "sched_getaffinity", lambda _: {0, 1})
    estate = estate_of(FAULTY, Project(root=Path("/nowhere"), name="test"), Tools())
    monkeypatch.setattr(walk.threading, "active_count", lambda: 1)
    monkeypatch.setattr(walk.sys, "platform", "linux")
    assert walk._processes(estate) == 2
    rules = [group(*({"record": "a:b:c", "expr": "up"} for _ in range(19)))]
    assert walk._processes(estate_of(rules, estate.project, Tools())) == 1
    rules += [group({"record": "a:b:c", "expr": "up"}, name="one more")]
    assert walk._processes(estate_of(rules, estate.project, Tools())) == 2
    monkeypatch.setattr(walk.threading, "active_count", lambda: 2)
    assert walk._processes(estate) == 1
    monkeypatch.setattr(walk.threading, "active_count", lambda: 1)
    monkeypatch.setattr(walk.sys, "platform", "darwin")
    assert walk._processes(estate) == 1


def test_what_was_known_of_expressions_is_freed_in_the_end() -> None:
    from provision.promql.facts import facts

    assert found(dashboard(panel("rate(up[5m])")), ids={"promql"}) == ()
    assert facts.cache_info().currsize == 0
