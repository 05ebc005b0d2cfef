"""What Traefik saw of a drill, from the samples that Prometheus has of it."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Final

from provision.client.prometheus import Prometheus
from provision.client.session import Endpoint, open_session
from provision.errors import ServerRefused, Unreachable
from provision.lab.drill.judged import scrape_seconds
from provision.lab.drill.scene import Scene
from provision.lab.drill.values import Event

_STEP_SECONDS = 1.0
_BEFORE_SECONDS = 20.0
"""How much of the time before shows what is usual."""

_NOISE = 0.5
"""Answers a second more than usual that mean nothing."""

_SERVERS = 'traefik_service_server_up{service=~".*@(file|swarm)"}'
_SCRAPES = 3
"""Over how many scrape intervals answers are counted: two samples at least, wherever they lie."""

SOURCE: Final = "Traefik"
TAKEN_OUT: Final = "is taken out: its health check fails"
_PATIENCE_SECONDS: Final = 90.0
"""How long a Prometheus is waited for that was away: on a Swarm its node is started before it."""

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


def codes(scrape_seconds: float) -> str:
    """Answers a second by their code, of a Traefik that is scraped so often."""
    window = _SCRAPES * scrape_seconds
    return (
        f"sum by (code) (increase(traefik_entrypoint_requests_total[{window * 1000:.0f}ms]) / {window:g} > 0)"
    )


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
        answers = codes(scrape_seconds(stage.definitions, "traefik"))
        for series in prometheus.query_range(answers, start - _BEFORE_SECONDS, end, _STEP_SECONDS):
            usual = max((rate for at, rate in series.points if at < start), default=0.0)
            more = [(at, rate) for at, rate in series.points if at >= start and rate > usual + _NOISE]
            if more and (code := series.labels.get("code", "?")).startswith("5"):
                most = max(rate for _, rate in more)
                found.append(Event(more[0][0], SOURCE, f"answers {code}, up to {most:.1f} a second"))
    return found
