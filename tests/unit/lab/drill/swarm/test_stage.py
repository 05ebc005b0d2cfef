"""Where a drill on a Swarm finds things, and how its nodes are."""

from __future__ import annotations

import re
from collections import Counter
from types import SimpleNamespace

import pytest

from provision.errors import ProvisionError, Unreachable
from provision.lab.drill.swarm import breaks
from provision.lab.drill.swarm import stage as stage_module
from support.swarm_asked import LATE, NO_LEADER, PLACES, WAITED


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


def test_places_are_counted_by_node(stage, asked):
    asked.answers["service ps"] = PLACES
    assert stage.places() == Counter({"worker-1": 1, "manager-1": 1})
    assert stage_module.GALLERY in asked.calls[-1][1]
