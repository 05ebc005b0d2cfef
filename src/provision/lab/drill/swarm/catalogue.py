"""The drills on a Swarm, by name. Each says how many managers and workers it wants."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from provision.lab.drill.client import CONNECT_SECONDS
from provision.lab.drill.swarm import breaks, clauses, data, hung, monitoring
from provision.lab.drill.swarm.stage import FIRST, SwarmStage
from provision.lab.drill.values import LEAST_SECONDS, Drill, Hypothesis, Signal

_DERIVED: Final = frozenset(
    {
        "average_response_time",
        "TraefikLatencyBudgetBurn",
        "TraefikErrorBudgetBurn",
        "TraefikErrorRatioHigh",
        "TargetDown",
        "JobDown",
        "SwarmTasksFailing",
        "TraefikBackendDown",
        "TraefikServiceDown",
    }
)
"""What may follow from a node that is gone, or comes back."""

_LONGEST_SECONDS: Final = 8.0
"""A server that is gone costs the dial time-out of 1 s, one that hangs 5 s (`provisioning/stacks.py`), each perhaps twice."""

_SETTLED_SECONDS: Final = 30.0

_EARLIER: Final = frozenset({"SwarmTasksFailing"})
"""It looks back over minutes: over what earlier drills on this Swarm have replaced, too. A ticket."""

_REPLACED: Final = _EARLIER | {"TargetDown", "TraefikBackendDown"}
"""Tickets of a task that was replaced: until the managers are asked again, for 5 s, Prometheus scrapes it and Traefik checks
it, which is longer than `for`."""

_LOST_BEFORE: Final = frozenset(
    {"TraefikLatencyBudgetBurn", "TraefikErrorBudgetBurn", "TraefikErrorRatioHigh"}
)
"""Tickets of what users lost with a node; their windows have it in view when it is given back."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A drill, and what it wants.

    Attributes:
        managers, workers: how many nodes.
    """

    drill: Drill[SwarmStage]
    managers: int
    workers: int


def _server_gone(stage: SwarmStage, count: int) -> Signal:
    noticed = stage.health_check_seconds(count)
    return Signal(
        "TraefikBackendDown", "ticket", "traefik", before=1, after=0, exposure=noticed,
        recovery=clauses.MOVED_SECONDS,
        why=f"Traefik's health check notices within {noticed:g} s; the alert is over once the Swarm no longer lists the "
        "task.",
    )  # fmt: skip


def _worker_gone(count: int) -> Callable[[SwarmStage], Hypothesis]:
    def supposes(stage: SwarmStage) -> Hypothesis:
        return Hypothesis(
            f"With {'a worker' if count == 1 else 'both workers'} gone, {3 - count} of 3 tasks serve all users: what is "
            "sent to the others is sent again after the dial time-out. The managers notice by three heartbeats that "
            "are missing, and start the tasks elsewhere.",
            success_ratio=0.9, slow_ratio=0.5, slowest_seconds=_LONGEST_SECONDS, budget_seconds=10,
            signal=_server_gone(stage, count), may_fire=_DERIVED,
        )  # fmt: skip

    return supposes


def _only_manager_gone(_: SwarmStage) -> Hypothesis:
    return Hypothesis(
        f"With {FIRST}, the only manager, everything is gone that users need: Traefik, which runs on managers. The "
        "workers' tasks run on, and nobody can be sent to them; nobody is told either, as Prometheus was there too.",
        success_ratio=0, slow_ratio=1, slowest_seconds=math.inf, budget_seconds=120, signal=None,
        most_succeed=0.1,  # those that were under way when it went
    )  # fmt: skip


def _data_gone(stage: SwarmStage) -> Hypothesis:
    return Hypothesis(
        f"With {data.KEEPER} gone, the data that lies there is gone with it. Users are served by the other tasks, which do "
        "without Redis.",
        success_ratio=0.8, slow_ratio=0.6, slowest_seconds=_LONGEST_SECONDS, budget_seconds=20,
        signal=_server_gone(stage, 1), may_fire=_DERIVED,
    )  # fmt: skip


def _monitoring_gone(_: SwarmStage) -> Hypothesis:
    return Hypothesis(
        f"With {FIRST} gone, users get in through another manager after a second, which a connection to it takes to fail. "
        f"Nobody is told of anything until what watches is started on {monitoring.SPARE}, and there it has no history, no "
        "silence, and nothing that was made in Grafana.",
        success_ratio=0.8, slow_ratio=1, slowest_seconds=_LONGEST_SECONDS + CONNECT_SECONDS, budget_seconds=20,
        signal=None,
    )  # fmt: skip


def _nobody_notices(
    what: str, may_fire: frozenset[str], slow_ratio: float = 0.2
) -> Callable[[SwarmStage], Hypothesis]:
    def supposes(_: SwarmStage) -> Hypothesis:
        return Hypothesis(
            what, success_ratio=0.97, slow_ratio=slow_ratio, slowest_seconds=_LONGEST_SECONDS, budget_seconds=3, signal=None,
            may_fire=may_fire,
        )  # fmt: skip

    return supposes


def _drained(stage: SwarmStage) -> Hypothesis:
    # One request in three goes to a task that is gone, and to a server elsewhere after the dial time-out, until Traefik has
    # asked for tasks again and, where it was listed still, its health check has noticed.
    slow_seconds = clauses.REFRESH_SECONDS + stage.health_check_seconds()
    what = "When worker-2 is drained, its tasks go elsewhere and users notice nothing."
    return _nobody_notices(what, _REPLACED, slow_seconds / LEAST_SECONDS / breaks.REPLICAS)(stage)


def _managers_gone(count: int) -> Callable[[SwarmStage], Hypothesis]:
    def supposes(stage: SwarmStage) -> Hypothesis:
        said = (
            "With one of three managers gone, the other two are a majority: the Swarm decides as before, and starts "
            "the tasks elsewhere."
            if count == 1
            else "With two of three managers gone, the one that is left is no majority: the Swarm can't be asked and "
            "starts nothing, but what runs goes on, and users are served by the task that is left."
        )
        return Hypothesis(
            said, success_ratio=0.85, slow_ratio=0.7, slowest_seconds=_LONGEST_SECONDS, budget_seconds=15,
            signal=_server_gone(stage, count), may_fire=_DERIVED,
        )  # fmt: skip

    return supposes


def _halted(name: str) -> Placed:
    """A worker that is gone."""
    return Placed(
        Drill(
            f"halt-{name}",
            f"The plug of {name} is pulled.",
            "Two of three are enough, and the third is started elsewhere within half a minute: three missed heartbeats, "
            "a start, a health check. When the node is back its tasks stay where they are.",
            _worker_gone(1),
            lambda stage: breaks.halt(stage, name),
            prepare=lambda stage: breaks.occupy(stage, name),
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
            _worker_gone(2),
            lambda stage: breaks.halt(stage, "worker-1", "worker-2"),
            prepare=lambda stage: breaks.occupy(stage, "worker-1", "worker-2"),
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
            _nobody_notices(
                "When worker-1 is back, nothing moves, and users notice nothing.", _REPLACED | _LOST_BEFORE
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
            _drained,
            lambda stage: breaks.drain(stage, "worker-2"),
            prepare=lambda stage: breaks.occupy(stage, "worker-2"),
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
            _nobody_notices("When worker-1 becomes a manager, nothing that runs is touched.", _EARLIER),
            lambda stage: breaks.promote(stage, "worker-1"),
            checks=lambda stage, _: (clauses.managers(stage, 2),),
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
            _nobody_notices(
                "With three clients that ask at the same time every request succeeds.", _EARLIER, 0.5
            ),
            lambda stage: breaks.scale(stage, "app_client", 3, 0),
            checks=lambda stage, _: (clauses.running(stage, "app_client", 3),),
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
            _data_gone,
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
            _only_manager_gone,
            lambda stage: breaks.halt(stage, FIRST),
            prepare=lambda stage: breaks.occupy(stage, "worker-1", "worker-2"),
            checks=lambda stage, _: (clauses.goes_on(stage, "worker-1", "worker-2"),),
            judges=lambda stage, _, marks, __: (clauses.served_again(stage, marks["healed"]),),
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
            _managers_gone(1),
            lambda stage: breaks.halt(stage, "manager-3"),
            prepare=lambda stage: breaks.occupy(stage, "manager-3"),
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
            _monitoring_gone,
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
            _managers_gone(2),
            lambda stage: breaks.halt(stage, "manager-2", "manager-3"),
            prepare=lambda stage: breaks.occupy(stage, "manager-1", "manager-2", "manager-3"),
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
