"""Many dashboards are walked through by several processes, with the same findings and the same errors."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provision.errors import ProvisionError
from provision.model import Definition
from provision.project import Project
from provision.prove.check import walk
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
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process ids of those that walked beside this one."""
    ids: list[int] = []
    work = walk._Worker.__init__

    def begun(self: walk._Worker, *given: object) -> None:
        work(self, *given)  # type: ignore[arg-type]
        ids.append(self._process.pid or 0)

    monkeypatch.setattr(walk._Worker, "__init__", begun)
    monkeypatch.setattr(walk, "_parts", lambda _: 3)
    return ids


def test_processes_find_what_one_finds(forks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    found = walked(FAULTY)
    assert len(set(forks)) == 3
    monkeypatch.setattr(walk, "_parts", lambda _: 1)
    assert walked(FAULTY) == found
    assert {"promql", "unknown-variable", "duplicate-key"} <= {
        each.split("id='")[1].split("'")[0] for each in found
    }
    assert len(forks) == 3


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


def test_an_error_in_a_process_is_told_here(forks: list[int]) -> None:
    with pytest.raises(ProvisionError, match="this check fails"):
        walked(FAULTY, Checks(dashboards=(Failing(),)))  # type: ignore[arg-type]
    assert len(forks) == 3


def test_what_a_process_that_was_killed_leaves_is_done_here(forks: list[int]) -> None:
    promql = tuple(each for each in BUILT_IN.project if each.ID == "promql")
    checks = Checks(project=promql, dashboards=(Dying(),))  # type: ignore[arg-type]
    assert len(walked(FAULTY, checks)) == 7  # 6 panels and a rule
    assert len(forks) == 3
    for pid in forks:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_few_dashboards_are_walked_through_by_this_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_Worker", None)
    assert walked(FAULTY)


def test_beside_other_threads_there_is_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MANY", 2)
    monkeypatch.setattr(walk.os, "sched_getaffinity", lambda _: {0, 1})
    estate = estate_of(FAULTY, Project(root=Path("/nowhere"), name="test"), Tools())
    monkeypatch.setattr(walk.threading, "active_count", lambda: 1)
    monkeypatch.setattr(walk.sys, "platform", "linux")
    assert walk._parts(estate) == 2
    monkeypatch.setattr(walk.threading, "active_count", lambda: 2)
    assert walk._parts(estate) == 1
    monkeypatch.setattr(walk.threading, "active_count", lambda: 1)
    monkeypatch.setattr(walk.sys, "platform", "darwin")
    assert walk._parts(estate) == 1


def test_what_was_known_of_expressions_is_freed_in_the_end() -> None:
    from provision.promql.facts import facts

    assert found(dashboard(panel("rate(up[5m])")), ids={"promql"}) == ()
    assert facts.cache_info().currsize == 0
