"""Requests that hang where nothing bounds the loss of a node."""

from __future__ import annotations

import json

import pytest

from provision.lab.drill.healing import heal
from provision.lab.drill.swarm import hung
from provision.lab.drill.values import Visit


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


def test_how_long_requests_hang_is_told_as_it_is_judged(stage):
    (clause,) = hung.judged(stage, (), {"broken": 0, "healed": 1}, ())
    assert f"hangs for {clause.expected} and fails" in hung.supposed(stage).text
