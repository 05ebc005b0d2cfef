"""The drills there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.lab.drill import breaks
from provision.lab.drill.stage import Stage
from provision.lab.drill.values import Drill, Hypothesis, Signal

VICTIM: Final = 2
"""The number of the replica that suffers."""

_NAME: Final = f"app-{VICTIM}"
SLOW_SECONDS: Final = 0.4
HANGING_SECONDS: Final = 10.0
"""How long Traefik waits for a server's answer (the lab's responseHeaderTimeout)."""


def _gone(stage: Stage) -> Signal:
    """A server that fails its health check."""
    noticed = stage.health_check_seconds()
    return Signal(
        "TraefikBackendDown", "ticket", "traefik", before=1, after=0, exposure=noticed, recovery=noticed,
        why=f"Traefik's health check notices within {noticed:g} s: its interval and its time-out",
    )  # fmt: skip


def _killed(stage: Stage) -> Hypothesis:
    return Hypothesis(
        f"With {_NAME} gone, the other replicas serve all users: Traefik tries a refused request again elsewhere.",
        success_ratio=0.99, slow_ratio=0.05, budget_seconds=1, signal=_gone(stage),
    )  # fmt: skip


def _hung(stage: Stage) -> Hypothesis:
    return Hypothesis(
        f"With {_NAME} hanging, users wait only until the health check has noticed; then the others serve them.",
        success_ratio=0.9, slow_ratio=0.2, budget_seconds=3, signal=_gone(stage),
        may_fire=frozenset({"average_response_time", "TraefikLatencyBudgetBurn", "TraefikErrorBudgetBurn"}),
    )  # fmt: skip


def _slow(stage: Stage) -> Hypothesis:
    return Hypothesis(
        f"With {_NAME} {SLOW_SECONDS * 1000:g} ms slower, every request succeeds, one in {stage.replicas} late, and "
        "the latency budget burns fast enough to page; a health check notices nothing.",
        success_ratio=0.99, slow_ratio=1 / stage.replicas + 0.1, budget_seconds=1,
        signal=Signal(
            "TraefikLatencyBudgetBurn", "page", "traefik", before=0, after=1 / stage.replicas,
            exposure=SLOW_SECONDS, recovery=SLOW_SECONDS,
            why=f"one request in {stage.replicas} is slow, and is counted once it is answered",
        ),
        may_fire=frozenset({"average_response_time"}),
    )  # fmt: skip


def _cut(stage: Stage) -> Hypothesis:
    return Hypothesis(
        f"With the cable to {_NAME} cut, users wait only until the health check has noticed.",
        success_ratio=0.9, slow_ratio=0.2, budget_seconds=3, signal=_gone(stage),
        may_fire=frozenset({"average_response_time", "TraefikLatencyBudgetBurn", "TraefikErrorBudgetBurn"}),
    )  # fmt: skip


DRILLS: Final[Mapping[str, Drill]] = {
    drill.name: drill
    for drill in (
        Drill(
            "kill-replica",
            f"{_NAME} is killed (SIGKILL), as by a machine that loses its power.",
            "A refused connection is noticed at once: Traefik tries the request again on another server, and its "
            "health check takes the dead one out. Two of three replicas are enough.",
            _killed,
            lambda stage: breaks.kill(stage, _NAME),
        ),
        Drill(
            "hang-replica",
            f"{_NAME} is stopped in its tracks (SIGSTOP): it takes connections and answers none.",
            "What hangs is worse than what is gone: each request to it waits until a time-out. The health check's "
            "own time-out bounds for how long new requests are still sent there.",
            _hung,
            lambda stage: breaks.hang(stage, _NAME),
        ),
        Drill(
            "slow-replica",
            f"{_NAME} answers {SLOW_SECONDS * 1000:g} ms later.",
            "A health check says well or unwell, and nothing of slow. Only the latency objective sees it, and the "
            "average, over replicas that are well, hides it longer.",
            _slow,
            lambda stage: breaks.slow(stage, VICTIM, SLOW_SECONDS),
        ),
        Drill(
            "cut-network",
            f"The connection between Traefik and {_NAME} is cut: nothing is answered, nothing refused.",
            "A blackhole looks like a hang: connecting takes until the dial time-out. Short time-outs towards "
            "servers that are near make it harmless.",
            _cut,
            lambda stage: breaks.cut_wire(stage, _NAME),
            prepare=lambda stage: breaks.lay_wire(stage, _NAME),
        ),
    )
}
