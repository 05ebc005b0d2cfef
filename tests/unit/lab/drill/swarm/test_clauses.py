"""What a drill on a Swarm is judged by."""

from __future__ import annotations

import math
import time
from types import SimpleNamespace

import pytest

from provision.errors import ProvisionError
from provision.lab.drill.swarm import clauses
from provision.lab.drill.values import Visit
from support.swarm_asked import LATE, NO_LEADER, PLACES, WAITED


def test_tasks_come_back_when_they_are_told_to(stage, asked):
    asked.answers["service ps"] = ["manager-1 Running x\n" * 3, "worker-1 Running x\n" * 3]
    clause = clauses.spread_again(stage, "worker-1")
    assert clause.holds
    assert "service update --force --detach app_gallery" in [call for _, call in asked.calls]
    asked.answers["service ps"] = "manager-1 Running x\n" * 3
    assert clauses.spread_again(stage, "worker-1").measured == "not at all: 3 on manager-1"


def test_moved(stage, asked):
    asked.answers["service ps"] = [ProvisionError("no leader"), PLACES, "manager-1 Running x\n" * 3]
    clause = clauses.moved(stage, math.floor(1e12), "worker-1")
    assert (clause.holds, clause.what) == (True, "3 tasks run, none on worker-1")
    asked.answers["service ps"] = PLACES
    clause = clauses.moved(stage, time.time(), "worker-1")
    assert (clause.holds, clause.measured) == (False, "not at all: 1 on worker-1, 1 on manager-1")


def test_what_is_so_at_the_first_look_may_have_come_before(stage, asked, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    clock.time, clock.sleep = lambda: clock.now, lambda _: setattr(clock, "now", clock.now + 5)
    monkeypatch.setattr(clauses, "time", clock)
    monkeypatch.setattr(clauses, "MOVED_SECONDS", 45.0)
    asked.answers["service ps"] = "manager-1 Running x\n" * 3
    clause = clauses.moved(stage, 980.0, "worker-1")
    assert (clause.holds, clause.measured) == (True, "at the latest after 20.0 s")
    clause = clauses.moved(stage, 940.0, "worker-1")
    assert (clause.holds, clause.measured) == (False, "nobody looked before 60.0 s")
    asked.answers["service ps"] = [PLACES, "manager-1 Running x\n" * 3]
    assert clauses.moved(stage, 980.0, "worker-1").measured == "after 25.0 s"


def test_tasks_stay_away_from_a_node_that_is_back(stage, asked):
    asked.answers["node ls"] = "Ready\n"
    asked.answers["service ps"] = "manager-1 Running x\n" * 3
    assert clauses.stay_away(stage, "worker-1").holds
    asked.answers["service ps"] = "worker-1 Running x\n" * 3
    assert not clauses.stay_away(stage, "worker-1").holds
    asked.answers["node ls"] = "Down\n"
    assert clauses.stay_away(stage, "worker-1").measured == "worker-1 isn't back"


def test_the_quorum(stage, asked):
    kept = clauses.quorum(stage, kept=True)
    assert (kept.holds, kept.expected, kept.measured) == (True, "yes: 2 of 2 are needed", "yes")
    asked.answers["node ls"] = NO_LEADER
    assert not clauses.quorum(stage, kept=True).holds
    assert clauses.quorum(stage, kept=False).holds
    asked.answers["node ls"] = ["a\n", LATE, WAITED, NO_LEADER]
    assert clauses.quorum(stage, kept=False).measured == "no"
    asked.answers["node ls"] = [LATE, NO_LEADER, "a\n"]
    assert clauses.quorum(stage, kept=True).measured == "yes"
    asked.answers["node ls"] = "a\n"
    assert not clauses.quorum(stage, kept=False).holds
    asked.answers["node ls"] = NO_LEADER
    assert not clauses.decides_again(stage).holds
    asked.answers["node ls"] = [NO_LEADER, LATE, "a\n"]
    again = clauses.decides_again(stage)
    assert (again.holds, again.measured, again.value) == (True, "yes", None)


@pytest.mark.parametrize("kept", [True, False])
def test_that_nobody_answers_says_nothing_of_the_quorum(stage, asked, kept):
    asked.answers["node ls"] = LATE
    clause = clauses.quorum(stage, kept=kept)
    assert (clause.holds, clause.measured) == (False, f"they can't be asked: {LATE.what}")


def test_when_users_are_served_again_their_requests_say(stage, monkeypatch):
    clock = SimpleNamespace(time=lambda: 169.0, sleep=lambda _: None)
    monkeypatch.setattr(clauses, "time", clock)
    monkeypatch.setattr(clauses, "answers", lambda _: True)
    visits = [Visit(100 + second, 0.01, 200 if second >= 4 else 502) for second in range(6)]
    clause = clauses.served_again(stage, 100.0, visits)
    assert (clause.holds, clause.measured) == (True, "after 4.0 s")
    # They had ended before.
    clause = clauses.served_again(stage, 100.0, visits[:4])
    assert (clause.holds, clause.measured) == (True, "at the latest after 69.0 s")
    clause = clauses.served_again(stage, 0.0, ())
    assert (clause.holds, clause.measured) == (False, "nobody looked before 169.0 s")


def test_counts(stage, asked, monkeypatch):
    asked.answers["node ls --filter role=manager"] = "Leader\nReachable\nUnreachable\n\n"
    assert clauses.managers(stage, 2, time.time()).holds
    assert not clauses.managers(stage, 3, time.time()).holds
    asked.answers["service ps app_client"] = "Running x\nStarting y\nRunning z\n"
    assert clauses.running(stage, "app_client", 2, time.time()).holds
    assert "--filter desired-state=running" in asked.calls[-1][1]
    asked.answers["ps --quiet"] = "one\ntwo\n"
    found = clauses.goes_on(stage, "worker-1", "manager-2")
    assert (found.holds, found.measured) == (True, "2 on worker-1, 2 on manager-2")
    assert {host.rpartition("/")[2] for host, call in asked.calls if call.startswith("ps")} == {
        "worker-1.sock",
        "manager-2.sock",
    }
    asked.answers["ps --quiet"] = ["one\n", ""]
    found = clauses.goes_on(stage, "worker-1", "manager-2")
    assert (found.holds, found.expected, found.measured) == (
        False,
        "at least 1 on each",
        "1 on worker-1, 0 on manager-2",
    )
