"""Placements that are compared."""

from __future__ import annotations

from provision.lab.drill.healing import written_down
from provision.lab.drill.swarm import placements


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
