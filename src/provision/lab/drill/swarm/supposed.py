"""What is supposed of a Swarm when something is done to it: what users notice, who is told, and when that is over."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from provision.lab.drill.client import CONNECT_SECONDS
from provision.lab.drill.swarm import breaks, clauses, data, monitoring
from provision.lab.drill.swarm.stage import FIRST, SwarmStage
from provision.lab.drill.values import LEAST_SECONDS, Hypothesis, Signal

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

EARLIER: Final = frozenset({"SwarmTasksFailing"})
"""It looks back over minutes: over what earlier drills on this Swarm have replaced, too. A ticket."""

REPLACED: Final = EARLIER | {"TargetDown", "TraefikBackendDown"}
"""Tickets of a task that was replaced: until the managers are asked again, for 5 s, Prometheus scrapes it and Traefik checks
it, which is longer than `for`."""

LOST_BEFORE: Final = frozenset(
    {"TraefikLatencyBudgetBurn", "TraefikErrorBudgetBurn", "TraefikErrorRatioHigh"}
)
"""Tickets of what users lost with a node; their windows have it in view when it is given back."""


def server_gone(stage: SwarmStage, count: int) -> Signal:
    """Traefik takes so many servers out at once."""
    noticed = stage.health_check_seconds(count)
    return Signal(
        "TraefikBackendDown", "ticket", "traefik", before=1, after=0, exposure=noticed,
        recovery=clauses.MOVED_SECONDS,
        why=f"Traefik's health check notices within {noticed:g} s; the alert is over once the Swarm no longer lists the "
        "task.",
    )  # fmt: skip


def worker_gone(count: int) -> Callable[[SwarmStage], Hypothesis]:
    """Of one worker that is gone, or of both."""

    def supposes(stage: SwarmStage) -> Hypothesis:
        return Hypothesis(
            f"With {'a worker' if count == 1 else 'both workers'} gone, {3 - count} of 3 tasks serve all users: what is "
            "sent to the others is sent again after the dial time-out. The managers notice by three heartbeats that "
            "are missing, and start the tasks elsewhere.",
            success_ratio=0.9, slow_ratio=0.5, slowest_seconds=_LONGEST_SECONDS, budget_seconds=10,
            signal=server_gone(stage, count), may_fire=_DERIVED,
        )  # fmt: skip

    return supposes


def only_manager_gone(_: SwarmStage) -> Hypothesis:
    """Of the only manager."""
    return Hypothesis(
        f"With {FIRST}, the only manager, everything is gone that users need: Traefik, which runs on managers. The "
        "workers' tasks run on, and nobody can be sent to them; nobody is told either, as Prometheus was there too.",
        success_ratio=0, slow_ratio=1, slowest_seconds=math.inf, budget_seconds=120, signal=None,
        most_succeed=0.1,  # those that were under way when it went
    )  # fmt: skip


def data_gone(stage: SwarmStage) -> Hypothesis:
    """Of the node that keeps the data of the stack `app`."""
    return Hypothesis(
        f"With {data.KEEPER} gone, the data that lies there is gone with it. Users are served by the other tasks, which do "
        "without Redis.",
        success_ratio=0.8, slow_ratio=0.6, slowest_seconds=_LONGEST_SECONDS, budget_seconds=20,
        signal=server_gone(stage, 1), may_fire=_DERIVED,
    )  # fmt: skip


def monitoring_gone(_: SwarmStage) -> Hypothesis:
    """Of the node that keeps the data of the stack `monitor`."""
    return Hypothesis(
        f"With {FIRST} gone, users get in through another manager after a second, which a connection to it takes to fail. "
        f"Nobody is told of anything until what watches is started on {monitoring.SPARE}, and there it has no history, no "
        "silence, and nothing that was made in Grafana.",
        success_ratio=0.8, slow_ratio=1, slowest_seconds=_LONGEST_SECONDS + CONNECT_SECONDS, budget_seconds=20,
        signal=None,
    )  # fmt: skip


def nobody_notices(
    what: str, may_fire: frozenset[str], slow_ratio: float = 0.2
) -> Callable[[SwarmStage], Hypothesis]:
    """Of what is done so that users don't notice.

    Args:
        what: that in words.
        may_fire: what may fire all the same.
        slow_ratio: of requests, at most.
    """

    def supposes(_: SwarmStage) -> Hypothesis:
        return Hypothesis(
            what, success_ratio=0.97, slow_ratio=slow_ratio, slowest_seconds=_LONGEST_SECONDS, budget_seconds=3, signal=None,
            may_fire=may_fire,
        )  # fmt: skip

    return supposes


def drained(stage: SwarmStage) -> Hypothesis:
    """Of a worker that is drained."""
    # One request in three goes to a task that is gone, and to a server elsewhere after the dial time-out, until Traefik has
    # asked for tasks again and, where it was listed still, its health check has noticed.
    slow_seconds = clauses.REFRESH_SECONDS + stage.health_check_seconds()
    what = "When worker-2 is drained, its tasks go elsewhere and users notice nothing."
    return nobody_notices(what, REPLACED, slow_seconds / LEAST_SECONDS / breaks.REPLICAS)(stage)


def managers_gone(count: int) -> Callable[[SwarmStage], Hypothesis]:
    """Of one of three managers, or of two."""

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
            signal=server_gone(stage, count), may_fire=_DERIVED,
        )  # fmt: skip

    return supposes
