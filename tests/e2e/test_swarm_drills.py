"""A drill on a Swarm of nested engines: what it supposes comes to pass, it is healed, and nothing is left of the Swarm."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.commands.direct import without_proxy
from provision.commands.drill import NETWORKS
from provision.lab.drill.healing import written_down
from provision.lab.drill.runner import run
from provision.lab.drill.swarm import staging
from provision.lab.drill.swarm.catalogue import DRILLS
from provision.lab.drill.swarm.stage import SwarmStage
from provision.lab.drill.timeline import lines
from provision.lab.swarm import node, wires
from provision.project import open_project
from support.engines import require_engines
from support.servers import REPOSITORY

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("lab"), pytest.mark.alone]

PLACED = DRILLS["halt-worker-1"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwarmStage]:
    require_engines()
    folder = tmp_path_factory.mktemp("drills") / "swarm"
    size = (PLACED.managers, PLACED.workers)
    with (
        without_proxy(NETWORKS),
        staging.staged(open_project(REPOSITORY), folder, *size, lambda _: None) as stage,
    ):
        made = stage.cluster
        yield stage
    assert not folder.exists()
    assert not made.sockets.exists()
    assert not list(Path("/sys/class/net").glob(f"{wires.bridge(made)}*"))


def test_a_worker_that_is_halted(stage: SwarmStage) -> None:
    outcome = run(PLACED.drill, stage, lambda _: None)
    if not outcome.passed:
        # What else the machine does may have held up one; two in a row are no accident.
        warnings.warn("\n".join(["was run once more", *lines(outcome)]), stacklevel=1)
        outcome = run(PLACED.drill, stage, lambda _: None)
    assert outcome.passed, "\n".join(lines(outcome))
    assert {event.source for event in outcome.events} == {
        "drill", "client", "Traefik", "Prometheus", "Alertmanager", "webhook", "engine",
    }  # fmt: skip
    marks = outcome.marks
    assert marks["broken"] < marks["firing"] <= marks["delivered"] < marks["healed"] < marks["ended"]
    assert written_down(stage.folder) == ()
    assert all(node.runs(each) for each in stage.cluster.nodes)
