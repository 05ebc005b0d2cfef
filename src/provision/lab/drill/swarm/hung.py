"""A node that is lost where nothing bounds what its loss costs but Traefik's own time-out, as in the lab that this project
grew from: no health check that notices, no second try, and 30 s for a connection."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.lab.drill.healing import Undoing, write_down
from provision.lab.drill.swarm import breaks
from provision.lab.drill.swarm.clauses import MOVED_SECONDS, REFRESH_SECONDS, answers
from provision.lab.drill.swarm.stage import GALLERY, TRAEFIK, SwarmStage
from provision.lab.drill.values import Clause, Event, Hypothesis, Signal, Visit

NODE: Final = "worker-1"

DIAL_SECONDS: Final = 30.0
"""How long Traefik waits for a connection where nothing else is said: its documentation of serversTransport."""

_SLACK_SECONDS: Final = 1.5
_SHORTEST_SECONDS: Final = 10.0
"""What they wait on average at least: once the Swarm has forgotten the node's addresses, the kernel ends those that wait
for a connection, and that takes it 10 s and more. Measured were 20 to 30 s."""

_SHARE: Final = 1 / breaks.REPLICAS
_UPDATED_SECONDS: Final = 90.0
_PATIENCE: Final = "1h"
"""How long the health check waits for an answer: it notices nothing."""

_DIAL: Final = "--serverstransport.forwardingtimeouts.dialtimeout="
_FOLLOWS: Final = frozenset(
    {
        "TraefikLatencyBudgetBurn", "TraefikErrorBudgetBurn", "TraefikErrorRatioHigh",
        "TargetDown", "JobDown", "SwarmTasksFailing", "TraefikBackendDown", "TraefikServiceDown",
    }
)  # fmt: skip


def supposed(_: SwarmStage) -> Hypothesis:
    """What follows: one in three hangs, until the tasks run elsewhere and Traefik knows."""
    average = DIAL_SECONDS * _SHARE
    return Hypothesis(
        f"With {NODE} lost and nothing else that bounds it, one request in {breaks.REPLICAS} hangs for "
        f"{_SHORTEST_SECONDS:g} to {DIAL_SECONDS + _SLACK_SECONDS:g} s and fails, until the managers have started its task elsewhere and Traefik has heard of it.",
        success_ratio=1 - _SHARE - 0.1, slow_ratio=_SHARE + 0.1, slowest_seconds=DIAL_SECONDS + _SLACK_SECONDS,
        budget_seconds=(MOVED_SECONDS + REFRESH_SECONDS) * _SHARE + 5,
        signal=Signal(
            "average_response_time", "page", "traefik", before=0, after=average, exposure=DIAL_SECONDS,
            recovery=DIAL_SECONDS,
            why=f"One request in {breaks.REPLICAS} takes {DIAL_SECONDS:g} s, {average:.0f} s on average, and is counted "
            f"once Traefik has waited that long; the last of them was sent before the healing.",
        ),
        may_fire=_FOLLOWS,
    )  # fmt: skip


def prepare(stage: SwarmStage) -> None:
    """Take away what bounds it.

    Raises:
        ProvisionError: Traefik doesn't come to serve again.
    """
    breaks.one_on_each(stage)
    labels = stage.labels()
    patience = next(name for name in labels if name.endswith(".healthcheck.timeout"))
    again = next(name for name in labels if name.endswith(".middlewares"))
    # Without any health check, or with a rare one, Traefik would say nothing of its servers, and TraefikServiceDown would
    # hide the rest.
    _updated(
        stage, GALLERY, "Traefik's health check of the gallery is as before",
        ["--label-add", f"{patience}={_PATIENCE}", "--label-rm", again],
        ["--label-add", f"{patience}={labels[patience]}", "--label-add", f"{again}={labels[again]}"],
    )  # fmt: skip
    before = json.loads(
        stage.docker(
            "service", "inspect", TRAEFIK, "--format", "{{json .Spec.TaskTemplate.ContainerSpec.Args}}"
        )
    )
    after = [f"{_DIAL}{DIAL_SECONDS:g}s" if each.startswith(_DIAL) else each for each in before]
    _updated(
        stage, TRAEFIK, "Traefik waits for a connection as long as before",
        ["--args", shlex.join(after)], ["--args", shlex.join(before)],
    )  # fmt: skip
    breaks.await_("another Traefik", lambda: not stage.is_updating(TRAEFIK), _UPDATED_SECONDS)
    breaks.await_("the first page", lambda: answers(stage), _UPDATED_SECONDS)
    breaks.await_("the end of what another Traefik sets off", lambda: not _pages(stage), _UPDATED_SECONDS)


def _pages(stage: SwarmStage) -> bool:
    """Whether somebody is paged, which may keep others from being told of."""
    with open_session(Endpoint(stage.url("Prometheus"))) as session:
        return bool(Prometheus(session).query('ALERTS{severity="page"}'))


def judged(
    _: SwarmStage, __: Sequence[Event], marks: Mapping[str, float], visits: Sequence[Visit]
) -> tuple[Clause, ...]:
    """How long those waited that were sent to it."""
    hung = [
        visit.seconds for visit in visits if marks["broken"] <= visit.due < marks["healed"] and visit.failed
    ]
    average = sum(hung) / len(hung) if hung else 0.0
    return (
        Clause(
            "the requests that hang, on average",
            f"{_SHORTEST_SECONDS:g} to {DIAL_SECONDS + _SLACK_SECONDS:g} s",
            f"{average:.1f} s, {len(hung)} of them",
            _SHORTEST_SECONDS <= average <= DIAL_SECONDS + _SLACK_SECONDS,
            DIAL_SECONDS + _SLACK_SECONDS,
            average,
        ),
    )


def _updated(stage: SwarmStage, service: str, undone: str, there: Sequence[str], back: Sequence[str]) -> None:
    """Change a service, with how that is taken back."""
    update = ("service", "update", "--detach")
    given = {"cluster": str(stage.cluster_folder), "arguments": [*update, *back, service]}
    write_down(stage.folder, Undoing("docker", undone, given, stays=True))
    stage.docker(*update, *there, service)
