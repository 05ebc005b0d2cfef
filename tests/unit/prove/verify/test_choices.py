"""What a dashboard's variables stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from provision.client.prometheus import Sample
from provision.errors import ServerRefused, Unreachable
from provision.prove.verify.choices import Chosen, chosen
from provision.prove.verify.options import asked


class Server:
    """A Prometheus that knows a few labels; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def label_values(self, label: str, matchers: Iterable[str] = (), *_: object) -> tuple[str, ...]:
        self.asked.append((label, *matchers))
        if matchers == ['{__name__=~"^traefik_"}']:
            return ("traefik_a", "traefik_b")
        return {"job": ("prometheus", "traefik"), "entrypoint": ("web", "websecure")}.get(label, ())

    def label_names(self, matchers: Iterable[str] = (), *_: object) -> tuple[str, ...]:
        self.asked.append(("labels", *matchers))
        return ("__name__", "job", "le")

    def query(self, expr: str, _: float | None = None) -> tuple[Sample, ...]:
        self.asked.append((expr,))
        return (Sample({"__name__": "up", "job": "traefik"}, 1.0, 12.5), Sample({"job": "x"}, 0.5, 12.5))

    def series(self, matchers: Iterable[str], *_: object) -> tuple[dict[str, str], ...]:
        self.asked.append(("series", *matchers))
        return ({"__name__": "up", "job": "traefik"}, {"__name__": "up", "job": "x"})


@pytest.fixture
def server() -> Server:
    return Server()


def chosen_of(server: Server, *variables: dict[str, Any]) -> Chosen:
    return chosen(
        variables, lambda query, _: asked(query, server), {"__interval": "30s"}, lambda _: "prom-uid"
    )  # type: ignore[arg-type]


def choose(server: Server, *variables: dict[str, Any]) -> dict[str, Any]:
    values = dict(chosen_of(server, *variables).values)
    assert values.pop("__interval") == "30s"
    return values


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
        ({"query": "query_result(up)"}, 'up{job="traefik"} 1 12500'),
        ({"query": "label_names()", "multi": True, "current": {"value": ["le"]}}, ["le"]),
        ({"query": "label_names(traefik)"}, "job"),
        ({"query": "label_values({ }, job)"}, "prometheus"),
        ({"query": "label_values(job)", "sort": 2}, "traefik"),
        ({"query": "label_values(job)", "sort": "alphabeticalDesc"}, "traefik"),
        (
            {"query": "label_values(job)", "regex": "/([a-z])/g", "includeAll": True},
            list(dict.fromkeys("prometheustraefik")),
        ),
        ({"query": "label_values(job)", "regex": "/^TR/i"}, "traefik"),
        ({"type": "interval", "query": "1m", "current": {"value": "$__auto_interval_v"}}, "30s"),
        ({"type": "switch", "current": {"value": "true"}}, "true"),
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


def test_a_constant_of_an_export_is_what_its_input_says(server: Server) -> None:
    values = choose(
        server,
        {"name": "job", "type": "constant", "query": "${VAR_JOB}", "current": {"value": "${VAR_JOB}"}},
        {"name": "VAR_JOB", "type": "constant", "value": "traefik"},
    )
    assert values == {"job": "traefik", "VAR_JOB": "traefik"}


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


@pytest.mark.parametrize(
    ("regex", "said"),
    [
        ("/(/", "the regex '/(/' can't be read"),
    ],
)
def test_a_regex_that_cannot_be_used_is_a_fault_of_that_variable(
    server: Server, regex: str, said: str
) -> None:
    found = chosen_of(
        server,
        {"name": "v", "query": "label_values(job)", "regex": regex, "includeAll": True},
        {"name": "w", "query": "label_values(job)"},
    )
    assert said in found.faults["v"]
    assert (found.values["v"], found.values["w"]) == (".*", "prometheus")


def test_a_variable_comes_after_those_that_it_uses_wherever_it_stands(server: Server) -> None:
    values = choose(
        server,
        {"name": "entrypoint", "query": 'label_values(requests{job="$job"}, entrypoint)'},
        {"name": "job", "query": "label_values(job)", "regex": "/$which/"},
        {"name": "which", "type": "custom", "query": "traefik"},
        {"name": "a", "query": "label_values($b, job)"},
        {"name": "b", "query": "label_values($a, job)"},
    )
    assert (values["job"], values["entrypoint"]) == ("traefik", "web")
    assert server.asked[1] == ("entrypoint", 'requests{job="traefik"}')


def test_what_the_server_refuses_is_a_fault_of_that_variable_alone(server: Server) -> None:
    def ask(query: str, _: str) -> tuple[str, ...]:
        if "broken" in query:
            raise ServerRefused("400: parse error", status=400)
        return ("one",)

    found = chosen(
        [{"name": "a", "query": "broken{"}, {"name": "b", "query": "label_values(x)"}], ask, {}, ""
    )
    assert found.faults == {"a": "400: parse error"}
    assert (found.values["b"], found.options) == ("one", {"a": [], "b": ["one"]})


def test_a_server_that_is_gone_is_no_fault_of_a_variable() -> None:
    def ask(query: str, _: str) -> tuple[str, ...]:
        raise Unreachable("nothing listens there")

    with pytest.raises(Unreachable):
        chosen([{"name": "a", "query": "label_values(x)"}], ask, {}, str)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (0, ["b10", "B2", "a1", "b9"]),
        (1, ["B2", "a1", "b10", "b9"]),
        (3, ["a1", "B2", "b9", "b10"]),
        (4, ["b10", "b9", "B2", "a1"]),
        (5, ["a1", "b10", "B2", "b9"]),
        (7, ["a1", "B2", "b9", "b10"]),
        ("naturalDesc", ["b10", "b9", "B2", "a1"]),
        ("nonsense", ["b10", "B2", "a1", "b9"]),
    ],
)
def test_the_order_of_options(sort: object, order: list[str]) -> None:
    variable = {"name": "v", "query": "x", "sort": sort}
    assert chosen([variable], lambda *_: ("b10", "B2", "a1", "b9"), {}, str).options["v"] == order
