"""The loss of what watches: what is asked of a Prometheus, an Alertmanager and an engine that answer as written here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from provision.errors import ProvisionError
from provision.lab.drill.swarm import monitoring
from provision.lab.serving import Reply, Server
from provision.tools import docker

BROKEN = 1795687444.0


class Watching:
    """Prometheus and Alertmanager, as they are started anew or as they were."""

    def __init__(self):
        self.samples, self.silences, self.asked, self.takes = 0, [], [], True

    def answer(self, request):
        if request.path == "/-/ready":
            return Reply(200, "ready")
        if request.path == "/api/v1/query":
            self.asked.append(request.path)
            result = [{"metric": {}, "value": [0, str(self.samples)]}] if self.samples else []
            return Reply(
                200, json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})
            )
        if request.method == "POST":
            if not self.takes:
                return Reply(400, "no")
            silence = json.loads(request.body)
            self.silences.append({**silence, "status": {"state": "active"}})
            return Reply(200, "{}")
        return Reply(200, json.dumps(self.silences))


@pytest.fixture
def watching():
    watching = Watching()
    server = Server(0, watching.answer)
    server.start()
    watching.url = f"http://127.0.0.1:{server.server_port}"
    yield watching
    server.stop()


@pytest.fixture
def stage(watching, monkeypatch):
    """A Swarm whose every address is that of the server above; its volumes on the other node are made at `made`."""
    monkeypatch.setattr(monitoring, "_urls", lambda _: (watching.url, watching.url))
    kept, removed = [], []
    monkeypatch.setattr(monitoring.breaks, "let_keep", lambda _, *what, **how: kept.append((what, how)))
    monkeypatch.setattr(docker, "listed", lambda *_: ["monitor_grafana"])
    monkeypatch.setattr(docker, "call", lambda _, *words: removed.append(words) or "")
    stage = SimpleNamespace(made=BROKEN + 40, kept=kept, removed=removed, has_quorum=lambda: True)
    stage.url, stage.engine = lambda _: watching.url, lambda name: name
    stage.docker = lambda *_, **__: f"{datetime.fromtimestamp(stage.made, UTC):%Y-%m-%dT%H:%M:%SZ}\n"
    return stage


def test_a_silence_is_put_up_and_nothing_of_an_earlier_drill_lies_there(stage, watching):
    monitoring.put_up_silence(stage)
    (silence,) = watching.silences
    assert silence["matchers"][0]["value"] == "NobodyIsToldOfThis"
    assert stage.removed == [("volume", "rm", "--force", "monitor_grafana")]
    watching.takes = False
    with pytest.raises(ProvisionError, match="answers 400"):
        monitoring.put_up_silence(stage)


def test_what_is_started_elsewhere_knows_nothing_of_before(stage, watching):
    clauses = monitoring.start_elsewhere(stage, BROKEN)
    assert [clause.holds for clause in clauses] == [True] * 5
    assert clauses[2].measured == "made 40 s after it"
    assert stage.kept == [(("monitor-data", "manager-2"), {"keep": True, "stays": False})]


def test_what_came_along_is_told(stage, watching):
    monitoring.put_up_silence(stage)
    watching.samples, stage.made = 15, BROKEN - 60
    clauses = monitoring.start_elsewhere(stage, BROKEN)
    assert [clause.holds for clause in clauses] == [False] * 5
    assert [clause.measured for clause in clauses[:3]] == ["15", "1", "made 60 s before it"]


def test_history_is_back_with_its_node_and_the_silence_isnt(stage, watching):
    watching.samples = 165
    assert [each.holds for each in monitoring.there_again(stage, (), {"broken": BROKEN}, ())] == [True, True]
    watching.samples = 0
    monitoring.put_up_silence(stage)
    assert [each.holds for each in monitoring.there_again(stage, (), {"broken": BROKEN}, ())] == [
        False,
        False,
    ]
