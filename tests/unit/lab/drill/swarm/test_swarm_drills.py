"""Drills on a Swarm, against a client `docker` that answers as written here."""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from provision.compile.load import load
from provision.errors import ProvisionError, Unreachable
from provision.lab import processes
from provision.lab.drill import healing
from provision.lab.drill.healing import heal, written_down
from provision.lab.drill.judged import expected, judged, step_of
from provision.lab.drill.judging import surprises
from provision.lab.drill.swarm import breaks, clauses, data, hung, placements
from provision.lab.drill.swarm import stage as stage_module
from provision.lab.drill.swarm.catalogue import DRILLS
from provision.lab.drill.swarm.stage import SwarmStage
from provision.lab.drill.values import Event, Visit
from provision.lab.swarm import cluster as clusters
from provision.lab.swarm import state
from provision.lab.swarm.state import Cluster, Node
from provision.project import open_project
from provision.tools import docker
from provision.tools.docker import Engine
from support.servers import REPOSITORY


@pytest.fixture(scope="module")
def definitions():
    found = load(open_project(REPOSITORY, "swarm"), use_cache=False)
    assert not found.problems
    return found.definitions


# As managers and the client say it (moby/swarmkit, manager/state/raft; `provision.tools.run`).
NO_LEADER = ProvisionError(
    "docker node: rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are"
    " online. Make sure more than half of the managers are online."
)
WAITED = ProvisionError("docker node: rpc error: code = DeadlineExceeded desc = context deadline exceeded")
LATE = ProvisionError("docker took longer than 10 s and was stopped")

REDIS = "sh -c REDISCLI_AUTH=$(cat /run/secrets/redis_password) redis-cli"


class Asked:
    """What the client was asked, and what it answers: by the first words, the longest first."""

    def __init__(self):
        self.calls, self.answers = [], {}

    def call(self, engine, *arguments, **_):
        self.calls.append((engine.host, " ".join(arguments)))
        for words in sorted(self.answers, key=len, reverse=True):
            if " ".join(arguments).startswith(words):
                answer = self.answers[words]
                answer = answer.pop(0) if isinstance(answer, list) else answer
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return ""


@pytest.fixture
def asked(monkeypatch):
    asked = Asked()
    monkeypatch.setattr(docker, "find", lambda: Engine(Path("docker")))
    monkeypatch.setattr(docker, "call", asked.call)
    for module in (breaks, clauses, healing, hung):
        for name in (
            "_PAUSE_SECONDS",
            "_SPREAD_SECONDS",
            "MOVED_SECONDS",
            "SPREAD_SECONDS",
            "NOTICED_SECONDS",
            "_PATIENCE_SECONDS",
        ):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, 0.01 if "PAUSE" in name else 0.2)
    return asked


@pytest.fixture
def done():
    """Which nodes were halted (False) and started (True)."""
    return []


@pytest.fixture
def stage(tmp_path, definitions, asked, done, monkeypatch):
    here = processes.identify(os.getpid())
    members = tuple(
        Node(name, name.partition("-")[0], f"172.31.64.{number}", here)
        for number, name in enumerate(("manager-1", "manager-2", "worker-1", "worker-2"), 11)
    )
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    state.write(Cluster("abcd", tmp_path, sockets, "172.31.64", members))

    def changed(name, process):
        cluster = state.read(tmp_path)
        state.write(
            replace(
                cluster,
                nodes=tuple(
                    replace(each, process=process) if each.name == name else each for each in cluster.nodes
                ),
            )
        )
        done.append((name, process is not None))

    monkeypatch.setattr(clusters, "halt", lambda _, name: changed(name, None))
    monkeypatch.setattr(clusters, "start", lambda _, name: changed(name, here))
    return SwarmStage(tmp_path, definitions, "myhbsapp.com", "http://172.31.64.1:9/alerts")


PLACES = "worker-1 Running 5 seconds ago\nworker-1 Starting 1 second ago\nmanager-1 Running 2 minutes ago\n"


def test_where_things_are(stage):
    assert stage.entries == ("172.31.64.11:80", "172.31.64.12:80")
    assert stage.url("Prometheus") == "http://172.31.64.11:9090"
    assert stage.url("Alertmanager") == "http://172.31.64.11:9093"
    assert stage.url("notifications") == "http://172.31.64.1:9/alerts"
    assert (stage.health_check_seconds(), stage.health_check_seconds(2)) == (3, 4)
    assert stage.runs_on == "engine"
    with pytest.raises(ProvisionError, match="there is no stack shop"):
        stage.service("shop", "web")


def test_how_the_nodes_are(stage, asked, monkeypatch):
    monkeypatch.setattr(stage_module, "REMEMBERED_SECONDS", 0.0)
    asked.answers["node ls"] = "manager-1\tReady\tActive\tLeader\nworker-1\tDown\tDrain\t\n"
    asked.answers["service ps app_gallery"] = PLACES
    assert [event.what for event in stage.conditions()] == [
        "manager-1 (leader) is ready",
        "worker-1 is down, drain",
        "tasks of the gallery that run: 1 on manager-1, 1 on worker-1",
    ]
    assert {event.source for event in stage.conditions()} == {"engine"}
    asked.answers["service ps app_gallery"] = ""
    assert stage.conditions()[-1].what == "tasks of the gallery that run: none"
    asked.answers["node ls"] = NO_LEADER
    assert [event.what for event in stage.conditions()] == [
        "the managers have no quorum: nothing can be changed, what runs goes on"
    ]


@pytest.mark.parametrize("error", [LATE, WAITED, Unreachable("no manager runs")])
def test_managers_that_dont_answer_arent_said_to_have_no_quorum(stage, asked, error):
    asked.answers["node ls"] = error
    assert [event.what for event in stage.conditions()] == [f"the managers can't be asked: {error.what}"]
    with pytest.raises(ProvisionError, match=re.escape(error.what)):
        stage.has_quorum()


def test_nodes_are_asked_once_a_second_how_they_are(stage, asked, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(stage_module, "time", SimpleNamespace(monotonic=lambda: now[0], time=lambda: now[0]))
    asked.answers |= {"node ls": "manager-1\tReady\tActive\tLeader\n", "service ps": PLACES}
    first = stage.conditions()
    for now[0] in (100.25, 100.5, 100.75, 100.99):
        assert stage.conditions() == first
    assert len(asked.calls) == 2
    now[0] = 101.0
    asked.answers["node ls"] = LATE
    assert [(event.at, event.what) for event in stage.conditions()] == [
        (101.0, f"the managers can't be asked: {LATE.what}")
    ]
    # What can't be asked isn't asked more often than what can.
    stage.conditions()
    assert len(asked.calls) == 3


def test_the_first_manager_that_runs_is_asked(stage, asked):
    breaks.halt(stage, "manager-1")
    stage.docker("info")
    assert asked.calls[-1][0].endswith("/manager-2.sock")
    breaks.halt(stage, "manager-2")
    with pytest.raises(Unreachable, match="no manager runs"):
        stage.docker("info")


def test_halted_nodes_are_started_again(stage, done):
    breaks.halt(stage, "worker-1", "manager-2")
    assert done == [("worker-1", False), ("manager-2", False)]
    assert heal(stage.folder) == ("manager-2 is started", "worker-1 is started")
    assert done[2:] == [("manager-2", True), ("worker-1", True)]


@pytest.mark.parametrize(
    ("breaking", "asked_for", "undone"),
    [
        (
            lambda stage: breaks.drain(stage, "worker-1"),
            "node update --availability drain worker-1",
            "node update --availability active worker-1",
        ),
        (
            lambda stage: breaks.promote(stage, "worker-1"),
            "node promote worker-1",
            "node demote worker-1",
        ),
        (
            lambda stage: breaks.scale(stage, "app_client", 3, 0),
            "service scale --detach app_client=3",
            "service scale --detach app_client=0",
        ),
    ],
)
def test_what_is_asked_of_a_manager_is_taken_back(stage, asked, breaking, asked_for, undone):
    breaking(stage)
    assert asked.calls[-1][1] == asked_for
    asked.answers[undone] = [ProvisionError("no leader yet"), ""]
    heal(stage.folder)
    assert [call for _, call in asked.calls[1:]] == [undone, undone]
    assert written_down(stage.folder) == ()


def test_what_cant_be_taken_back_stays_written_down(stage, asked):
    breaks.promote(stage, "worker-1")
    asked.answers["node demote"] = ProvisionError("it refuses")
    with pytest.raises(ProvisionError, match="worker-1 is a worker again: it refuses"):
        heal(stage.folder)
    assert len(written_down(stage.folder)) == 1


def test_a_swarm_that_is_gone_needs_no_healing(stage, asked):
    breaks.halt(stage, "worker-1")
    breaks.promote(stage, "worker-1")
    folder = stage.folder
    (stage.cluster_folder / state.FILE).unlink()
    assert len(heal(folder)) == 2
    with pytest.raises(ProvisionError, match="the Swarm was taken away"):
        _ = stage.cluster


EVERYWHERE = "manager-1 Running x\nmanager-2 Running x\nworker-1 Running x\n"
ELSEWHERE = EVERYWHERE.replace("worker-1", "manager-1")
SCALED = ["service scale --detach app_gallery=1", "service scale --detach app_gallery=3"]


def test_tasks_that_are_not_one_on_each_node_are_started_anew(stage, asked):
    asked.answers["service ps"] = [ELSEWHERE, ELSEWHERE, "manager-1 Running x\n", EVERYWHERE, EVERYWHERE]
    asked.answers["service inspect"] = ["completed\n", "updating\n", "completed\n"]
    breaks.one_on_each(stage)
    assert asked.answers["service inspect"] == []
    assert [call for _, call in asked.calls if "scale" in call] == SCALED
    # A drill that ends meanwhile leaves no fewer of them; that is no part of what it broke.
    assert heal(stage.folder, all_of_it=False) == ()
    assert heal(stage.folder) == ("the gallery has 3 tasks",)
    assert asked.calls[-1][1] == SCALED[1]
    asked.answers |= {"service ps": PLACES, "service inspect": "updating\n"}
    with pytest.raises(ProvisionError, match="one task of the gallery on each node: not within"):
        breaks.one_on_each(stage)


def test_tasks_that_came_to_be_where_they_were_are_started_anew_again(stage, asked, monkeypatch):
    monkeypatch.setattr(breaks, "_AGAIN_SECONDS", 0.0)
    alone = "manager-1 Running x\n"
    asked.answers["service ps"] = [ELSEWHERE, alone, ELSEWHERE, alone, EVERYWHERE]
    asked.answers["service inspect"] = "completed\n"
    breaks.one_on_each(stage)
    assert [call for _, call in asked.calls if "scale" in call] == SCALED * 2


def test_a_node_that_was_lost_is_given_back(stage, asked, done):
    everywhere = "manager-1 Running x\nmanager-2 Running x\nworker-1 Running x\n"
    asked.answers["service ps"] = [everywhere, everywhere, everywhere.replace("worker-1", "manager-1")]
    breaks.lose(stage, "worker-1")
    assert (done, asked.answers["service ps"]) == ([("worker-1", False)], [])
    breaks.give_back(stage, "worker-1")
    assert done[1:] == [("worker-1", True)]
    assert heal(stage.folder, all_of_it=False) == ()
    assert heal(stage.folder) == ("worker-1 is started",)


def test_tasks_come_back_when_they_are_told_to(stage, asked):
    asked.answers["service ps"] = ["manager-1 Running x\n" * 3, "worker-1 Running x\n" * 3]
    clause = clauses.spread_again(stage, "worker-1")
    assert clause.holds
    assert "service update --force --detach app_gallery" in [call for _, call in asked.calls]
    asked.answers["service ps"] = "manager-1 Running x\n" * 3
    assert clauses.spread_again(stage, "worker-1").measured == "not at all: 3 on manager-1"


def test_what_bounds_the_loss_of_a_node_is_taken_away_and_given_back(stage, asked, monkeypatch):
    monkeypatch.setattr(hung, "answers", lambda _: True)
    monkeypatch.setattr(hung, "_pages", lambda _: False)
    asked.answers |= {
        "service ps": "manager-1 Running x\nmanager-2 Running x\nworker-1 Running x\n",
        "service inspect app_gallery --format {{json .Spec.Labels}}": json.dumps(
            {"traefik.enable": "true", "traefik.x.healthcheck.timeout": "1s", "traefik.y.middlewares": "a", "z": ""}
        ),
        "service inspect app_traefik --format {{json .Spec": json.dumps(
            ["--ping=true", "--serverstransport.forwardingtimeouts.dialtimeout=1s"]
        ),
    }  # fmt: skip
    hung.prepare(stage)
    heal(stage.folder)
    dial = "--serverstransport.forwardingtimeouts.dialtimeout="
    assert [call for _, call in asked.calls if call.startswith("service update")] == [
        "service update --detach --label-add traefik.x.healthcheck.timeout=1h --label-rm traefik.y.middlewares"
        " app_gallery",
        f"service update --detach --args --ping=true {dial}30s app_traefik",
        f"service update --detach --args --ping=true {dial}1s app_traefik",
        "service update --detach --label-add traefik.x.healthcheck.timeout=1s --label-add traefik.y.middlewares=a"
        " app_gallery",
    ]


@pytest.mark.parametrize(
    ("seconds", "holds"), [((30.1, 29.9), True), ((30.0, 25.0), True), ((15.0, 1.0), False), ((), False)]
)
def test_how_long_those_wait_who_are_sent_to_a_node_that_is_gone(stage, seconds, holds):
    visits = [Visit(100, 60.0, 504), Visit(105, 0.01, 200), *(Visit(102, each, 504) for each in seconds)]
    (clause,) = hung.judged(stage, (), {"broken": 101, "healed": 110}, visits)
    assert clause.holds is holds


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


def test_what_is_counted_is_counted_from_the_break(stage, asked, monkeypatch):
    clock = SimpleNamespace(time=lambda: 112.0, sleep=lambda _: None)
    monkeypatch.setattr(clauses, "time", clock)
    monkeypatch.setattr(clauses, "MOVED_SECONDS", 45.0)
    asked.answers |= {"node ls": "Leader\nReachable\n", "service ps app_client": "Running x\n" * 3}
    for name in ("promote-worker", "scale-client"):
        (clause,) = DRILLS[name].drill.checks(stage, 100.0)
        assert (clause.holds, clause.measured) == (True, "at the latest after 12.0 s")


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


def test_where_each_node_is_to_have_one_task_there_are_three():
    spread = [placed for placed in DRILLS.values() if placed.drill.prepare is breaks.one_on_each]
    assert spread
    assert {placed.managers + placed.workers for placed in spread} == {breaks.REPLICAS}


def test_what_isnt_answered_is_asked_again(asked):
    answers = [LATE, False, LATE, True]

    def holds():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def never_answers():
        raise LATE

    breaks.await_("it", holds, 5.0)
    assert answers == []
    with pytest.raises(ProvisionError, match="it: not within 0 s: docker took longer than 10 s"):
        breaks.await_("it", never_answers, 0.1)
    with pytest.raises(ProvisionError, match="it: not within 0 s$"):
        breaks.await_("it", lambda: False, 0.1)


def test_a_spread_takes_no_longer_than_it_may(stage, asked):
    """The time in which tasks go is part of the time in which they are to be spread."""
    asked.answers["service ps"] = ELSEWHERE
    said = "one task of the gallery on each node: not within 0 s: one task of the gallery: not within 0 s"
    with pytest.raises(ProvisionError, match=said):
        breaks.one_on_each(stage)
    assert [call for _, call in asked.calls if "scale" in call] == SCALED[:1]


def test_every_drill_has_finite_bounds(stage, definitions):
    for placed in DRILLS.values():
        signal = placed.drill.supposes(stage).signal
        if signal is not None:
            detected, over = expected(
                judged(definitions, signal.alert, signal.job, signal.severity), step_of(signal)
            )
            assert 0 < detected.firing < detected.delivered < math.inf
            assert 0 < over.resolved < math.inf
        assert placed.managers % 2 == 1


def test_where_nobody_is_to_be_told_a_page_is_never_excused(stage):
    page = Event(101, "webhook", "", "TraefikServiceDown", "page", "firing")
    tickets = [replace(page, alert=name, severity="ticket") for name in ("TargetDown", "JobDown")]
    quiet = {
        name: hypothesis
        for name, placed in DRILLS.items()
        if (hypothesis := placed.drill.supposes(stage)).signal is None
    }
    assert {"drain-worker", "promote-worker", "scale-client", "node-comes-back"} <= set(quiet)
    for hypothesis in quiet.values():
        clause = surprises(hypothesis, [page], 100)
        assert (clause.holds, clause.measured) == (False, "TraefikServiceDown")
        for name in hypothesis.may_fire:
            assert not surprises(hypothesis, [replace(page, alert=name)], 100).holds
    assert surprises(quiet["drain-worker"], tickets, 100).measured == "JobDown, TargetDown (follows from it)"
    assert surprises(quiet["promote-worker"], tickets, 100).measured == "JobDown, TargetDown"


def test_how_many_are_slow_when_a_node_is_drained(stage):
    """A third, for the 5 s between two questions for tasks and the 3 s of a health check, of the 12 s that it lasts."""
    assert DRILLS["drain-worker"].drill.supposes(stage).slow_ratio == pytest.approx(8 / 12 / 3)


def test_how_long_requests_hang_is_told_as_it_is_judged(stage):
    (clause,) = hung.judged(stage, (), {"broken": 0, "healed": 1}, ())
    assert f"hangs for {clause.expected} and fails" in hung.supposed(stage).text


def test_places_are_counted_by_node(stage, asked):
    asked.answers["service ps"] = PLACES
    assert stage.places() == Counter({"worker-1": 1, "manager-1": 1})
    assert stage_module.GALLERY in asked.calls[-1][1]


def test_placements_are_compared_and_taken_back(stage, asked, monkeypatch):
    everywhere = "manager-1 Running x\nmanager-2 Running x\nworker-1 Running x\n"
    asked.answers["service ps"] = [
        everywhere,
        everywhere,
        "worker-1 Running x\n" * 3,
        everywhere,
        "manager-1 Running x\n" * 3,
    ]
    monkeypatch.setattr(placements, "answers", lambda _: True)
    seen = []
    monkeypatch.setattr(placements, "measured", lambda what, *_, **__: seen.append(what) or what)
    told = []
    assert placements.compare(stage, told.append) == [
        "on all nodes",
        "on all nodes, 3 clients",
        "on worker-1 alone",
        "on the manager alone",
    ]
    updates = [call for _, call in asked.calls if call.startswith("service update")]
    assert updates == [
        "service update --detach --constraint-add node.hostname==worker-1 app_gallery",
        "service update --detach --constraint-rm node.hostname==worker-1 app_gallery",
        "service update --detach --constraint-add node.hostname==manager-1 app_gallery",
        "service update --detach --constraint-rm node.hostname==manager-1 app_gallery",
    ]
    assert written_down(stage.folder) == ()
    assert told[0] == "3 tasks on all nodes: for 15 s"


def test_data_that_stays_where_it_was(stage, asked, done):
    asked.answers |= {
        "service ps": "manager-1 Running x\nworker-1 Running x\nworker-2 Running x\n",
        "ps --quiet": ["", "r2\n", "r2\n", "r1\n"],
        f"exec r2 {REDIS} get drill": "\n",
        f"exec r2 {REDIS} set drill kept": "OK\n",
        f"exec r1 {REDIS} get drill": "\n",
    }
    data.keep_at_worker(stage)
    data.lose(stage)
    (clause,) = data.start_elsewhere(stage, 0.0)
    assert (clause.holds, clause.measured) == (True, "nothing")
    assert f"exec r2 {REDIS} set drill kept" in [call for _, call in asked.calls]
    asked.calls.clear()
    heal(stage.folder, all_of_it=False)
    assert (done, asked.calls) == ([("worker-2", False), ("worker-2", True)], [])
    heal(stage.folder)
    assert [call for _, call in asked.calls] == [
        "node update --label-add app-data=false worker-1",
        "node update --label-add app-data=false worker-2",
        "node update --label-add app-data=true manager-1",
    ]


def test_a_redis_that_keeps_nothing_is_no_beginning(stage, asked):
    """Otherwise what it has elsewhere would be nothing, whatever a volume does."""
    asked.answers |= {"ps --quiet": "r2\n", f"exec r2 {REDIS}": "NOAUTH Authentication required.\n"}
    with pytest.raises(ProvisionError, match="worker-2: app_redis doesn't keep anything: NOAUTH"):
        data.keep_at_worker(stage)


def test_what_redis_said_first_is_what_it_has(stage, asked):
    asked.answers |= {"ps --quiet": ["r1\n", ""], f"exec r1 {REDIS} get drill": "\n"}
    (clause,) = data.start_elsewhere(stage, 0.0)
    assert (clause.holds, clause.measured) == (True, "nothing")


def test_data_that_came_along_is_told(stage, asked):
    asked.answers |= {"ps --quiet": "r1\n", f"exec r1 {REDIS} get drill": "kept\n"}
    (clause,) = data.start_elsewhere(stage, 0.0)
    assert (clause.holds, clause.measured) == (False, "what was kept (kept)")
