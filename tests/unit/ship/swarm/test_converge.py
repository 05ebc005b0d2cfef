from __future__ import annotations

from typing import Any

import pytest

from provision.ship.swarm.converge import ServiceState, judged
from provision.ship.swarm.live import LiveService, Node, Task

NODES = (
    Node("1", "a", "manager", True, {}),
    Node("2", "b", "worker", True, {}),
    Node("3", "c", "worker", False, {}),
)


def service(replicas: int | None = 2, update: str = "", **fields: Any) -> LiveService:
    given = {"constraints": (), "message": "", **fields}
    return LiveService(
        "s", "web", "shop_web", replicas, image="web:1", pinned=False, configs=(), secrets=(), earlier_configs=(), earlier_secrets=(), update=update,
        labels={}, version=1, **given,
    )  # fmt: skip


def task(slot: int, state: str = "running", wanted: str = "running", **fields: Any) -> Task:
    given = {"node": "1", "error": "", "created": "1", **fields}
    return Task(f"t{slot}{given['created']}", "web", slot, state=state, wanted=wanted, image="web:1", **given)


def state_of(live: LiveService, *tasks: Task) -> ServiceState:
    (state,) = judged([live], tasks, NODES)
    return state


def test_all_tasks_run() -> None:
    state = state_of(service(), task(1), task(2), task(1, "shutdown", "shutdown", created="0"))
    assert (state.running, state.wanted, state.complete, state.settled, state.failed) == (
        2,
        2,
        True,
        True,
        "",
    )


def test_one_is_still_to_come() -> None:
    state = state_of(service(), task(1), task(2, "starting"))
    assert (state.running, state.complete, state.settled) == (1, False, False)


def test_more_than_are_wanted_are_not_as_they_are_to_be() -> None:
    assert not state_of(service(1), task(1), task(2)).settled


@pytest.mark.parametrize(
    ("update", "settled", "failed"),
    [
        ("completed", True, False),
        ("updating", False, False),
        ("paused", False, True),
        ("rollback_completed", False, True),
        ("rollback_started", False, True),
    ],
)
def test_an_update_has_to_be_over_and_well(update: str, settled: bool, failed: bool) -> None:
    state = state_of(service(update=update, message="why"), task(1), task(2))
    assert (state.complete, state.settled, bool(state.failed)) == (True, settled, failed)
    assert ("why" in state.failed) == failed


def test_a_global_service_is_on_every_node_that_fits_and_is_up() -> None:
    assert state_of(service(None), task(0), task(0, node="2", created="2")).settled
    assert not state_of(service(None), task(0)).settled
    assert state_of(service(None, constraints=("node.role == manager",)), task(0)).settled


def test_the_last_error_is_told() -> None:
    failed = [task(1, "failed", "shutdown", error=f"e{n}", created=str(n)) for n in (1, 3, 2)]
    assert state_of(service(1), *failed).error == "e3"
    assert state_of(service(1), task(1)).error == ""


def test_what_failed_is_told_beside_what_keeps_the_next_one_waiting() -> None:
    failed = task(1, "rejected", "shutdown", error="No such image: web:1", created="1")
    waiting = task(1, "pending", error="host-mode port already in use on 1 node", created="2")
    assert (
        state_of(service(1), failed, waiting).error
        == "No such image: web:1 · host-mode port already in use on 1 node"
    )
    assert state_of(service(1), waiting).error == waiting.error


def test_a_global_service_stays_on_a_node_that_is_paused() -> None:
    paused = Node("3", "c", "worker", False, {}, "paused")
    there = [task(0, node=node, created=node) for node in ("1", "2", "3")]
    (state,) = judged([service(None)], there, (*NODES[:2], paused))
    assert (state.wanted, state.settled) == (3, True)
    (state,) = judged([service(None)], there[:2], (*NODES[:2], paused))
    assert (state.wanted, state.settled) == (2, True)


def test_no_task_is_wanted() -> None:
    assert state_of(service(0)).settled
