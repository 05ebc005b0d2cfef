from collections.abc import Iterable
from typing import Any

import pytest

from provision.client.prometheus import Sample
from provision.errors import ProvisionError
from provision.prove.verify.choices import built_in, chosen, range_seconds


class Server:
    """A Prometheus that knows a few labels; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def label_values(self, label: str, matchers: Iterable[str] = ()) -> tuple[str, ...]:
        self.asked.append((label, *matchers))
        return {
            "job": ("prometheus", "traefik"),
            "entrypoint": ("web", "websecure"),
            "__name__": ("traefik_a", "traefik_b", "up"),
        }.get(label, ())

    def query(self, expr: str) -> tuple[Sample, ...]:
        self.asked.append((expr,))
        return (Sample({"__name__": "up", "job": "traefik"}, 1.0, 0.0), Sample({"job": "x"}, 0.5, 0.0))


@pytest.fixture
def server() -> Server:
    return Server()


def choose(server: Server, *variables: dict[str, Any]) -> dict[str, Any]:
    return dict(chosen(variables, server, {}, "prom-uid"))  # type: ignore[arg-type]


ALL = {"text": "All", "value": "$__all"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ({"query": "label_values(up, job)", "includeAll": True, "allValue": ".*", "current": ALL}, ".*"),
        ({"query": "label_values(up, job)", "includeAll": True, "current": ALL}, ["prometheus", "traefik"]),
        (
            {
                "query": "label_values(up, job)",
                "includeAll": True,
                "multi": True,
                "current": {"value": ["$__all"]},
            },
            ["prometheus", "traefik"],
        ),
        ({"query": "label_values(up, gone)", "includeAll": True, "current": ALL}, ".*"),
        ({"query": "label_values(up, job)", "includeAll": True}, ["prometheus", "traefik"]),
        ({"query": "label_values(job)"}, "prometheus"),
        ({"query": "label_values(job)", "current": {"value": "traefik"}}, "traefik"),
        ({"query": "label_values(job)", "current": {"value": "removed"}}, "prometheus"),
        (
            {"query": "label_values(job)", "multi": True, "current": {"value": ["traefik", "gone"]}},
            ["traefik"],
        ),
        ({"query": "label_values(job)", "includeAll": True, "current": {"value": "traefik"}}, ["traefik"]),
        ({"query": "label_values(gone)"}, ""),
        ({"query": {"query": "label_values(up, job)", "refId": "A"}, "regex": "/^tr/"}, "traefik"),
        ({"definition": "label_values(up, job)", "regex": "^tr(.*)"}, "aefik"),
        ({"query": "label_values(up, job)", "regex": "/(?<text>t)(?<value>raefik)/"}, "raefik"),
        ({"query": "metrics(^traefik_)", "multi": True, "includeAll": True}, ["traefik_a", "traefik_b"]),
        ({"query": "query_result(up)"}, 'up{job="traefik"} 1'),
        ({"query": "up", "regex": '/job="([^"]+)"/', "includeAll": True}, ["traefik", "x"]),
        ({"query": ""}, ""),
        ({"type": "custom", "query": "a, b : c,d\\,e", "includeAll": True}, ["a", "c", "d,e"]),
        ({"type": "interval", "query": "1m,10m", "current": {"value": "10m"}}, "10m"),
        ({"type": "constant", "query": "fixed"}, "fixed"),
        ({"type": "textbox", "query": "default", "current": {"value": "typed"}}, "typed"),
        ({"type": "datasource", "query": "prometheus", "current": {"value": "other"}}, "prom-uid"),
        ({"type": "adhoc"}, ""),
    ],
)
def test_what_grafana_would_choose(server: Server, variable: dict[str, Any], value: object) -> None:
    assert choose(server, {"name": "v", **variable})["v"] == value


def test_a_query_uses_the_variables_before_it(server: Server) -> None:
    values = choose(
        server,
        {"name": "job", "query": "label_values(up, job)", "current": {"value": "traefik"}},
        {"name": "entrypoint", "query": 'label_values(requests{job=~"$job", code!~"5.."}, entrypoint)'},
    )
    assert values == {"job": "traefik", "entrypoint": "web"}
    assert server.asked == [("job", "up"), ("entrypoint", 'requests{job=~"traefik", code!~"5.."}')]


def test_a_label_without_a_selector_is_asked_of_all_series(server: Server) -> None:
    choose(server, {"name": "job", "query": "label_values( job )"})
    assert server.asked == [("job",)]


def test_a_regex_that_is_none_is_told(server: Server) -> None:
    with pytest.raises(ProvisionError, match=r"the regex '/\(/' can't be read"):
        choose(server, {"name": "v", "query": "label_values(job)", "regex": "/(/"})


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ({"from": "now-1h", "to": "now"}, 3600),
        ({"from": "now-7d", "to": "now"}, 604800),
        ({"from": "now-15m"}, 900),
        ({}, 3600),
        ({"from": "now/d", "to": "now"}, 3600),
        ({"from": "now-2h", "to": "now-1h"}, 3600),
    ],
)
def test_how_far_a_dashboard_looks_back(time: dict[str, str], seconds: float) -> None:
    assert range_seconds({"time": time}) == seconds


@pytest.mark.parametrize(
    ("panel", "scrape", "interval", "rate_interval"),
    [
        ({}, 1, "4s", "5s"),
        ({}, 15, "15s", "60s"),
        ({"maxDataPoints": 60}, 15, "60s", "75s"),
        ({"interval": "30s"}, 15, "30s", "120s"),
        ({"interval": ">1m"}, 15, "60s", "240s"),
        ({"interval": "$step"}, 15, "15s", "60s"),
        ({"maxDataPoints": 100000}, 0.5, "1s", "2s"),
    ],
)
def test_what_grafana_itself_sets(
    panel: dict[str, Any], scrape: float, interval: str, rate_interval: str
) -> None:
    found = built_in({"title": "One", "time": {"from": "now-1h", "to": "now"}}, panel, scrape)
    assert (found["__interval"], found["__rate_interval"]) == (interval, rate_interval)
    assert (found["__range"], found["__range_s"], found["__range_ms"]) == ("3600s", "3600", "3600000")
    assert found["__interval_ms"] == f"{int(interval[:-1]) * 1000}"
    assert found["__dashboard"] == "One"


def test_a_part_of_a_second_is_written_in_milliseconds() -> None:
    found = built_in({"time": {"from": "now-10s"}}, {"interval": "250ms"}, 15)
    assert (found["__interval"], found["__rate_interval"]) == ("1s", "1250ms")
