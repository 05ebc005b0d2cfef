from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from provision.compile.dialect.shaped_stack import SOURCE_LABEL
from provision.errors import PartlyDone, ProvisionError
from provision.ship.swarm import undo, waiting
from provision.ship.swarm.converge import ServiceState
from provision.ship.swarm.live import LiveService, Node, Task
from provision.ship.swarm.waiting import Snapshot
from provision.tools import docker
from provision.tools.docker import Engine

ENGINE = Engine(Path("docker"))
NODE = Node("1", "a", "manager", True, {})
Seen = Snapshot | ProvisionError
Play = Callable[[Sequence[Seen]], None]


def service(name: str, update: str = "completed", source: str = "v1", **more: str) -> LiveService:
    return LiveService(
        name, name, f"shop_{name}", 1, (), "web:1", pinned=False, configs=(), secrets=(), earlier_configs=(), earlier_secrets=(),
        update=update, message="why", labels={SOURCE_LABEL: source}, version=1, **more,
    )  # fmt: skip


def task(of: str, ident: str = "t", state: str = "running", wanted: str = "running", error: str = "") -> Task:
    return Task(f"{ident}-{of}", of, 1, "1", state, wanted, error, "web:1", "1")


def seen(*services: LiveService, tasks: Sequence[Task] | None = None) -> Snapshot:
    return Snapshot(
        services, tuple(task(each.name) for each in services) if tasks is None else tuple(tasks), (NODE,)
    )


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """What is seen of the stack, one after the other; the last one again and again."""
    monkeypatch.setattr(waiting, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(waiting, "SETTLED_SECONDS", 0.05)

    def given(snapshots: Sequence[Seen]) -> None:
        left = list(snapshots)

        def next_one(*_: object) -> Snapshot:
            found = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(found, ProvisionError):
                raise found
            return found

        monkeypatch.setattr(waiting, "snapshot", next_one)

    return given


def wait(*names: str, seconds: float = 5.0) -> dict[str, ServiceState]:
    sources = dict.fromkeys(names, "v1")
    states = waiting.wait(ENGINE, "shop", sources, seconds, time.monotonic() + seconds, lambda _: None)
    return {state.name: state for state in states}


@pytest.mark.parametrize("update", ["rollback_completed", "paused", "updating"])
def test_a_service_that_no_source_has_any_more_keeps_none_from_being_deployed(
    play: Play, update: str
) -> None:
    play([seen(service("web"), service("old", update), tasks=[task("web")])])
    states = wait("web")
    assert list(states) == ["web"]
    assert states["web"].settled


def test_a_service_that_somebody_removes_meanwhile_is_no_success(play: Play) -> None:
    play([seen(service("web"), service("db"), tasks=[task("web")]), seen(service("web"))])
    states = wait("web", "db")
    assert (states["db"].settled, states["db"].failed) == (False, "it is gone: somebody has removed it")
    play([seen()])
    assert wait("web")["web"].failed


def test_one_that_is_restarted_again_and_again_is_no_success_when_the_time_is_over(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SETTLED_SECONDS", 0.2)
    play([seen(service("web"), tasks=[task("web", f"t{number}")]) for number in range(1000)])
    state = wait("web", seconds=0.1)["web"]
    assert (state.settled, state.failed) == (False, "its tasks were still being replaced after 0.1 s")


def test_what_somebody_else_deploys_meanwhile_is_told(play: Play) -> None:
    play([seen(service("web", "updating"), tasks=[]), seen(service("web", source="v2"))])
    with pytest.raises(PartlyDone, match="somebody else has deployed shop_web meanwhile"):
        wait("web")
    # The Swarm has just the earlier sources again when it takes an update back.
    play([seen(service("web", "rollback_started", source="v0"))])
    assert "rollback_started" in wait("web")["web"].failed


def test_work_that_is_done_is_as_good_as_work_that_goes_on(play: Play) -> None:
    done = task("job", state="complete", wanted="shutdown")
    for restart in ("none", "on-failure"):
        play([seen(service("job", "", restart=restart), tasks=[done])])
        state = wait("job")["job"]
        assert (state.settled, state.running, state.wanted) == (True, 0, 1)
    # One that is given up after so many attempts hasn't done its work.
    play([seen(service("job", ""), tasks=[done])])
    assert not wait("job", seconds=0.1)["job"].settled
    # With a restart policy that starts it again the next one stands there already.
    play(
        [seen(service("job", "", restart="on-failure"), tasks=[done, task("job", "next", "ready", "ready")])]
    )
    assert not wait("job", seconds=0.1)["job"].settled


def test_an_engine_that_refuses_for_a_moment_is_asked_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = ProvisionError("the swarm does not have a leader", where="docker")
    play([busy, busy, seen(service("web"))])
    assert wait("web")["web"].settled
    play([busy])
    with pytest.raises(ProvisionError, match="leader"):
        wait("web", seconds=0.1)
    monkeypatch.setattr(waiting, "SILENT_SECONDS", 0.05)
    with pytest.raises(ProvisionError, match="leader"):
        wait("web")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr(docker, "call", lambda _, *words: calls.append(" ".join(words)))
    return calls


def back(before: Sequence[LiveService], complete: Sequence[str], seconds: float = 5.0) -> tuple[str, ...]:
    return undo.undo(ENGINE, "shop", {each.name: each for each in before}, complete, seconds, lambda _: None)


OLD = service("web", definition="one")
NEW = service("web", "updating", definition="two", earlier_definition="one")


def test_going_back_waits_for_what_ran_before_only(play: Play, asked: list[str]) -> None:
    down = service("db", definition="one")
    play([seen(NEW, down), seen(OLD, down, tasks=[task("web")])])
    assert back([OLD, down], ["web"]) == ()
    assert asked == ["service rollback --detach --quiet shop_web"]
    play([seen(OLD, down, tasks=[task("web")])])
    assert back([OLD, down], ["web", "db"], 0.2) == ("shop_db: 0 of 1 tasks run after the rollback",)


def test_a_rollback_that_is_under_way_is_waited_for(play: Play, asked: list[str]) -> None:
    returning = replace(OLD, update="rollback_started")
    play([seen(returning)])
    assert back([OLD], ["web"], 0.2) == ("shop_web: the Swarm is still taking it back",)
    play([seen(returning), seen(returning), seen(replace(OLD, update="rollback_completed"))])
    assert back([OLD], ["web"]) == ()


def test_a_service_that_is_gone_is_not_as_it_was(play: Play, asked: list[str]) -> None:
    play([seen(OLD)])
    gone = replace(OLD, name="db", full_name="shop_db")
    assert back([OLD, gone], ["web", "db"]) == ("shop_db is gone: somebody has removed it",)


def test_an_election_does_not_end_the_way_back(
    play: Play, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = ProvisionError("the swarm does not have a leader", where="docker")
    answers = [busy, None]

    def call(_: Engine, *words: str) -> None:
        asked.append(" ".join(words))
        if found := answers.pop(0):
            raise found

    monkeypatch.setattr(docker, "call", call)
    play([busy, seen(NEW), seen(NEW), busy, seen(OLD)])
    assert back([OLD], ["web"]) == ()
    assert asked == ["service rollback --detach --quiet shop_web"] * 2
    answers[:] = [busy] * 100
    play([seen(NEW)])
    assert back([OLD], ["web"], 0.1) == (str(busy),)
    monkeypatch.setattr(waiting, "SILENT_SECONDS", 0.0)
    answers[:] = [busy] * 100
    assert back([OLD], ["web"]) == (str(busy),)
