from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from provision.client.prometheus import Prometheus, Sample
from provision.lab import sla
from provision.lab.sla import Objective, Promise
from provision.project import Project

OBJECTIVE = Objective(0.2, 0.01)


class Traefik:
    """A Prometheus that has scraped one: how many requests were how fast, and what they were answered with."""

    def __init__(
        self, within: Mapping[str, float], seconds: float = 0.0, codes: Mapping[str, float] | None = None
    ) -> None:
        self.within, self.seconds, self.codes = within, seconds, codes or {}
        self.asked: list[str] = []

    def query(self, expr: str) -> tuple[Sample, ...]:
        self.asked.append(expr)
        if "_bucket" in expr:
            return tuple(Sample({"le": bound}, value, 0) for bound, value in self.within.items())
        if "_sum" in expr:
            return (Sample({}, self.seconds, 0),)
        if "_count" in expr:
            return (Sample({}, self.within.get("+Inf", 0), 0),)
        return tuple(Sample({"code": code}, value, 0) for code, value in self.codes.items())


def promises(server: Traefik, objective: Objective = OBJECTIVE) -> list[Promise]:
    return list(sla.promises(cast("Prometheus", server), objective))


def test_what_came_of_each_promise() -> None:
    server = Traefik(
        {"0.1": 900, "0.2": 995, "+Inf": 1000}, 50.0, {"200": 970, "404": 15, "500": 12, "502": 3}
    )
    assert promises(server) == [
        Promise("answered within 200 ms", 0.995, 0.99, "percentunit"),
        Promise("response time on average", 0.05, 0.2, "s"),
        Promise("answered without a 5xx", 0.985, 0.99, "percentunit"),
    ]
    assert [promise.kept for promise in promises(server)] == [True, True, False]
    assert sla.requests(cast("Prometheus", server)) == 1000
    assert all('entrypoint=~"web|websecure"' in expr for expr in server.asked)


def test_a_bound_is_a_number_however_prometheus_writes_it() -> None:
    (within, *_) = promises(Traefik({"1.0": 7, "+Inf": 10}), Objective(1, 0.5))
    assert (within.measured, within.promised) == (0.7, 0.5)


def test_without_a_bucket_at_the_promise_its_share_is_not_told() -> None:
    assert [promise.what for promise in promises(Traefik({"0.3": 1, "+Inf": 1}, codes={"200": 1}))] == [
        "response time on average",
        "answered without a 5xx",
    ]


def test_before_the_first_requests_nothing_is_told() -> None:
    assert promises(Traefik({})) == []
    assert promises(Traefik({"0.2": 0, "+Inf": 0})) == []


@pytest.mark.parametrize(
    ("measured", "promised", "unit", "kept"),
    [
        (1 - 1 / 100, 1 - 0.01, "percentunit", True),
        (0.9899, 0.99, "percentunit", False),
        (0.2, 0.2, "s", True),
        (0.2001, 0.2, "s", False),
        (0.1, 0.2, "s", True),
    ],
)
def test_a_promise_that_is_just_kept_is_kept(measured: float, promised: float, unit: str, kept: bool) -> None:
    assert Promise("x", measured, promised, unit).kept is kept


def test_promises_in_words() -> None:
    assert Promise("x", 0.98765, 0.99, "percentunit").texts == ("98.77%", "99%")
    assert Promise("x", 0.0146, 0.0056, "s").texts == ("14.6 ms", "5.60 ms")


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"sla_latency_seconds": 0.2, "sla_error_ratio": 0.01}, OBJECTIVE),
        ({"sla_latency_seconds": 1, "sla_error_ratio": 0.01}, Objective(1.0, 0.01)),
        ({"sla_latency_seconds": 0.2}, None),
        ({"sla_latency_seconds": "0.2", "sla_error_ratio": 0.01}, None),
        ({"sla_latency_seconds": 0.2, "sla_error_ratio": True}, None),
    ],
)
def test_the_objective_is_what_the_projects_variables_say(
    variables: dict[str, Any], found: Objective | None
) -> None:
    assert sla.objective(Project(Path("/project"), "test", variables=variables)) == found
