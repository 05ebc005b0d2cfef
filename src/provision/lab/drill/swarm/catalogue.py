"""The drills on a Swarm, by name. Each says how many managers and workers it wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.lab.drill.swarm import breaks, clauses, data, hung, monitoring, supposed
from provision.lab.drill.swarm.stage import FIRST, SwarmStage
from provision.lab.drill.values import Drill

_SETTLED_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A drill, and what it wants.

    Attributes:
        managers, workers: how many nodes.
    """

    drill: Drill[SwarmStage]
    managers: int
    workers: int


def _halted(name: str) -> Placed:
    """A worker that is gone."""
    return Placed(
        Drill(
            f"halt-{name}",
            f"The plug of {name} is pulled.",
            "Two of three are enough, and the third is started elsewhere within half a minute: three missed heartbeats, "
            "a start, a health check. When the node is back its tasks stay where they are.",
            supposed.worker_gone(1),
            lambda stage: breaks.halt(stage, name),
            prepare=breaks.one_on_each,
            checks=lambda stage, broken: (clauses.moved(stage, broken, name),),
            judges=lambda stage, *_: (clauses.stay_away(stage, name),),
        ),
        1,
        2,
    )


_ALL: Final = (
    _halted("worker-1"),
    _halted("worker-2"),
    Placed(
        Drill(
            "halt-workers",
            "The plugs of both workers are pulled.",
            "One node carries all tasks when it has room for them. That is to be known before: limits and reservations "
            "are made for the day on which a node is gone.",
            supposed.worker_gone(2),
            lambda stage: breaks.halt(stage, "worker-1", "worker-2"),
            prepare=breaks.one_on_each,
            checks=lambda stage, broken: (clauses.moved(stage, broken, "worker-1", "worker-2"),),
            judges=lambda stage, *_: (
                clauses.stay_away(stage, "worker-1"),
                clauses.stay_away(stage, "worker-2"),
            ),
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "node-comes-back",
            "worker-1, which was lost a while ago, is started again.",
            "A node that is back is empty, and the others carry its load: the Swarm moves nothing that runs, since that "
            "would restart it. Spreading the tasks again is a decision (docker service update --force), and the next one "
            "after a node is back.",
            supposed.nobody_notices(
                "When worker-1 is back, nothing moves, and users notice nothing.",
                supposed.REPLACED | supposed.LOST_BEFORE,
            ),
            lambda stage: breaks.give_back(stage, "worker-1"),
            prepare=lambda stage: breaks.lose(stage, "worker-1"),
            checks=lambda stage, _: (
                clauses.stay_away(stage, "worker-1"),
                clauses.spread_again(stage, "worker-1"),
            ),
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "hung-requests-of-a-node",
            f"The plug of {hung.NODE} is pulled, where no health check notices, nothing is sent again, and Traefik waits "
            f"{hung.DIAL_SECONDS:g} s for a connection.",
            "What is sent to a node that is gone is neither answered nor refused. It waits for a time-out that is longer "
            "than any user's patience, and is counted only then, so that dashboards are fine for as long. In the lab that "
            "this project grew from it took 29 s on average. Dial time-outs of a second, health checks, and another try "
            "make the difference between this drill and halt-worker-1.",
            hung.supposed,
            lambda stage: breaks.halt(stage, hung.NODE),
            prepare=hung.prepare,
            judges=hung.judged,
            patience_seconds=hung.DIAL_SECONDS + 5,
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "drain-worker",
            "worker-2 is drained, as before it is restarted.",
            "A drained node's tasks are started elsewhere and then stopped, so that nobody waits for a time-out. Drain a "
            "node before it is taken away, and nobody notices.",
            supposed.drained,
            lambda stage: breaks.drain(stage, "worker-2"),
            prepare=breaks.one_on_each,
            checks=lambda stage, broken: (clauses.moved(stage, broken, "worker-2"),),
            judges=lambda stage, *_: (clauses.stay_away(stage, "worker-2"),),
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "promote-worker",
            "worker-1 is made a manager.",
            "Two managers are worse than one: both are needed for a majority, so that either one's end stops all "
            "decisions. Managers come in odd numbers.",
            supposed.nobody_notices(
                "When worker-1 becomes a manager, nothing that runs is touched.", supposed.EARLIER
            ),
            lambda stage: breaks.promote(stage, "worker-1"),
            checks=lambda stage, broken: (clauses.managers(stage, 2, broken),),
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "scale-client",
            "The clients become three.",
            "Three clients ask three times as much of the same three tasks; that the objectives hold is to be measured, "
            "not supposed.",
            supposed.nobody_notices(
                "With three clients that ask at the same time every request succeeds.", supposed.EARLIER, 0.5
            ),
            lambda stage: breaks.scale(stage, "app_client", 3, 0),
            checks=lambda stage, broken: (clauses.running(stage, "app_client", 3, broken),),
            least_seconds=lambda _: _SETTLED_SECONDS,
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "lose-data",
            f"The plug of {data.KEEPER}, which keeps the data of the stack, is pulled.",
            "A volume lies on one node. A task that may run there alone waits for the node; one that is let run "
            "elsewhere starts empty. What must not be lost is copied away, or kept by something that is made for it.",
            supposed.data_gone,
            data.lose,
            prepare=data.keep_at_worker,
            checks=data.start_elsewhere,
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "halt-manager",
            f"The plug of {FIRST}, the only manager, is pulled.",
            "One manager is a single point of failure, of users' way in, of decisions, and of who tells of it. What "
            "watches must be watched from elsewhere.",
            supposed.only_manager_gone,
            lambda stage: breaks.halt(stage, FIRST),
            prepare=breaks.one_on_each,
            checks=lambda stage, _: (clauses.goes_on(stage, "worker-1", "worker-2"),),
            judges=lambda stage, _, marks, visits: (clauses.served_again(stage, marks["healed"], visits),),
        ),
        1,
        2,
    ),
    Placed(
        Drill(
            "halt-one-of-three-managers",
            "The plug of manager-3 is pulled.",
            "Three managers survive the loss of one: a majority of two is left. That all must be up is wrong, as an "
            "alert and as a belief.",
            supposed.managers_gone(1),
            lambda stage: breaks.halt(stage, "manager-3"),
            prepare=breaks.one_on_each,
            checks=lambda stage, broken: (
                clauses.quorum(stage, kept=True),
                clauses.moved(stage, broken, "manager-3"),
            ),
        ),
        3,
        0,
    ),
    Placed(
        Drill(
            "lose-monitoring",
            f"The plug of {FIRST}, one of three managers, which keeps the data of what watches, is pulled.",
            "What watches is lost with its node, and so is who would tell of it: somebody else must notice, such as a dead "
            "man's switch. Started elsewhere it watches again, and knows nothing of before. Dashboards and rules come back "
            "from code; history, silences, and what people made in Grafana alone don't, unless they are copied away.",
            supposed.monitoring_gone,
            lambda stage: breaks.halt(stage, FIRST),
            prepare=monitoring.put_up_silence,
            checks=monitoring.start_elsewhere,
            judges=monitoring.there_again,
        ),
        3,
        0,
    ),
    Placed(
        Drill(
            "halt-two-of-three-managers",
            "The plugs of manager-2 and manager-3 are pulled.",
            "Three managers don't survive the loss of two. Without a majority nobody may decide, or two halves could "
            "decide differently; what runs goes on. An alert that counts must count to zero, too: "
            "(count(up == 1) or vector(0)) < 3, since a count of nothing is no data, and would be quiet.",
            supposed.managers_gone(2),
            lambda stage: breaks.halt(stage, "manager-2", "manager-3"),
            prepare=breaks.one_on_each,
            checks=lambda stage, _: (
                clauses.quorum(stage, kept=False),
                clauses.goes_on(stage, FIRST),
                clauses.managers_up(stage, 3, told=True),
            ),
            judges=lambda stage, *_: (clauses.decides_again(stage),),
        ),
        3,
        0,
    ),
)

DRILLS: Final[Mapping[str, Placed]] = {placed.drill.name: placed for placed in _ALL}
