"""What a replica tells Prometheus of itself.

| metric | type | labels |
| --- | --- | --- |
| gallery_http_requests_total | counter | method, route, code |
| gallery_http_request_duration_seconds | histogram | method, route |
| gallery_http_requests_in_progress | gauge | |
| gallery_albums, gallery_pictures | gauge | absent while the storage can't be used |
| gallery_dependency_up | gauge: 1 or 0 | dependency: `sessions`, `storage` |
| gallery_fault | gauge: its value, 1 or 0 for those that are on or off | switch |
| process_… | as Prometheus' clients have them | |

A route is the pattern of the path, such as `/album/<album>`; `none` where there is no such page. A request whose
client left before its answer has the code 499.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric

from provision.lab.gallery.switches import Switches
from provision.lab.gallery.upkeep import Upkeep

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.2, 2.5, 5.0, 10.0)
"""Traefik's in the lab among them, so that both can be laid over each other, and finer ones below."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The metrics of one replica."""

    def __init__(self, upkeep: Upkeep, switches: Switches) -> None:
        # The text format has no place for when a series began: it would be another series beside each.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_State(upkeep, switches))
        self._requests = Counter(
            "gallery_http_requests",
            "Requests answered.",
            ("method", "route", "code"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gallery_http_request_duration_seconds",
            "From the request's head to its answer.",
            ("method", "route"),
            buckets=BUCKETS_SECONDS,
            registry=self._registry,
        )
        self._in_progress = Gauge(
            "gallery_http_requests_in_progress", "Requests without an answer yet.", registry=self._registry
        )

    def began(self) -> None:
        """A request has come."""
        self._in_progress.inc()

    def answered(self, method: str, route: str, code: int, seconds: float) -> None:
        """A request that came has been answered."""
        self._in_progress.dec()
        # Clients may call their methods anything, and each name would be a series for ever.
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(code)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)


class _State:
    """What holds at the moment that it is asked for."""

    def __init__(self, upkeep: Upkeep, switches: Switches) -> None:
        self._upkeep, self._switches = upkeep, switches

    def collect(self) -> Iterator[Metric]:
        state, faults = self._upkeep.state, self._switches.faults
        if state.albums is not None and state.pictures is not None:
            yield GaugeMetricFamily("gallery_albums", "Albums in the storage.", value=state.albums)
            yield GaugeMetricFamily("gallery_pictures", "Pictures in the storage.", value=state.pictures)
        up = {"sessions": not state.sessions, "storage": not state.storage}
        yield _by("gallery_dependency_up", "Whether it can be used.", "dependency", up)
        values = {name: getattr(faults, name) for name in ("slow_seconds", "error_ratio", "hang", "healthy")}
        yield _by("gallery_fault", "The fault switches.", "switch", values)


def _by(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=(label,))
    for each, value in values.items():
        family.add_metric((each,), float(value))
    return family
