"""What a client tells Prometheus of what users saw.

| metric | type | labels |
| --- | --- | --- |
| gallery_client_requests_total | counter | page, code (`none` without an answer) |
| gallery_client_failures_total | counter | page, kind |
| gallery_client_request_duration_seconds | histogram | page |
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    start_http_server,
)

from provision.lab.client.results import RequestResult
from provision.lab.gallery.metrics import BUCKETS_SECONDS


class Metrics:
    """The metrics of one client."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "gallery_client_requests", "Requests made.", ("page", "code"), registry=self.registry
        )
        self._failures = Counter(
            "gallery_client_failures", "Requests that failed.", ("page", "kind"), registry=self.registry
        )
        self._seconds = Histogram(
            "gallery_client_request_duration_seconds",
            "Until the whole answer was there, or the failure was certain.",
            ("page",),
            buckets=(*BUCKETS_SECONDS, 30.0),
            registry=self.registry,
        )

    def add(self, result: RequestResult) -> None:
        """Count it."""
        code = "none" if result.status is None else str(result.status)
        self._requests.labels(result.page, code).inc()
        self._seconds.labels(result.page).observe(result.seconds)
        if result.failure:
            self._failures.labels(result.page, result.failure).inc()

    def serve(self, host: str, port: int) -> None:
        """Answer at `/metrics` there, in the background, until this process ends.

        Raises:
            OSError: the address can't be had.
        """
        start_http_server(port, host, self.registry)
