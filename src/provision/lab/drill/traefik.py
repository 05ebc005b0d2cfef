"""What Traefik saw of a drill, from the samples that Prometheus has of it."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Final

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ServerRefused, Unreachable
from provision.lab.drill.scene import Scene
from provision.lab.drill.values import Event

_STEP_SECONDS = 1.0
_BEFORE_SECONDS = 20.0
"""How much of the time before shows what is usual."""

_NOISE = 0.5
"""Answers a second more than usual that mean nothing."""

_SERVERS = 'traefik_service_server_up{service=~".*@(file|swarm)"}'
_CODES = "sum by (code) (increase(traefik_entrypoint_requests_total[3s]) / 3 > 0)"


SOURCE: Final = "Traefik"
TAKEN_OUT: Final = "is taken out: its health check fails"
_PATIENCE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.5


def seen_by_traefik(stage: Scene, start: float, end: float) -> tuple[list[Event], tuple[str, ...]]:
    """What `_seen` says, and nothing; or that nobody can say, and this source as one that wasn't seen. A Prometheus that
    was just started is waited for."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return _seen(stage, start, end), ()
        except (Unreachable, ServerRefused) as error:
            if time.monotonic() > limit:
                return [Event(end, SOURCE, f"Prometheus can't say what it saw: {error.what}")], (SOURCE,)
            time.sleep(_PAUSE_SECONDS)


def _seen(stage: Scene, start: float, end: float) -> list[Event]:
    """Servers that were taken out and put back, and more 5xx answers than before; between two
    moments in Unix seconds."""
    with open_session(Endpoint(stage.url("Prometheus"))) as session:
        prometheus = Prometheus(session)
        found = []
        for series in prometheus.query_range(_SERVERS, start, end, _STEP_SECONDS):
            for (_, before), (at, now) in pairwise(series.points):
                if before != now:
                    what = "is back" if now else TAKEN_OUT
                    found.append(Event(at, SOURCE, f"server {series.labels.get('url', '?')} {what}"))
        for series in prometheus.query_range(_CODES, start - _BEFORE_SECONDS, end, _STEP_SECONDS):
            usual = max((rate for at, rate in series.points if at < start), default=0.0)
            more = [(at, rate) for at, rate in series.points if at >= start and rate > usual + _NOISE]
            if more and (code := series.labels.get("code", "?")).startswith("5"):
                most = max(rate for _, rate in more)
                found.append(Event(more[0][0], SOURCE, f"answers {code}, up to {most:.1f} a second"))
    return found
