"""The data sources of a Grafana."""

from __future__ import annotations

import pytest

from provision.client.grafana_sources import SourceOfGrafana, sources_of_grafana, through
from provision.client.session import Endpoint
from provision.errors import Unreachable
from support.prometheus_standin import Canned, serving

TYPES = frozenset({"prometheus"})


def sources(settings: object, types: frozenset[str] | None = TYPES) -> tuple[SourceOfGrafana, ...]:
    answers = {"/api/health": (200, {"database": "ok"}), "/api/frontend/settings": (200, settings)}
    with serving(Canned(answers)) as url:
        return sources_of_grafana(Endpoint(url), types)


def test_the_default_one_first():
    settings = {
        "defaultDatasource": "Main",
        "datasources": {
            "Another": {"uid": "a", "type": "prometheus", "jsonData": {"timeInterval": "30s"}},
            "Main": {"uid": "m", "type": "prometheus", "jsonData": None},
            "Logs": {"uid": "l", "type": "loki"},
            "Odd": {"type": "prometheus"},
            "Broken": None,
        },
    }
    main = SourceOfGrafana("m", "Main", "prometheus", True, "")
    another = SourceOfGrafana("a", "Another", "prometheus", False, "30s")
    assert sources(settings) == (main, another)
    assert [each.name for each in sources(settings, None)] == ["Main", "Another", "Logs"]
    assert sources({"datasources": []}) == sources({}) == ()


def test_what_is_no_grafana():
    with pytest.raises(Unreachable):
        sources([])


def test_the_way_through_a_grafana():
    assert through(Endpoint("http://g/sub"), "a b").url == "http://g/sub/api/datasources/proxy/uid/a%20b"
