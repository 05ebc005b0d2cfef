"""What a drill breaks on a Swarm, and how it is taken back."""

from __future__ import annotations

import pytest

from provision.errors import ProvisionError
from provision.lab.drill.healing import heal, written_down
from provision.lab.drill.swarm import breaks
from provision.lab.swarm import state
from support.swarm_asked import ELSEWHERE, EVERYWHERE, LATE, PLACES

SCALED = ["service scale --detach app_gallery=1", "service scale --detach app_gallery=3"]


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


def test_a_spread_takes_no_longer_than_it_may(stage, asked):
    """The time in which tasks go is part of the time in which they are to be spread."""
    asked.answers["service ps"] = ELSEWHERE
    said = "one task of the gallery on each node: not within 0 s: one task of the gallery: not within 0 s"
    with pytest.raises(ProvisionError, match=said):
        breaks.one_on_each(stage)
    assert [call for _, call in asked.calls if "scale" in call] == SCALED[:1]


def test_a_node_that_was_lost_is_given_back(stage, asked, done):
    everywhere = "manager-1 Running x\nmanager-2 Running x\nworker-1 Running x\n"
    asked.answers["service ps"] = [everywhere, everywhere, everywhere.replace("worker-1", "manager-1")]
    breaks.lose(stage, "worker-1")
    assert (done, asked.answers["service ps"]) == ([("worker-1", False)], [])
    breaks.give_back(stage, "worker-1")
    assert done[1:] == [("worker-1", True)]
    assert heal(stage.folder, all_of_it=False) == ()
    assert heal(stage.folder) == ("worker-1 is started",)


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
