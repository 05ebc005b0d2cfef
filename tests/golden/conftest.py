from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.grafana_standin import standin
from support.prometheus_standin import serving
from support.series_standin import KnownSeries, SeriesServer


@pytest.fixture
def documented_grafana() -> Iterator[dict[str, str]]:
    """The environment in which a page's commands find a Grafana: an empty one of the newest kind."""
    with standin() as state:
        yield {"GRAFANA_URL": state.url, "GRAFANA_USER": "admin", "GRAFANA_PASSWORD": "admin"}


@pytest.fixture
def documented_prometheus() -> Iterator[dict[str, str]]:
    """The environment in which a page's commands find a Prometheus: one that scrapes a Traefik 3 with two entry points
    and a service."""
    entrypoints = [
        {"__name__": "traefik_entrypoint_requests_total", "entrypoint": each, "code": "200"}
        for each in ("web", "websecure")
    ]
    service = {"__name__": "traefik_service_requests_total", "service": "shop@file", "code": "200"}
    types = dict.fromkeys(("traefik_entrypoint_requests_total", "traefik_service_requests_total"), "counter")
    with serving(SeriesServer(KnownSeries(*entrypoints, service, types=types))) as url:
        yield {"PROMETHEUS_URL": url}
