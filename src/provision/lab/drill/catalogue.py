"""The drills there are, by name, in the order in which they disturb each other least."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.lab.drill import breaks, crowded, rules_kept, watchdog
from provision.lab.drill.stage import Stage
from provision.lab.drill.values import LEAST_SECONDS, Drill, Hypothesis, Signal

VICTIM: Final = 2
"""The number of the replica that suffers."""

_NAME: Final = f"app-{VICTIM}"
SLOW_SECONDS: Final = 0.4

_DERIVED: Final = frozenset({"average_response_time", "TraefikLatencyBudgetBurn", "TraefikErrorBudgetBurn"})
_RESTARTED_SECONDS: Final = 2.0


def _gone(stage: Stage) -> Signal:
    """A server that fails its health check."""
    noticed = stage.health_check_seconds()
    return Signal(
        "TraefikBackendDown", "ticket", "traefik", before=1, after=0, exposure=noticed, recovery=noticed,
        why=f"Traefik's health check notices within {noticed:g} s: its interval and its time-out.",
    )  # fmt: skip


def _killed(stage: Stage) -> Hypothesis:
    return Hypothesis(
        f"With {_NAME} gone, the other replicas serve all users but those whose request was under way: Traefik tries "
        "a refused one again elsewhere.",
        success_ratio=0.97, slow_ratio=0.05, slowest_seconds=2, budget_seconds=1, signal=_gone(stage),
    )  # fmt: skip


def _hanging(stage: Stage) -> Hypothesis:
    longest = stage.answer_timeout_seconds()
    return Hypothesis(
        f"With {_NAME} hanging, only who asks before the health check has noticed waits, for {longest:g} s at most; "
        "then the others serve everybody.",
        success_ratio=0.9, slow_ratio=0.2, slowest_seconds=longest + 1, budget_seconds=3, signal=_gone(stage),
        may_fire=_DERIVED,
    )  # fmt: skip


def _cut(stage: Stage) -> Hypothesis:
    dial = stage.dial_timeout_seconds()
    return Hypothesis(
        f"With the connection to {_NAME} cut, who asks before the health check has noticed is connected elsewhere "
        f"after the dial time-out of {dial:g} s.",
        success_ratio=0.9, slow_ratio=0.2, slowest_seconds=stage.answer_timeout_seconds() + 1, budget_seconds=3,
        signal=_gone(stage), may_fire=_DERIVED,
    )  # fmt: skip


def _slow(stage: Stage) -> Hypothesis:
    return Hypothesis(
        f"With {_NAME} {SLOW_SECONDS * 1000:g} ms slower, every request succeeds, one in {stage.replicas} late, and "
        "the latency budget burns fast enough to page; a health check notices nothing.",
        success_ratio=0.99, slow_ratio=1 / stage.replicas + 0.1, slowest_seconds=2, budget_seconds=1,
        signal=Signal(
            "TraefikLatencyBudgetBurn", "page", "traefik", before=0, after=1 / stage.replicas,
            exposure=SLOW_SECONDS, recovery=SLOW_SECONDS,
            why=f"One request in {stage.replicas} is slow, and is counted once it is answered.",
        ),
        may_fire=frozenset({"average_response_time"}),
    )  # fmt: skip


def _unnoticed(stage: Stage) -> Hypothesis:
    longest = stage.answer_timeout_seconds()
    return Hypothesis(
        f"With {_NAME} hanging and no health check that notices, one request in {stage.replicas} waits {longest:g} s "
        "for nothing, until somebody is paged and takes the server out.",
        success_ratio=1 - 1 / stage.replicas - 0.1, slow_ratio=1 / stage.replicas + 0.1, slowest_seconds=longest + 1,
        budget_seconds=30,
        signal=Signal(
            "average_response_time", "page", "traefik", before=0, after=longest / stage.replicas,
            exposure=longest, recovery=_RESTARTED_SECONDS,
            why=f"One request in {stage.replicas} takes {longest:g} s, {longest / stage.replicas:.1f} s on average, and "
            f"is counted once Traefik has waited that long.",
        ),
        # Those few who come over TLS may all hang, and nothing is counted there meanwhile.
        may_fire=_DERIVED | {"TraefikTrafficVanished"},
    )  # fmt: skip


def _unwatched(_: Stage) -> Hypothesis:
    return Hypothesis(
        "With Prometheus gone users notice nothing, and nobody is told of anything, whatever happens meanwhile: but the "
        "dead man's switch, which isn't told any more that alerts are on their way.",
        success_ratio=0.99, slow_ratio=0.05, slowest_seconds=2, budget_seconds=1, signal=None,
    )  # fmt: skip


def _refused(_: Stage) -> Hypothesis:
    return Hypothesis(
        "Prometheus refuses a rule file that can't be read, runs on with the rules it has, and says so.",
        success_ratio=0.99, slow_ratio=0.05, slowest_seconds=2, budget_seconds=1,
        signal=Signal(
            "PrometheusConfigReloadFailed", "ticket", "prometheus", before=1, after=0, exposure=0, recovery=0,
            why="The last reload is looked at with every scrape of Prometheus itself. That it is over may have to be told "
            "twice: a reload forgets the Alertmanagers for a moment, and a lab that waits for 2 s only may page of that, too.",
            reloads=True,
        ),
        may_fire=frozenset({"PrometheusNoAlertmanager"}),
    )  # fmt: skip


def _crowded(stage: Stage) -> Hypothesis:
    noticed = stage.health_check_seconds(stage.replicas)
    longest = stage.answer_timeout_seconds()
    return Hypothesis(
        "With every thread busy, health checks wait in the same queue as users do and fail: Traefik takes out servers "
        f"that are well, one after the other, and users get 503 or wait up to {longest:g} s.",
        success_ratio=0, slow_ratio=1, slowest_seconds=longest + 2, budget_seconds=40,
        signal=Signal(
            "TraefikServiceDown", "page", "traefik", before=1, after=0, exposure=noticed,
            recovery=crowded.recovered_within(stage),
            why=f"The queues are full at once, and the health check of {stage.replicas} servers, one after the other, "
            f"notices within {noticed:g} s; afterwards they empty within {crowded.PAGE_SECONDS:g} s.",
        ),
        may_fire=_DERIVED | {"TraefikBackendDown"},
        # Nobody is served from when the health checks have noticed until the first pages end.
        most_succeed=1 - (crowded.PAGE_SECONDS - noticed) / LEAST_SECONDS,
    )  # fmt: skip


DRILLS: Final[Mapping[str, Drill[Stage]]] = {
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
            "stop-prometheus",
            "Prometheus is stopped.",
            "Silence is no sign of health: what is gone can't say so. An alert that always fires, and somebody outside "
            "who misses it, can.",
            _unwatched,
            lambda stage: breaks.end(stage, "prometheus"),
            judges=lambda stage, events, marks, _: watchdog.clauses(stage, events, marks),
            least_seconds=lambda stage: watchdog.heard_within(stage) + 1,
        ),
        Drill(
            "break-rule-file",
            "A rule file that can't be read is put beside the others, and Prometheus is asked to reload.",
            "A refused reload changes nothing, which is why it goes unnoticed: until the next start, which fails. "
            "A push checks before it writes, and this alert finds what was written by hand.",
            _refused,
            breaks.break_rules,
            checks=rules_kept.clauses,
        ),
        Drill(
            "slow-replica",
            f"{_NAME} answers {SLOW_SECONDS * 1000:g} ms later.",
            "A health check says well or unwell, and nothing of slow. Only the latency objective sees it; the "
            "average over all replicas hides it.",
            _slow,
            lambda stage: breaks.slow(stage, VICTIM, SLOW_SECONDS),
        ),
        Drill(
            "cut-network",
            f"The connection between Traefik and {_NAME} is cut: nothing is answered, nothing refused.",
            "Where nothing answers, connecting takes until the dial time-out. A short one towards servers that are "
            "near makes that harmless: the request can still be sent elsewhere.",
            _cut,
            lambda stage: breaks.cut_wire(stage, _NAME),
            prepare=lambda stage: breaks.lay_wire(stage, _NAME),
        ),
        Drill(
            "hang-replica",
            f"{_NAME} is stopped in its tracks (SIGSTOP): it takes connections and answers none.",
            "What hangs is worse than what is gone: a request that was sent isn't sent again elsewhere, it waits "
            "until a time-out. The health check bounds how many do.",
            _hanging,
            lambda stage: breaks.hang(stage, _NAME),
        ),
        Drill(
            "hung-requests",
            f"{_NAME} hangs, and Traefik's health check asks another server in its place, so that nobody notices.",
            "As with a node that is lost and that nobody takes out: on average a request takes a share of the "
            "time-out, which is the only thing that bounds it. Without one it would hang for ever, and no 5xx would "
            "ever tell of it.",
            _unnoticed,
            lambda stage: breaks.hang(stage, _NAME),
            prepare=breaks.blind_health_checks,
        ),
        Drill(
            "fill-queue",
            f"{crowded.VISITORS} visitors come at once while every page takes {crowded.PAGE_SECONDS:g} s, and occupy every thread.",
            "A health check that waits in the queue measures the queue. It takes out what is busy, the others get "
            "its share, and then there is none left. Bound the queue, or check on a way of its own.",
            _crowded,
            lambda stage: breaks.crowd(stage, crowded.VISITORS, crowded.PAGE_SECONDS),
            checks=crowded.well,
            judges=crowded.clauses,
        ),
    )
}
